/** Whole percents; only the certain is 0 or 100. */
export function percent(share: number): string {
  const whole = Math.round(share * 100);
  if (whole === 100 && share < 1) return "99 %";
  return whole === 0 && share > 0 ? "<1 %" : `${whole} %`;
}

/** `1,234`. */
export const number = (value: number): string => value.toLocaleString("en");

/** `1 sighting`, `2 sightings`. */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${number(n)} ${n === 1 ? one : many}`;

/** `2 of 9 runs failed`, and how many failed in another way than was reported. */
export const failedText = (seen: {
  runs: number;
  failures: number;
  otherwise?: number | null | undefined;
}): string =>
  `${seen.failures} of ${seen.runs} runs failed${seen.otherwise ? ` (${seen.otherwise} more in another way)` : ""}`;
