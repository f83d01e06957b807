import type { State } from "../findings/model.ts";

/** States in which a person has to say something. */
export const WAITING: readonly State[] = ["open", "pending_review"];

/** Findings as people look for them: by what is to be done about them. */
export const GROUPS = {
  waiting: { title: "Waits for you", states: WAITING },
  working: { title: "In the works", states: ["approved", "fixing"] },
  failed: { title: "Gave up", states: ["failed"] },
  new: { title: "Below the bar", states: ["new"] },
  merged: { title: "Merged", states: ["merged"] },
  deployed: { title: "Deployed", states: ["deployed"] },
  dismissed: { title: "Dismissed", states: ["dismissed"] },
} as const satisfies Record<string, { title: string; states: readonly State[] }>;
export type Group = keyof typeof GROUPS;
// the object's own keys
export const GROUP_NAMES = Object.keys(GROUPS) as Group[];

/** The group that a state belongs to. */
export function groupOf(state: State): Group {
  const found = GROUP_NAMES.find((name) => GROUPS[name].states.some((one) => one === state));
  if (found === undefined) throw new Error(`state ${state} is in no group`);
  return found;
}

/** One bar of a chart: a UTC day as `2026-03-04`, and how many. */
export interface DayCount {
  day: string;
  n: number;
}

/** The UTC day of an instant, `2026-03-04`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** The last `days` UTC days up to and including that of `now`, oldest first. */
export function lastDays(now: Date, days: number): string[] {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  return Array.from({ length: days }, (_, index) =>
    dayOf(new Date(today - (days - 1 - index) * 24 * 3600 * 1000)),
  );
}

/** Fills the days without a row with 0. */
export const onDays = (days: readonly string[], counts: ReadonlyMap<string, number>): DayCount[] =>
  days.map((day) => ({ day, n: counts.get(day) ?? 0 }));
