import type { Sha } from "../kernel/ids.ts";

export interface Checkout {
  /** Folder with a fresh clone, without remotes, hooks or credentials. */
  dir: string;
  head: Sha;
}

/** A commit of the past with the paths it changed, below the folder that was asked about. */
export interface PastCommit {
  sha: string;
  /** First line of its message; untrusted. */
  subject: string;
  paths: string[];
}

/** The latest commits below a folder, the newest first; none where there is no history. */
export type History = (dir: string) => Promise<PastCommit[]>;

/** Where code comes from: an address, which may hold credentials, or a repository on this machine. */
export type GitSource = { cloneUrl: string } | { localDir: string };

/** Commits that were put on another base. */
export interface Replayed {
  /** Those of which something is left; each patch is against the one before it, the first against the new base. */
  commits: { message: string; patch: string }[];
  /** All of it against the new base. */
  patch: string;
  /** Files in which the lines of both sides were kept. */
  merged: string[];
  /** Files that stayed as the new base has them. */
  dropped: string[];
}

/** Git work outside the sandbox. All methods throw TransientError or RefusedError. */
export interface Git {
  /** Brings a mirror of the repository up to date and clones it anew into `dir` at `ref` (branch, tag or commit). */
  checkout(options: { cloneUrl: string; ref: string; dir: string; signal?: AbortSignal }): Promise<Checkout>;
  /** Clones a local repository's current commit into `dir`; the source is not touched. */
  checkoutLocal(options: { source: string; ref?: string; dir: string }): Promise<Checkout>;
  /** All changes of the working tree against `base` as a binary patch, new files included; `whole` shows whole files. */
  diff(dir: string, base: Sha, whole?: boolean): Promise<string>;
  /** Puts a patch on the clone and commits it; author, committer and date are given so that a repeat gives the same id. */
  commitPatch(options: {
    dir: string;
    patch: string;
    /** The commit that the patch is against, when that is not the clone's own; the parent is the clone's own still. */
    against?: Sha;
    message: string;
    author: { name: string; email: string };
    at: Date;
  }): Promise<Sha>;
  /** The commit that a branch, or a local repository's HEAD (null), is at now; null when there is no such branch. */
  newest(source: GitSource, ref: string | null): Promise<Sha | null>;
  /**
   * Puts commits onto `onto`, in a fresh clone that is made in `dir` and taken away again. Where both sides changed the
   * same lines, a file for which `isTest` holds keeps the lines of both, any other stays as `onto` has it.
   */
  replay(options: {
    source: GitSource;
    onto: Sha;
    dir: string;
    commits: readonly { message: string; patch: string }[];
    isTest: (path: string) => boolean;
  }): Promise<Replayed>;
  /** Pushes `sha` to `branch`; `expect` is what the branch has to be there (null: must not exist). Repeating is no error. */
  push(options: {
    dir: string;
    pushUrl: string;
    branch: string;
    sha: Sha;
    expect: Sha | null;
  }): Promise<void>;
  /** The latest commits of a clone, so that a fixer can be told what was changed together. */
  history: History;
  /** True when two commits of the remote change the same lines, so that merging them needs a person or a fixer. */
  conflicts(options: { url: string; one: Sha; other: Sha }): Promise<boolean>;
  /** What a branch of the remote changed since it left `base`, as a binary patch; null where there is no such branch. */
  branchPatch(options: { url: string; base: string; branch: string }): Promise<string | null>;
  /** Takes a branch of the remote away; one that is not there is no error. */
  deleteBranch(options: { url: string; branch: string }): Promise<void>;
  /** The branch's commit at the remote, or null. */
  remoteHead(options: { url: string; branch: string }): Promise<Sha | null>;
}
