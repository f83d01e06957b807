import type { GitCommit } from "./history.ts";
import type { Permission, Protection } from "./options.ts";

export interface Account {
  id: number;
  login: string;
  name: string;
  email: string;
  token: string;
  permission: Permission;
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Reaction {
  id: number;
  author: string;
  content: "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";
  createdAt: string;
}

export interface Comment {
  id: number;
  author: string;
  body: string;
  createdAt: string;
  updatedAt: string;
  reactions: Reaction[];
}

export interface IssueEvent {
  id: number;
  actor: string;
  event: string;
  createdAt: string;
  commitId: string | null;
  label: string | null;
  assignee: string | null;
}

export type StateReason = "completed" | "reopened" | "not_planned" | "duplicate";

/** An issue, or the issue half of a pull request. Logins and label names refer to the world's tables. */
export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: StateReason | null;
  author: string;
  labels: string[];
  assignees: string[];
  comments: Comment[];
  events: IssueEvent[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedBy: string | null;
  pull: Pull | null;
}

export interface Pull {
  id: number;
  /** `owner/name` the branch lives in: the repository itself or a fork of it. */
  headRepo: string;
  headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  draft: boolean;
  mergedAt: string | null;
  mergedBy: string | null;
  mergeSha: string | null;
  requestedReviewers: string[];
  reviews: Review[];
  reviewComments: ReviewComment[];
  /** The last test merge, kept until either side moves. `sha` is null on a conflict. */
  testMerge: { base: string; head: string; sha: string | null } | null;
}

export interface Review {
  id: number;
  author: string;
  body: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  commitId: string;
  submittedAt: string;
}

export interface ReviewComment {
  id: number;
  reviewId: number;
  inReplyTo: number | null;
  author: string;
  body: string;
  path: string;
  line: number | null;
  side: "LEFT" | "RIGHT";
  commitId: string;
  diffHunk: string;
  createdAt: string;
  updatedAt: string;
}

export interface CommitStatus {
  id: number;
  sha: string;
  state: "error" | "failure" | "pending" | "success";
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: string;
  createdAt: string;
}

export interface Repo {
  id: number;
  owner: string;
  name: string;
  fullName: string;
  gitDir: string;
  description: string;
  private: boolean;
  /** `owner/name` of the repository this is a fork of. */
  parent: string | null;
  defaultBranch: string;
  protection: Protection;
  createdAt: string;
  pushedAt: string;
  /** Issues and pull requests share one sequence. */
  nextNumber: number;
  issues: Map<number, Issue>;
  labels: Map<string, Label>;
  workflows: Map<string, Workflow>;
  runs: Run[];
  statuses: CommitStatus[];
  hookId: number;
}

export interface Workflow {
  id: number;
  path: string;
  name: string;
  createdAt: string;
  nextRunNumber: number;
}

export type RunStatus = "queued" | "in_progress" | "completed";
export type Conclusion = "success" | "failure" | "cancelled" | "skipped" | "timed_out";

export interface Run {
  id: number;
  workflow: Workflow;
  event: "push" | "pull_request";
  headBranch: string;
  headSha: string;
  headRepo: string;
  /** What the jobs check out: the head, or its test merge into the base. */
  checkoutSha: string;
  commit: GitCommit;
  ref: string;
  number: number;
  pulls: number[];
  actor: string;
  title: string;
  createdAt: string;
  attempts: [Attempt, ...Attempt[]];
}

export interface Attempt {
  number: number;
  status: RunStatus;
  conclusion: Conclusion | null;
  startedAt: string;
  updatedAt: string;
  actor: string;
  jobs: Job[];
  cancelled: boolean;
}

export interface StepState {
  number: number;
  name: string;
  status: RunStatus;
  conclusion: Conclusion | null;
  startedAt: string | null;
  completedAt: string | null;
}

export interface Job {
  id: number;
  runId: number;
  attempt: number;
  spec: JobSpec;
  status: RunStatus;
  conclusion: Conclusion | null;
  createdAt: string;
  startedAt: string;
  completedAt: string | null;
  steps: StepState[];
  /** The log as it is served, line by line with time stamps. */
  log: string[];
}

/** A job of a workflow file, its matrix already spread. */
export interface JobSpec {
  key: string;
  name: string;
  runsOn: string[];
  needs: string[];
  env: Record<string, string>;
  matrix: Record<string, string>;
  timeoutMinutes: number;
  steps: StepSpec[];
}

export interface StepSpec {
  name: string | null;
  uses: string | null;
  run: string | null;
  with: Record<string, string>;
  env: Record<string, string>;
  /** As written in `if:`; only `always()`, `failure()` and `success()` are understood. */
  condition: string | null;
  workingDirectory: string | null;
  continueOnError: boolean;
}
