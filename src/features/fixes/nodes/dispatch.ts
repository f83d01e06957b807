import { publicUrl, repoConfig } from "../../../config/index.ts";
import { errorText, RefusedError } from "../../../kernel/errors.ts";
import type { TaskId } from "../../../kernel/ids.ts";
import type { NodeOrder } from "../../../ports/nodes.ts";
import type { Context } from "../../context.ts";
import { type Finding, nameOf } from "../../findings/model.ts";
import { findingById } from "../../findings/store.ts";
import { issueOf } from "../../issues/store.ts";
import { endTask } from "../end.ts";
import { fixInput } from "../input.ts";
import type { FixInput } from "../model.ts";
import { roundOf } from "../round.ts";
import { claimTask, nodeName, type Task, taskById, updateAttempt } from "../store.ts";
import { begin } from "../work.ts";
import { mayPush, runBranch } from "./branch.ts";
import { byLoad, nodesFor } from "./choose.ts";
import { closeRun, lend } from "./credential.ts";
import { addRun, digestOf, NOT_TAKEN, runningRuns } from "./store.ts";

/** Offers a queued task to the nodes that have its labels, the least loaded first; the workers get it when none takes it. */
export async function dispatchTask(deps: Context, id: TaskId): Promise<void> {
  const task = await taskById(deps.db, id);
  if (task?.state !== "queued") return;
  for (const url of await candidates(deps, task)) {
    if ((await offer(deps, id, url)) === "settled") return;
  }
  await deps.queue.sendTask(deps.db, { task: id }, task.labels);
}

async function candidates(deps: Context, task: Task): Promise<string[]> {
  const { nodes } = deps;
  if (nodes === null) return [];
  const running = await runningRuns(deps.db);
  const asked = nodesFor(deps.config, task.labels).map(async (node) => {
    const health = await nodes.health(node.url).catch(() => null);
    const given = running.filter((run) => run.node === node.url).length;
    return health === null ? [] : [{ node, health, given }];
  });
  return byLoad((await Promise.all(asked)).flat());
}

/** Gives the task to one node. @returns `next` when it is free still. */
async function offer(deps: Context, id: TaskId, url: string): Promise<"settled" | "next"> {
  const token = `ftn_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")}`;
  const worker = nodeName(url);
  const task = await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const claimed = await claimTask(tx, id, worker, now);
    // kept before it is sent: the report of a quick node has to find it
    if (claimed !== null)
      await addRun(tx, {
        taskId: id,
        attempt: claimed.attempt,
        node: url,
        state: "running",
        token: digestOf(token),
        startedAt: now,
        seenAt: now,
      });
    return claimed;
  });
  if (task === null) return "settled";
  const finding = await findingById(deps.db, task.findingId);
  try {
    if (finding === null || !(await begin({ ...deps, worker }, task, finding))) {
      await free(deps, task, url, "ended before it was sent");
      return "settled";
    }
    const input = await fixInput(deps, task, finding, await roundOf(deps, task));
    const order = await orderOf(deps, { task, finding, input, token, node: url });
    if ((await deps.nodes?.process(url, order)) === "taken") return "settled";
  } catch (error) {
    if (error instanceof RefusedError && error.status === null && finding !== null) {
      await endTask(deps, task, finding, { state: "failed", error: errorText(error), result: null });
      await free(deps, task, url, NOT_TAKEN);
      return "settled";
    }
    deps.log.warn({ task: id, node: url, error: errorText(error) }, "a node did not take a task");
    // it may have taken it after all: its report will be refused, its work need not go on
    await deps.nodes?.cancel(url, id, task.attempt).catch(() => undefined);
  }
  await free(deps, task, url, NOT_TAKEN);
  return "next";
}

/** Ends the run, and puts the task back in the line where it still was this run's. */
async function free(deps: Context, task: Task, node: string, why: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const run = { taskId: task.id, attempt: task.attempt, node };
    await closeRun(deps, tx, run, { state: "ended", why, endedAt: deps.clock.now() });
    await updateAttempt(tx, task, { state: "queued", worker: null });
  });
}

interface Offer {
  task: Task;
  finding: Finding;
  input: FixInput;
  token: string;
  node: string;
}

async function orderOf(deps: Context, { task, finding, input, token, node }: Offer): Promise<NodeOrder> {
  const repo = repoConfig(deps.config, finding.repo)?.write ?? finding.repo;
  const number = finding.issueNumber ?? (await issueOf(deps.db, finding.id))?.number ?? null;
  const url = new URL("cloneUrl" in input.source ? input.source.cloneUrl : "");
  const run = { taskId: task.id, attempt: task.attempt };
  const pushes = mayPush(deps, node);
  // the service's own credential stays here
  url.username = "";
  url.password = "";
  return {
    issue_id: `F${finding.id}`,
    task_id: task.id,
    attempt: task.attempt,
    repository_url: url.href,
    issue_number: number,
    issue_title: finding.test,
    issue_description: input.evidence,
    credential_token: await lend(deps, repo, run, pushes ? "push" : "read"),
    command: task.note ?? `fix ${nameOf(finding)}`,
    push_branch: pushes ? runBranch(run) : null,
    report_url: `${publicUrl(deps.config.env)}/api/v1/issues/${number ?? 0}/report-branch`,
    report_token: token,
    fix: { ...input, source: { cloneUrl: url.href } },
  };
}
