/** The line on a box: order, then name, cut to the printer's 24 characters. */
export function label(orderId: string, name: string): string {
  return `${orderId} ${name}`.slice(0, 24);
}
