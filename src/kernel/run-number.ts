import { textNumber } from "./text/digest.ts";

/** Runs and jobs of a forge have its own numbers, from 0 up; pushed reports those below 0 down to this; Prow's lie below. */
export const LOWEST_REPORT = -(2 ** 48);

/** The number of a run or job that a pushed report names by a text. */
export const reportNumber = (name: string): number => -textNumber(name) - 1;

/** The number of a run or job of Prow. */
export const prowNumber = (name: string): number => LOWEST_REPORT - textNumber(name) - 1;
