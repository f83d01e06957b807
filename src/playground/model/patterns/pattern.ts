import type { FlakyKind } from "../../target/index.ts";

/** One replacement; `old` stands exactly once in the file. */
export interface Edit {
  old: string;
  new: string;
}

/** A way of being flaky that the script knows, and what it says and does about it. */
export interface Pattern {
  kind: FlakyKind;
  /** Whether code of a test, or the code frame in a log, has the telltale. */
  shows(code: string): boolean;
  /** The function that is there and makes the test wait or start clean. */
  helper: string;
  /** The edits that make a test steady, from its whole file and its own code; null when the code has another form. */
  edits(file: string, body: string): Edit[] | null;
  /** Found in the line that a fix put in. */
  remedy: RegExp;
  /** A comment, without its slashes, that says why the remedy is there and names the helper. */
  why: string;
  cause: string;
  reproduce: string;
  fix: string;
  risks: string;
  /** What happens in which order, after the failing line was named. */
  interleaving: string;
  /** Why that can't happen with the fix. */
  now: string;
}
