import type { Finding } from "./model.ts";

export type Kind = Finding["kind"];

/** How people speak of a finding of each kind. */
export interface KindWords {
  name: string;
  /** Begins the issue's title. */
  tag: string;
  /** The button that says it is nothing to be fixed, and the line in the issue that offers it. */
  dismiss: string;
  notOne: string;
  /** Two of them that turn out to be the same. */
  one: string;
  /** What is watched once the fix is merged. */
  watched: string;
  /** The same on the card, as a sentence. */
  watching: string;
  held: string;
  /** Ends `Why X …`. */
  why: string;
  /** Begins the names of branches with fixes. */
  branch: string;
  /** Begins the pull request's title. */
  commit: string;
  /** What a new pull request comes with. */
  ready: string;
  /** What a committer approves, in a sentence on the issue. */
  fixing: string;
}

export const WORDS: Record<Kind, KindWords> = {
  flaky_test: {
    name: "flaky test",
    tag: "[flaky]",
    dismiss: "Not flaky",
    notOne: "Not a flake?",
    one: "one flake",
    watched: "the runs that contain the fix",
    watching: "Runs that contain the fix are being watched.",
    held: "no failure since in the runs that contain the fix",
    why: "is flaky",
    branch: "ai/flaky",
    commit: "test:",
    ready: "The fix is proven and waits for review",
    fixing: "it reproduces the failure first, and proves the fix after",
  },
  runtime_error: {
    name: "runtime error",
    tag: "[error]",
    dismiss: "Not a bug",
    notOne: "Nothing to fix?",
    one: "one error",
    watched: "whether the error comes back once the fix is deployed",
    watching: "It is watched whether the error comes back once the fix is deployed.",
    held: "the error has not come back since the deployment",
    why: "happens",
    branch: "ai/error",
    commit: "fix:",
    ready: "The fix passed all tests and waits for review",
    fixing: "it mends the code that the stack names and runs all tests",
  },
  issue: {
    name: "task",
    tag: "",
    dismiss: "Won't do",
    notOne: "Nothing to do?",
    one: "one task",
    watched: "the runs that contain the change",
    watching: "Runs that contain the change are being watched.",
    held: "no failure since in the runs that contain the change",
    why: "is so",
    branch: "ai/flaky",
    commit: "test:",
    ready: "The change passed all tests and waits for review",
    fixing: "it makes the change and runs the tests",
  },
};

export const KINDS = ["flaky_test", "runtime_error", "issue"] as const satisfies readonly Kind[];

/** The words for a finding. */
export const wordsOf = (finding: Pick<Finding, "kind">): KindWords => WORDS[finding.kind];
