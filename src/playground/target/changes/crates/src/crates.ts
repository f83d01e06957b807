/** How many ten-kilogram crates `kilograms` of fruit fill, the last one perhaps in part. */
export function crates(kilograms: number): number {
  return Math.ceil(kilograms / 10);
}
