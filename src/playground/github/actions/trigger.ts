import { emit } from "../announce.ts";
import { commitOf, fileAt } from "../history.ts";
import type { Issue, JobSpec, Pull, Repo, Run, Workflow } from "../model.ts";
import { isProw, PROW_FOLDER } from "../prow/folder.ts";
import { runShape } from "../shapes/run.ts";
import { testMerge } from "../verbs/mergeability.ts";
import type { World } from "../world.ts";
import { newAttempt } from "./attempts.ts";
import { listensTo, parseWorkflow, type WorkflowFile } from "./workflow.ts";

/** What may start workflows. */
export type Trigger =
  | { kind: "push"; branch: string; sha: string; actor: string }
  | { kind: "pull_request"; issue: Issue; pull: Pull; actor: string };

/** Actions, and jobs that Prow runs; both are written alike here. */
const FOLDERS = [".github/workflows/", `${PROW_FOLDER}/`];

const workflowFiles = async (world: World, repo: Repo, sha: string) => {
  const listing = await world.git.answer(repo.gitDir, ["ls-tree", "--name-only", sha, "--", ...FOLDERS]);
  const paths = listing.split("\n").filter((path) => /\.ya?ml$/.test(path));
  return Promise.all(
    paths.map(async (path) => ({ path, file: parseWorkflow((await fileAt(world, repo, sha, path)) ?? "") })),
  );
};

const workflowAt = (world: World, repo: Repo, path: string, file: WorkflowFile | null): Workflow => {
  const known = repo.workflows.get(path);
  if (known) {
    known.name = file?.name ?? known.name;
    return known;
  }
  const name = file?.name ?? path;
  const workflow = { id: world.nextId(), path, name, createdAt: world.now(), nextRunNumber: 1 };
  repo.workflows.set(path, workflow);
  return workflow;
};

/**
 * Starts each workflow that listens to the event, with the files of the commit in question. A pull request
 * that conflicts with its base starts nothing, as on GitHub. An unreadable file makes a failed run.
 */
export const startRuns = async (world: World, repo: Repo, trigger: Trigger): Promise<void> => {
  const isPush = trigger.kind === "push";
  const checkout = isPush ? trigger.sha : await testMerge(world, repo, trigger.issue, trigger.pull);
  if (!checkout) return;
  const branch = isPush ? trigger.branch : trigger.pull.baseRef;
  for (const { path, file } of await workflowFiles(world, repo, checkout)) {
    const workflow = workflowAt(world, repo, path, file);
    const listens = file ? listensTo(file, trigger.kind, branch) : isPush;
    if (listens) await startRun(world, repo, trigger, workflow, checkout, file?.jobs ?? []);
  }
};

const startRun = async (
  world: World,
  repo: Repo,
  trigger: Trigger,
  workflow: Workflow,
  checkoutSha: string,
  jobs: JobSpec[],
): Promise<void> => {
  const isPush = trigger.kind === "push";
  const headSha = isPush ? trigger.sha : trigger.pull.headSha;
  const commit = await commitOf(world, repo, headSha);
  if (!commit) return;
  const id = world.nextId();
  const run: Run = {
    id,
    workflow,
    event: trigger.kind,
    headBranch: isPush ? trigger.branch : trigger.pull.headRef,
    headSha,
    headRepo: isPush ? repo.fullName : trigger.pull.headRepo,
    checkoutSha,
    commit,
    ref: isPush ? `refs/heads/${trigger.branch}` : `refs/pull/${trigger.issue.number}/merge`,
    number: workflow.nextRunNumber,
    pulls: isPush ? [] : [trigger.issue.number],
    actor: trigger.actor,
    title: isPush ? (commit.message.split("\n")[0] ?? "") : trigger.issue.title,
    createdAt: world.now(),
    attempts: [newAttempt(world, id, 1, trigger.actor, jobs)],
  };
  workflow.nextRunNumber += 1;
  repo.runs.push(run);
  if (!isProw(run)) {
    emit(world, repo, trigger.actor, "workflow_run", {
      action: "requested",
      workflow_run: runShape(world, repo, run),
    });
  }
  world.jobs?.enqueue(repo, run, run.attempts[0]);
};
