import { z } from "zod";
import type { RepoName, Sha, TaskId } from "../../kernel/ids.ts";
import { STRESSES, type StressSetting } from "../../kernel/stress.ts";

/** The phases of a task, in order. */
export const PHASES = [
  "PREPARE",
  "ANALYZE",
  "GENERATE",
  "VALIDATE",
  "COMMIT",
  "AGGREGATE",
  "PR",
  "EXIT",
] as const;
export type Phase = (typeof PHASES)[number];

/** How a task ended; `done_with_risk` has labels that ask a person to look. */
export type FixOutcome = "done" | "done_with_risk" | "failed" | "cancelled" | "timed_out";

/** Labels that tell a reviewer where to look. */
export const RISK_LABELS = [
  "tests-failed",
  "potential-bug",
  "coverage-risk",
  "style-fix-needed",
  "type-risk",
  "large-diff",
  "aborted",
  "needs-manual-review",
] as const;
export type RiskLabel = (typeof RISK_LABELS)[number];

const Runs = z.object({
  runs: z.int().min(0),
  failures: z.int().min(0),
  /** Runs in which the test failed in another way than was reported; none of them is among `failures`. */
  otherwise: z.int().min(1).optional(),
  /** What these runs were under; missing for plain ones. */
  stress: z.enum(STRESSES).optional(),
  /** Plain runs beside those under stress; none of them failed as was reported. */
  plain: z.int().min(0).optional(),
  /** What a person adds to have the order again in which the test failed first. */
  repeat: z.string().max(300).optional(),
  /** What was tried as well where no run failed; those runs are among `runs`. */
  tried: z.array(z.enum(STRESSES)).optional(),
});
export type Runs = z.infer<typeof Runs>;

/** The test to fix; `name` is as the framework prints it and comes from a log. */
export interface FixTest {
  name: string;
  package?: string;
  file?: string | null;
  framework: string;
}

/** Shell lines; `{test}`, `{test_regex}`, `{package}`, `{file}` and `{count}` are filled in where they stand. */
export interface Toolchain {
  setup?: string;
  /** Runs one test; a task that is about none may go without. */
  test?: string;
  /** All tests once; where missing it is made from `test` by letting its filter match everything. */
  suite?: string;
  lint?: string;
  types?: string;
  coverage?: string;
}

export interface PathRules {
  /** Globs; empty means all. */
  allow: string[];
  deny: string[];
  /** Whether code that is no test may be changed. */
  product: "deny" | "allow";
}

/** Kinds of tasks that have a prompt of their own, `prompts/tasks/NAME.md`. */
export const TASK_TEMPLATES = ["fix-flaky", "add-tests"] as const;
export type TaskTemplate = (typeof TASK_TEMPLATES)[number];

export const BATCH_MODES = ["all", "directory", "single_file"] as const;

/** How far a task goes, and what becomes of work that a gate objects to. */
export interface TaskRules {
  /** What is checked, committed and rolled back as one. */
  batch: (typeof BATCH_MODES)[number];
  /** Times the fixer may try a batch again after an objection; then the task is aborted. 0: the batch is rolled back. */
  retries: number;
  /** Batches committed at the most; what is left then makes the result a partial one. */
  maxCommits: number;
  /** Failing tests stay in the change, as the sign of a fault in the product. */
  keepFailing: boolean;
  /** False: failing tests are only labelled. */
  allTestsPass: boolean;
  /** Least change of the coverage, in points; half a point of tolerance comes on top. */
  minCoverageDelta: number;
  /** False: new type errors are only labelled. */
  noNewTypeErrors: boolean;
  /** Changed lines above which a change is large; the restraint gates have a bound of their own. */
  maxDiffLines: number | null;
}

/** A fix of one test: one commit, and two more tries. */
export const FIX_RULES: TaskRules = {
  batch: "all",
  retries: 2,
  maxCommits: 1,
  keepFailing: false,
  allTestsPass: true,
  minCoverageDelta: 0,
  noNewTypeErrors: true,
  maxDiffLines: null,
};

/** What a fix starts from. Texts are redacted; all but trusted discussion is untrusted. */
export interface FixInput {
  taskId: TaskId;
  /** `error`: what a running service logged is to be mended. */
  kind: "fix" | "address" | "task" | "error";
  repo: RepoName;
  /** An address, which may hold credentials and which only Git sees, or a repository on this machine. */
  source: { cloneUrl: string } | { localDir: string };
  /** Branch, tag or commit the work starts from; null takes the local repository's current commit. */
  base: string | null;
  branch: string;
  /** The patch of the pull request so far; applied first, and part of the result's patch. */
  resumePatch?: string;
  /** The patch so far no longer fits its base, and is put onto the newest one first. */
  conflict?: Conflict;
  /** What the first round saw before its change, so that a later one proves as much. */
  knownRate?: Runs;
  /** Null for a task that is not about one failing test. */
  test: FixTest | null;
  /** What is to be done, for a task that is not about one failing test. */
  objective: string | null;
  evidence: string;
  /** Normalised signatures of the failures that were reported; where missing, every failure of the test counts. */
  signatures?: readonly string[];
  analysis: string | null;
  /** Extra reading for the fixer: files that matter most, with reasons. */
  context: string | null;
  discussion: { author: string; text: string; trusted: boolean }[];
  reviewComments: ReviewComment[];
  toolchain: Toolchain;
  /** Most runs of each side, and what to try where plain ones do not fail; default `auto`. */
  prove: { runs: number; stress?: StressSetting };
  paths: PathRules;
  /** Verdicts of the restraint gates by rule, in place of the default table. */
  gates?: Record<string, "refuse" | "label" | "allow">;
  /** What maintainers said may stand, by rule and path; shown in the pull request. */
  overrules?: { rule: string; path?: string; by: string; reason: string }[];
  budget: { usd: number; steps: number; minutes: number };
  earlierFixes: string[];
  fixer: { kind: "model" } | { kind: "command"; command: string[]; model?: boolean } | PatchFixer;
  /** Start of the pull request's title; default `test: `. */
  titlePrefix?: string;
  /** `<field of status.json> <op> <number>`; one that holds makes the risk high. Checked by `parseRiskRule` before. */
  riskRules?: string[];
  /** Default: `FIX_RULES`. */
  rules?: TaskRules;
  /** A prompt of `prompts/tasks` for a task, in place of the plain one. */
  template?: TaskTemplate;
}

