import type { IssueNumber, Login, PullNumber, RepoName, Sha } from "../kernel/ids.ts";

/** What a person may do on a repository, weakest first. */
export const PERMISSIONS = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** True when `have` includes `need`. */
export const permits = (have: Permission, need: Permission): boolean =>
  PERMISSIONS.indexOf(have) >= PERMISSIONS.indexOf(need);

export interface ForgeIssue {
  number: IssueNumber;
  title: string;
  body: string;
  url: string;
  state: "open" | "closed";
  stateReason: string | null;
  labels: string[];
  author: Login;
  isPull: boolean;
  updatedAt: Date;
}

export interface ForgeComment {
  id: number;
  author: Login;
  body: string;
  url: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface ForgePull {
  number: PullNumber;
  title: string;
  author: Login | null;
  url: string;
  state: "open" | "closed";
  merged: boolean;
  mergeCommit: Sha | null;
  mergedBy: Login | null;
  headSha: Sha;
  headRef: string;
  baseRef: string;
  /**
   * In GitHub's words. `unknown`: the forge still looks, and says more later. `unmergeable`: it cannot be merged as it is,
   * and the forge does not tell whether it conflicts or is still looked at.
   */
  mergeableState: string;
  draft: boolean;
}

export interface ForgeReviewComment extends ForgeComment {
  path: string;
  line: number | null;
  diffHunk: string;
  /** First comment of its thread, or null when it is that one. */
  replyTo: number | null;
}

export interface ForgeReview {
  id: number;
  author: Login;
  state: "approved" | "changes_requested" | "commented" | "dismissed" | "pending";
  /** The head it was given for; null where that is not told. */
  commit: Sha | null;
  body: string;
  submittedAt: Date | null;
}

export interface ForgeCheck {
  name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  url: string;
}

/** A check or commit status at a pull request's newest commit, in its CI's own words. */
export interface BoardCheck {
  /** Name of a check run, context of a status. */
  context: string;
  state:
    | "success"
    | "neutral"
    | "skipped"
    | "pending"
    | "failure"
    | "error"
    | "cancelled"
    | "timed_out"
    | "action_required"
    | "startup_failure"
    | "stale";
  description: string | null;
  /** Where its CI tells more; empty where it does not say. */
  url: string;
  /** Set for a job of GitHub Actions: the run it is of, its own id, and the workflow's name. */
  actions: { run: number; job: number | null; workflow: string } | null;
}

/** An open pull request with all that tells whether it can be merged. */
export interface BoardPull {
  repo: RepoName;
  number: PullNumber;
  title: string;
  url: string;
  author: Login | null;
  updatedAt: Date;
  headSha: Sha;
  draft: boolean;
  review: "approved" | "changes_requested" | "review_required" | null;
  mergeable: "mergeable" | "conflicting" | "unknown";
  mergeState: "behind" | "blocked" | "clean" | "dirty" | "draft" | "has_hooks" | "unknown" | "unstable";
  /** All of them, those that passed too. */
  checks: BoardCheck[];
}

/** What a listing of open pull requests came to. */
export interface BoardListing {
  pulls: BoardPull[];
  /** How many there are, also beyond those listed. */
  total: number;
  /** What the service kept back, in its words; empty where it kept nothing back. */
  withheld: string[];
}

export interface ForgeCommit {
  sha: Sha;
  /** Login, or the name in the commit where no account has its address. */
  author: string;
  at: Date;
  /** First line of the message. */
  title: string;
}

/** Who may read a repository: everybody, its members, or (`internal`) the whole company. */
export type Visibility = "public" | "private" | "internal";

export interface ForgeRepository {
  defaultBranch: string;
  cloneUrl: string;
  url: string;
  visibility: Visibility;
}

/** Addresses of pages, as people open them. */
export interface ForgeSite {
  /** The repository's own page, without a slash at its end. */
  url: string;
  pullUrl(number: number): string;
  /** A file as it was at a commit. */
  fileUrl(path: string, sha: string): string;
}

/** What the stages ask of the place where code, issues and pull requests live. Throws TransientError or RefusedError. */
export interface Forge {
  /** What people call the service that this repository lives on, such as `GitHub`; asks nothing. */
  name(repo: RepoName): string;
  /** The account the product writes as where this repository lives. */
  whoAmI(repo: RepoName): Promise<Login>;
  /** Addresses of a repository's pages, for people; asks nothing. */
  site(repo: RepoName): ForgeSite;
  permission(repo: RepoName, login: Login): Promise<Permission>;
  repository(repo: RepoName): Promise<ForgeRepository>;
  /** Address for git with the credential for reading, or for pushing, in it: for Git alone, never logged or shown. */
  gitUrl(repo: RepoName, use: "read" | "code"): Promise<string>;
  /**
   * A token for this repository's code alone, which ends within the hour and reads; with `push` it also writes, to every
   * branch that no rule protects. Null where the service cannot make one.
   */
  lend(repo: RepoName, use: "read" | "push"): Promise<string | null>;
  /** Makes a token that was lent for this repository worth nothing. */
  takeBack(repo: RepoName, token: string): Promise<void>;

