import type { Clock } from "../../../kernel/clock.ts";
import type { Sha } from "../../../kernel/ids.ts";
import type { Git } from "../../../ports/git.ts";
import type { Model, ModelDoor } from "../../../ports/model.ts";
import type { Sandbox } from "../../../ports/sandbox.ts";
import {
  FIX_RULES,
  type FixInput,
  type FixOutcome,
  type FixReply,
  type FixSummary,
  type GateRecord,
  type Phase,
  type Runs,
  type TaskRules,
  type TaskStatus,
} from "../model.ts";
import type { GateFinding } from "./gates/finding.ts";
import type { FailedTest } from "./same-failure.ts";

/** The toolchain's place on this machine. */
export interface Runtime {
  /** PATH inside the sandbox. */
  path: string;
  /** Folders outside /usr that the toolchain's programs lie in. */
  readable: string[];
  /** Where its managers of versions keep them. */
  env?: Record<string, string>;
}

export interface FixDeps {
  git: Git;
  sandbox: Sandbox;
  /** Asked only where the fixer is the model. */
  model: Model;
  /** For command fixers that ask for the model: its door, and the Bun that runs the way to it in the sandbox. */
  door?: { model: ModelDoor; program: string };
  clock: Clock;
  /** Scratch; the task makes a folder of its own in it and takes it away at the end. */
  workDir: string;
  artifactsDir: string;
  /** Default: the system's own folders. */
  runtime?: Runtime;
  prompts: (name: string, vars: Record<string, string>) => string;
  onPhase: (phase: Phase, detail: string, progress?: { done: number; total: number }) => Promise<void>;
  /** The failed tests in a run's output, or null where they cannot be read. */
  failedTests?: (output: string) => FailedTest[] | null;
  signal: AbortSignal;
}

/** Ends a task from anywhere below; `code` is for machines, the message for people. */
export class TaskEnd extends Error {
  override name = "TaskEnd";
  constructor(
    readonly outcome: FixOutcome,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What a task has learned so far; goes into `status.json` whichever way it ends. */
export interface TaskRecord {
  phases: TaskStatus["phases"];
  gates: Map<string, GateRecord>;
  labels: Set<string>;
  /** Labels of batches that were rolled back: they stay, whatever the later ones do. */
  keptLabels: Set<string>;
  rolledBack: { files: string[]; gate: string; why: string }[];
  progress: { done: number; total: number } | null;
  /** End of the output that last made a gate object, redacted where it is shown. */
  trace: string;
  before: Runs | null;
  after: Runs | null;
  tokens: number;
  usd: number;
  steps: number;
  testsPassed: number | null;
  testsFailed: number | null;
  coverageBefore: number | null;
  coverageAfter: number | null;
  /** Coverage with the batches taken so far. */
  coverageKept: number | null;
  lintErrors: number | null;
  typeErrors: number | null;
  summary: FixSummary | null;
  replies: FixReply[];
  notes: string[];
  /** How the patch so far came onto the newest base; null where it was not moved. */
  moved: { onto: Sha; merged: string[]; dropped: string[] } | null;
  /** What a gate objected to and a person let stand, in the change as it was judged last. */
  overruled: GateFinding[];
}

/** One task while it runs. */
export interface FixRun {
  input: FixInput;
  deps: FixDeps;
  /** The caller's signal or the end of the task's minutes. */
  signal: AbortSignal;
  deadline: Date;
  /** The task's scratch folder and its folder of artifacts. */
  scratch: string;
  artifacts: string;
  record: TaskRecord;
}

export const emptyRecord = (): TaskRecord => ({
  phases: [],
  gates: new Map(),
  labels: new Set(),
  keptLabels: new Set(),
  rolledBack: [],
  progress: null,
  trace: "",
  before: null,
  after: null,
  tokens: 0,
  usd: 0,
  steps: 0,
  testsPassed: null,
  testsFailed: null,
  coverageBefore: null,
  coverageAfter: null,
  coverageKept: null,
  lintErrors: null,
  typeErrors: null,
  summary: null,
  replies: [],
  notes: [],
  moved: null,
  overruled: [],
});

/** A command, and a patch from elsewhere, are the same each time: unless the task says otherwise, it gets no second try. */
export const rulesOf = ({ input }: FixRun): TaskRules =>
  input.rules ?? (input.fixer.kind === "model" ? FIX_RULES : { ...FIX_RULES, retries: 0 });

/** Milliseconds the task may still take. */
export const msLeft = (run: FixRun): number =>
  Math.max(0, run.deadline.getTime() - run.deps.clock.now().getTime());

/** Ends the task when it was cancelled or its minutes are over. */
export function checkAlive(run: FixRun): void {
  if (run.deps.signal.aborted) throw new TaskEnd("cancelled", "cancelled", "the task was cancelled");
  if (run.signal.aborted || msLeft(run) === 0) {
    throw new TaskEnd("timed_out", "time_limit", `the task's ${run.input.budget.minutes} minutes are over`);
  }
}

/** Keeps the newest word of a gate. */
export function setGate(run: FixRun, name: string, ok: boolean, detail: string): void {
  run.record.gates.set(name, { name, ok, detail });
}

export const SYSTEM_RUNTIME: Runtime = { path: "/usr/local/bin:/usr/bin:/bin", readable: [] };
