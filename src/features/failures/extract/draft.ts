import type { FailureKind } from "../model.ts";

/** A failure while its log is still being read; trackers fill it in as they learn more. */
export interface Draft {
  readonly framework: string;
  test: string;
  suite: string | undefined;
  package: string | undefined;
  file: string | undefined;
  kind: FailureKind | undefined;
  message: string;
  /** What tells this failure apart, where that is not the head of the message. */
  signature: string | undefined;
  readonly line: number;
  retriedOk: boolean;
  cascadeOf: string | undefined;
  /** Set when it turned out to be no failure of its own. */
  dropped: boolean;
}

/** What a rule knows when it meets a failure. */
export interface DraftStart {
  readonly test: string;
  readonly line: number;
  readonly suite?: string | undefined;
  readonly package?: string | undefined;
  readonly file?: string | undefined;
  readonly kind?: FailureKind | undefined;
  readonly message?: string | undefined;
}

/** Most characters of a message that are kept. */
export const MAX_MESSAGE = 2000;
const MAX_NAME = 600;
const MAX_DRAFTS = 5000;
const MAX_PASSED = 20_000;

const agrees = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined || a === b;

const draftOf = (framework: string, test: string, start: DraftStart): Draft => ({
  framework,
  test,
  suite: start.suite,
  package: start.package,
  file: start.file,
  kind: start.kind,
  message: (start.message ?? "").slice(0, MAX_MESSAGE),
  signature: undefined,
  line: start.line,
  retriedOk: false,
  cascadeOf: undefined,
  dropped: false,
});

/** The failures of one log as far as it was read; the same failure told twice is joined. */
export class Drafts {
  readonly all: Draft[] = [];
  /** Tests seen passing, with the line that last said so. */
  readonly passed = new Map<string, number>();
  private readonly byName = new Map<string, Draft[]>();
  /** Stands for all above the bound, so that what trackers keep of them is bounded too. */
  private readonly spare: Draft = { ...draftOf("", "(too many)", { test: "", line: 0 }), dropped: true };

  /** Records a failure, or adds what is new to the one already known. Says whether it was new. */
  add(framework: string, told: DraftStart): { draft: Draft; isNew: boolean } {
    const start = {
      ...told,
      suite: told.suite?.slice(0, MAX_NAME),
      package: told.package?.slice(0, MAX_NAME),
      file: told.file?.slice(0, MAX_NAME),
    };
    const test = start.test.slice(0, MAX_NAME).trim() || "(unnamed)";
    const key = `${framework}\n${test}`;
    const same = this.byName.get(key) ?? [];
    const known = same.find(
      (draft) =>
        agrees(draft.suite, start.suite) &&
        agrees(draft.package, start.package) &&
        agrees(draft.file, start.file),
    );
    if (known !== undefined) {
      known.suite ??= start.suite;
      known.package ??= start.package;
      known.file ??= start.file;
      known.kind ??= start.kind;
      if (known.message === "" && start.message) known.message = start.message.slice(0, MAX_MESSAGE);
      return { draft: known, isNew: false };
    }
    if (this.all.length >= MAX_DRAFTS) return { draft: this.spare, isNew: false };
    const draft = draftOf(framework, test, start);
    this.all.push(draft);
    this.byName.set(key, [...same, draft]);
    return { draft, isNew: true };
  }
  /** Notes a passing test; bounded. */
  pass(name: string, line: number): void {
    if (this.passed.size < MAX_PASSED || this.passed.has(name))
      this.passed.set(name.slice(0, MAX_NAME), line);
  }
}
