/** A test as a person or a log names it. */
export interface NamedTest {
  name: string;
  /** Class or suite, where the log tells it apart from the name. */
  suite?: string | undefined;
  /** Package, module or folder; narrows tests of one name. */
  package?: string | undefined;
  file?: string | undefined;
}

/** What the reading list is for. */
export interface Question {
  /** May be empty where a log names no test: then its stack alone is looked at. */
  tests: readonly NamedTest[];
  /** Failure messages and log lines around them; untrusted. */
  text: string;
  /** Most files of the answer. */
  top: number;
}

/** One file worth reading. `score` is above 0 and at most 1; it orders the files and is no probability. */
export interface RankedFile {
  path: string;
  score: number;
  /** Line to begin at, from 1, where there is one: the test's definition, or a place of the stack. */
  line?: number;
  /** One sentence. Names in it come from the repository. */
  why: string;
}

/** Why a file is on the list, and how much that counts. */
export interface Reason {
  weight: number;
  text: string;
  line?: number | undefined;
}

/** Reasons by path, as each signal finds them. */
export class Reasons {
  readonly byPath = new Map<string, Reason[]>();

  add(path: string, weight: number, text: string, line?: number): void {
    const known = this.byPath.get(path);
    if (known === undefined) this.byPath.set(path, [{ weight, text, line }]);
    else known.push({ weight, text, line });
  }
}
