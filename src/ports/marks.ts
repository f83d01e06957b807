import type { Login, PullNumber, RepoName, Sha } from "../kernel/ids.ts";

/** A status or a check run as it was left on a commit; a job that runs again leaves further ones. */
export interface Mark {
  /** Its context, or the check's name. */
  name: string;
  state: "pending" | "success" | "failure" | "error";
  url: string;
  /** When it was left; of a check run, which is one mark from its beginning to its end, when it began. */
  at: Date;
}

/** A commit whose marks may have news. */
export interface Head {
  sha: Sha;
  branch: string;
  pull: PullNumber | null;
  author: Login | null;
}

/** What a CI that tells of itself by marks on commits needs of the forge. Throws TransientError or RefusedError. */
export interface Marks {
  /** All marks of a commit with their history, oldest first; none when the commit is gone. */
  at(repo: RepoName, sha: Sha): Promise<Mark[]>;
  /** Commits of the default branch since then, and heads of pull requests that moved since then. */
  heads(repo: RepoName, since: Date): Promise<Head[]>;
}