  issue(repo: RepoName, number: IssueNumber): Promise<ForgeIssue>;
  /** Issues and pull requests created at or after `since`, newest first; at most `most`, where it is given. */
  issuesSince(repo: RepoName, since: Date, label: string | null, most?: number): Promise<ForgeIssue[]>;
  createIssue(repo: RepoName, issue: { title: string; body: string; labels: string[] }): Promise<ForgeIssue>;
  updateIssue(
    repo: RepoName,
    number: IssueNumber,
    change: {
      title?: string;
      body?: string;
      state?: "open" | "closed";
      reason?: "completed" | "not_planned";
    },
  ): Promise<ForgeIssue>;
  addLabels(repo: RepoName, number: IssueNumber | PullNumber, labels: string[]): Promise<void>;
  /** A label that is not there is no error. */
  removeLabel(repo: RepoName, number: IssueNumber | PullNumber, label: string): Promise<void>;

  comments(repo: RepoName, number: IssueNumber | PullNumber, since: Date | null): Promise<ForgeComment[]>;
  /** One comment as it stands now; null when it is gone. */
  oneComment(repo: RepoName, id: number): Promise<ForgeComment | null>;
  comment(repo: RepoName, number: IssueNumber | PullNumber, body: string): Promise<ForgeComment>;
  editComment(repo: RepoName, id: number, body: string): Promise<ForgeComment>;
  deleteComment(repo: RepoName, id: number): Promise<void>;

  pull(repo: RepoName, number: PullNumber): Promise<ForgePull>;
  pullsByHead(repo: RepoName, head: string): Promise<ForgePull[]>;
  createPull(
    repo: RepoName,
    pull: { title: string; body: string; head: string; base: string; draft: boolean },
  ): Promise<ForgePull>;
  /**
   * Open pull requests of an author, newest change first; `repos` empty: everywhere. At most 500. An App asks as it is
   * installed on `via`.
   */
  openPulls(wanted: { author: string; repos: readonly RepoName[]; via: RepoName }): Promise<BoardListing>;
  /** Turns a draft into a pull request that is ready for review; one that is ready stays as it is. */
  markReady(repo: RepoName, number: PullNumber): Promise<void>;
  reviews(repo: RepoName, number: PullNumber): Promise<ForgeReview[]>;
  reviewComments(repo: RepoName, number: PullNumber): Promise<ForgeReviewComment[]>;
  replyToReview(repo: RepoName, number: PullNumber, comment: number, body: string): Promise<ForgeComment>;
  requestReview(repo: RepoName, number: PullNumber, reviewers: Login[]): Promise<void>;
  checks(repo: RepoName, ref: string): Promise<ForgeCheck[]>;
  /**
   * Merges at exactly this head, by the first way that the repository allows: squash, merge, rebase.
   * @throws RefusedError with the forge's words where it may not be merged or its head moved.
   */
  mergePull(repo: RepoName, number: PullNumber, merge: { head: Sha; message?: string }): Promise<Sha>;
  /** Closes it without merging; one that is closed stays so. */
  closePull(repo: RepoName, number: PullNumber): Promise<void>;
  /** True when updated, false when there was nothing to update. */
  updateBranch(repo: RepoName, number: PullNumber): Promise<boolean>;

  /** The newest commits up to `ref` that changed a file, newest first; `most` is at most 100. */
  commits(repo: RepoName, about: { path: string; ref: string; most: number }): Promise<ForgeCommit[]>;
  /** A file's text at a ref; null when there is none. */
  file(repo: RepoName, path: string, ref: string): Promise<string | null>;
  /** True when `ancestor` is contained in `ref`. */
  contains(repo: RepoName, ancestor: Sha, ref: string): Promise<boolean>;
}
