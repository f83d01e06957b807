/** A small suite that is made to fail, and what is true of it because it was written so. */
export interface Suite {
  /** Name of the log. */
  readonly name: string;
  /** Programs it needs; without them it is left out. */
  readonly programs: readonly string[];
  /** Files that have to be there (libraries without a program). */
  readonly needs?: readonly string[];
  /** Packages from the npm registry, with their versions. */
  readonly npm?: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  /** Run by `sh` before, unrecorded: builds, mostly. */
  readonly prepare?: string;
  /** What is recorded, run by `sh`. */
  readonly command: string;
  readonly failed: readonly string[];
  readonly retried?: readonly string[];
}

/** Where a suite claims to have been run. */
export const FOLDER = "/home/runner/work/store/store";
