/** Rounds an amount in cents down to whole cents, in the customer's favour. */
export function wholeCents(amount: number): number {
  return Math.floor(amount);
}

/** `1240` as `12.40 €`. */
export function euros(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}
