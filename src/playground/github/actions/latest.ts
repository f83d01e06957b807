import type { Attempt, Run } from "../model.ts";

/** The latest attempt of a run. */
export const latest = (run: Run): Attempt => run.attempts.at(-1) ?? run.attempts[0];
