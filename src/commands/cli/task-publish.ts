import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { FailureReport, FixCommit, FixResult } from "../../features/fixes/model.ts";
import type { TaskFile } from "../../features/fixes/run/task-file.ts";
import { AUTHOR } from "../../features/pulls/publish.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Sha } from "../../kernel/ids.ts";
import type { Git } from "../../ports/git.ts";

/** Where a task's branch goes. */
export interface TaskRemote {
  /** Address for git, with the credential for pushing in it. */
  pushUrl: string;
  /** Opens a pull request from a pushed branch and gives its address; null where none is wanted. */
  openPull:
    | ((pull: {
        title: string;
        body: string;
        branch: string;
        labels: string[];
        draft: boolean;
      }) => Promise<string>)
    | null;
}

interface Deps {
  git: Git;
  clock: Clock;
  workDir: string;
}

/** What was published: the branch's commit, and the pull request's address. */
export interface Published {
  head: Sha | null;
  url: string | null;
}

/** Commits a result's batches in a clone of their own, pushes the branch and opens the pull request. */
export async function publishResult(
  task: TaskFile,
  result: FixResult,
  repoDir: string,
  remote: TaskRemote,
  deps: Deps,
): Promise<Published> {
  const { commits, baseSha } = result;
  if (commits.length === 0 || baseSha === null) return { head: null, url: null };
  const place = { base: baseSha, repoDir, branch: task.branch };
  const head = await pushCommits(commits, place, remote, deps);
  const { title, body } = result.pr;
  const labels = [...new Set([...result.labels, ...task.pr.labels])];
  const url = await remote.openPull?.({ title, body, branch: task.branch, labels, draft: false });
  return { head, url: url ?? null };
}

/** Leaves the traces of a failed task on a branch of their own, as a draft pull request where there are such. */
export async function publishFailure(
  task: TaskFile,
  result: FixResult & { failure: FailureReport },
  repoDir: string,
  remote: TaskRemote,
  deps: Deps,
): Promise<Published> {
  const { failure, baseSha } = result;
  if (baseSha === null) return { head: null, url: null };
  const code = result.reason.split(":")[0] ?? "failed";
  const branch = `${task.branch}-fail`;
  const folder = `artifacts/${task.id}-fail`;
  const patch =
    newFile(`${folder}/FAILURE.md`, failure.report) + newFile(`${folder}/trace.txt`, failure.trace);
  const commits = [{ message: `fail: ${task.id} aborted (${code})\n`, patch }];
  const head = await pushCommits(commits, { base: baseSha, repoDir, branch }, remote, deps);
  const title = `fail: ${task.id} (${code})`;
  const labels = ["automated", "failure", ...result.status.risk_labels];
  const url = await remote.openPull?.({ title, body: failure.report, branch, labels, draft: true });
  return { head, url: url ?? null };
}

async function pushCommits(
  commits: readonly FixCommit[],
  place: { base: Sha; repoDir: string; branch: string },
  remote: TaskRemote,
  { git, clock, workDir }: Deps,
): Promise<Sha> {
  const dir = join(workDir, `${place.branch.replaceAll("/", "-")}-branch`);
  try {
    let sha = (await git.checkoutLocal({ source: place.repoDir, ref: place.base, dir })).head;
    const at = clock.now();
    for (const { patch, message } of commits) {
      sha = await git.commitPatch({ dir, patch, message, author: AUTHOR, at });
    }
    await git.push({ dir, pushUrl: remote.pushUrl, branch: place.branch, sha, expect: null });
    return sha;
  } finally {
    await rm(dir, { recursive: true, force: true });
    await rm(`${dir}.git`, { recursive: true, force: true });
  }
}

/** A patch that makes one file. */
function newFile(path: string, text: string): string {
  const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n");
  const head = `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n`;
  return `${head}@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join("")}`;
}