/** A pull request that conflicts with its base. */
export interface Conflict {
  /** The branch it is to be merged into. */
  base: string;
  /** Id of the remark that says so; it gets a reply like any other. */
  remark: number;
  /** Nobody asks for anything else, so what git can settle by itself needs no fixer. */
  alone: boolean;
  /** What was said of the change when it was made. */
  summary: FixSummary | null;
}

/** A change that was made elsewhere, and is checked and proven here; null where its maker said nothing about it. */
export interface PatchFixer {
  kind: "patch";
  patch: string;
  summary: FixSummary | null;
}

export interface ReviewComment {
  id: number;
  author: string;
  path: string;
  line: number | null;
  body: string;
  diffHunk: string;
}

/** What the fixer says about its change; untrusted, and shown as its claim. */
export const FixSummary = z.object({
  mechanism: z.string().min(1).max(6000),
  change: z.string().min(1).max(4000),
  product_at_fault: z.union([z.boolean(), z.string().max(4000)]),
});
export type FixSummary = z.infer<typeof FixSummary>;

export interface FixReply {
  commentId: number;
  text: string;
}

/** One commit of a result; its patch is against the commit before it. */
export interface FixCommit {
  message: string;
  patch: string;
}

/** What a failed task leaves for people, beside `status.json`. */
export interface FailureReport {
  /** `FAILURE.md`. */
  report: string;
  /** `trace.txt`: the end of what failed. */
  trace: string;
}

export interface FixResult {
  outcome: FixOutcome;
  /** One word or two for machines, such as `gate_refused`, then a sentence. */
  reason: string;
  /** The whole change against `baseSha`, or null when there is none to publish. */
  patch: string | null;
  /** The same change in its batches; empty without a patch. */
  commits: FixCommit[];
  /** Null unless the task failed or ran out of time with nothing to show. */
  failure: FailureReport | null;
  baseSha: Sha | null;
  summary: FixSummary | null;
  replies: FixReply[];
  commitMessage: string;
  pr: { title: string; body: string };
  labels: string[];
  status: TaskStatus;
}

/** `status.json` of a task. */
export const TaskStatus = z.object({
  id: z.string(),
  branch: z.string(),
  outcome: z.enum(["done", "done_with_risk", "failed", "cancelled", "timed_out"]),
  reason: z.string(),
  exit_code: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  commits: z.int().min(0),
  tests_passed: z.int().min(0).nullable(),
  tests_failed: z.int().min(0).nullable(),
  coverage_before: z.number().nullable(),
  coverage_after: z.number().nullable(),
  coverage_delta: z.number().nullable(),
  lint_errors: z.int().min(0).nullable(),
  type_errors: z.int().min(0).nullable(),
  diff_lines: z.int().min(0),
  diff_files: z.int().min(0),
  risk_level: z.enum(["low", "high"]),
  risk_labels: z.array(z.string()),
  partial: z.boolean(),
  pr_url: z.string().nullable(),
  base_sha: z.string().nullable(),
  head_sha: z.string().nullable(),
  phases: z.array(
    z.object({ name: z.enum(PHASES), started_at: z.string(), seconds: z.number(), detail: z.string() }),
  ),
  gates: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  reproduction: z.object({
    before: Runs.nullable(),
    after: Runs.nullable(),
    /** Upper bound of the failure rate at 95 %, or null where nothing was proven. */
    bound: z.number().nullable(),
  }),
  sandbox: z.enum(["bubblewrap", "docker", "none"]),
  cost: z.object({ tokens: z.int().min(0), usd: z.number().min(0) }),
  steps: z.int().min(0),
  /** Targets that were worked on, of all; missing for a task that has no list of them. */
  progress: z.object({ done: z.int().min(0), total: z.int().min(0) }).optional(),
  /** Batches that a gate objected to and that are not in the change. */
  rolled_back: z
    .array(z.object({ files: z.array(z.string()), gate: z.string(), why: z.string() }))
    .optional(),
  finished_at: z.string(),
});
export type TaskStatus = z.infer<typeof TaskStatus>;

export type GateRecord = TaskStatus["gates"][number];
