import { type Stress, stressWords } from "../stress.ts";

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

/** `2 of 9 runs failed`: under which stress, and how many failed in another way than was reported. */
export function failedText(seen: {
  runs: number;
  failures: number;
  otherwise?: number | null | undefined;
  stress?: Stress | undefined;
  plain?: number | null | undefined;
  tried?: readonly Stress[] | undefined;
}): string {
  const { stress, plain, tried = [] } = seen;
  const under = stress === undefined ? "" : ` ${stressWords(stress)}`;
  const also = tried.length === 0 ? "" : `, also ${tried.map(stressWords).join(", ")}`;
  const otherwise = seen.otherwise ? ` (${seen.otherwise} more in another way)` : "";
  const without = plain ? `; without it 0 of ${plain}` : "";
  return `${seen.failures} of ${seen.runs} runs failed${under}${also}${otherwise}${without}`;
}
