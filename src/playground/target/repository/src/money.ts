/** Rounds an amount in cents to whole cents, halves up. */
export function wholeCents(amount: number): number {
  return Math.round(amount);
}

/** `1240` as `12.40 €`. */
export function euros(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}
