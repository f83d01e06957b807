import { z } from "zod";
import type { RepoName, Sha, TaskId } from "../../kernel/ids.ts";

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

const Runs = z.object({ runs: z.int().min(0), failures: z.int().min(0) });
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
  test: string;
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
  /** What the first round saw before its change, so that a later one proves as much. */
  knownRate?: Runs;
  /** Null for a task that is not about one failing test. */
  test: FixTest | null;
  /** What is to be done, for a task that is not about one failing test. */
  objective: string | null;
  evidence: string;
  analysis: string | null;
  /** Extra reading for the fixer: files that matter most, with reasons. */
  context: string | null;
  discussion: { author: string; text: string; trusted: boolean }[];
  reviewComments: ReviewComment[];
  toolchain: Toolchain;
  prove: { runs: number };
  paths: PathRules;
  budget: { usd: number; steps: number; minutes: number };
  earlierFixes: string[];
  fixer: { kind: "model" } | { kind: "command"; command: string[] };
  /** Start of the pull request's title; default `test: `. */
  titlePrefix?: string;
  /** `<field of status.json> <op> <number>`; one that holds makes the risk high. Checked by `parseRiskRule` before. */
  riskRules?: string[];
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

export interface FixResult {
  outcome: FixOutcome;
  /** One word or two for machines, such as `gate_refused`, then a sentence. */
  reason: string;
  /** The whole change against `baseSha`, or null when there is none to publish. */
  patch: string | null;
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
  finished_at: z.string(),
});
export type TaskStatus = z.infer<typeof TaskStatus>;

export type GateRecord = TaskStatus["gates"][number];
