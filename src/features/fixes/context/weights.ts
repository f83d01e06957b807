/**
 * What each signal is worth at most, in one unit. Found on commits of tikv/pd that change a test and product code, other
 * ones than those that `bench/context.ts` asks about.
 */
export const WEIGHTS = {
  definition: 12,
  around: 2,
  frame: 6,
  calls: 5.5,
  helper: 2.5,
  failpoint: 3,
  spelled: 1.5,
  imported: 0.4,
  neighbour: 0.4,
  namesake: 2.8,
  path: 1.2,
  together: 7,
  named: 7,
  second: 2.5,
  beside: 0.25,
};
