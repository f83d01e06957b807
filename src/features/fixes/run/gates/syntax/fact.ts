/** Where in its test something stands. */
export interface Place {
  loop: "none" | "conditional" | "fixed";
  /** Conditions of the branches around it. */
  guards: readonly string[];
  /** The function it is handed over in: to a wait, to run beside the test, or to whatever takes it. */
  callback: "none" | "wait" | "detached" | "other";
  /** Inside a `try` whose handler lets nothing through. */
  tried: boolean;
}

export type FactKind =
  | "test"
  | "mark"
  | "skip"
  | "assert"
  | "sleep"
  | "yield"
  | "amount"
  | "load"
  | "case"
  | "wait"
  | "action"
  | "spin"
  | "return"
  | "narrow"
  | "swallow"
  | "retry"
  | "parallel"
  | "serial"
  | "seed"
  | "mock"
  | "env"
  | "suppress"
  | "watch"
  | "exit";

/** One thing that code does which a gate may care about. */
export interface Fact {
  kind: FactKind;
  line: number;
  lastLine: number;
  /** The source without white space; what two sides are compared by. */
  text: string;
  /** The source as a person reads it, one line, at most 120 characters. */
  shown: string;
  /** The test around it, groups and all; empty outside of tests. */
  test: string;
  /** The function around it. */
  fn: string;
  place: Place;
  /** In a file of tests, or in a part of one that only tests see. */
  inTest: boolean;
  /** Behind `await` or `return`. */
  awaited: boolean;
  callee: string;
  /** What an amount belongs to, such as `Eventually#2` or `timeout`. */
  key: string;
  /** Milliseconds of a wait, or a count; null where the source does not say. */
  value: number | null;
  /** Of an assertion: 0 always holds, 1 something is there, 2 a range or a part, 3 exactly this. */
  strength: number;
  /** Of an assertion: the arguments, the first is what is looked at. */
  args: readonly string[];
  /** Of a test: groups only hold tests; one without statements says nothing. */
  group: boolean;
  empty: boolean;
}

export const squeeze = (text: string): string => text.replace(/\s+/g, "");
export const oneLine = (text: string): string => {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > 120 ? `${flat.slice(0, 119)}…` : flat;
};
