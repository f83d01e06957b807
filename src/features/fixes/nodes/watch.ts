import { MINUTE, SECOND } from "../../../kernel/clock.ts";
import { errorText } from "../../../kernel/errors.ts";
import { clamp } from "../../../kernel/text/clamp.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { NodeHealth, Nodes } from "../../../ports/nodes.ts";
import type { Context } from "../../context.ts";
import { refreshCard } from "../../findings/service.ts";
import { nodeName, taskById, updateAttempt } from "../store.ts";
import type { NodeSettings } from "./choose.ts";
import { endRun } from "./end-run.ts";
import { changeRun, forgetNodes, type NodeRun, noteNode, runningRuns } from "./store.ts";

/** A node may be away for so long before what it had in hand goes to another, ms. */
const AWAY_MS = MINUTE;
/** A task that was just sent need not be in the node's list yet, ms. */
const UNLISTED_MS = 30 * SECOND;
/** What a node gets beyond the task's own minutes, for the way there and back. */
const GRACE_MINUTES = 10;

/**
 * Asks every node how it is, and ends what is lost, late or not wanted any more. Doing so twice is harmless.
 * @param since when the watch began: while nobody looked, nobody was away
 */
export async function watchNodes(deps: Context, since: Date): Promise<void> {
  const { nodes, config } = deps;
  const known = nodes === null ? [] : config.file.nodes;
  const seen = new Map<string, NodeHealth>();
  if (nodes !== null)
    await Promise.all(
      known.map(async (node) => {
        const health = await look(deps, nodes, node);
        if (health !== null) seen.set(node.url, health);
      }),
    );
  const names = known.map(({ url }) => nodeName(url));
  await forgetNodes(deps.db, names, deps.clock.now());
  for (const run of await runningRuns(deps.db)) await judge(deps, run, seen.get(run.node) ?? null, since);
}

/** Asks one node, and shows it among the workers. @returns null when it is away. */
async function look(deps: Context, nodes: Nodes, node: NodeSettings): Promise<NodeHealth | null> {
  const now = deps.clock.now();
  const row = {
    id: nodeName(node.url),
    host: new URL(node.url).host,
    labels: node.labels,
    startedAt: now,
    seenAt: now,
    stoppedAt: null,
    kind: "node" as const,
  };
  try {
    const health = await nodes.health(node.url);
    const { version, sandbox } = health;
    const capacity = Math.min(node.capacity, health.capacity);
    await noteNode(deps.db, { ...row, version, sandbox, capacity, fault: null });
    return health;
  } catch (error) {
    const fault = clamp(redact(errorText(error)), 300);
    const { capacity } = node;
    await noteNode(deps.db, { ...row, version: "?", sandbox: "?", capacity, fault });
    return null;
  }
}

async function judge(deps: Context, run: NodeRun, health: NodeHealth | null, since: Date): Promise<void> {
  const now = deps.clock.now().getTime();
  const task = await taskById(deps.db, run.taskId);
  if (task?.state !== "running" || task.attempt !== run.attempt) return end(deps, run, "not wanted any more");
  const minutes = deps.config.file.budget.minutes + GRACE_MINUTES;
  if (now - run.startedAt.getTime() > minutes * MINUTE)
    return end(deps, run, `late: over ${minutes} minutes`);
  const silent = now - Math.max(run.seenAt.getTime(), since.getTime());
  if (health === null) {
    if (silent > AWAY_MS) await end(deps, run, "the node is away");
    return;
  }
  const listed = health.tasks.find((one) => one.task === run.taskId && one.attempt === run.attempt);
  if (listed === undefined) {
    if (silent > UNLISTED_MS) await end(deps, run, "the node knows the task no more");
    return;
  }
  await beat(deps, run, listed);
}

async function end(deps: Context, run: NodeRun, why: string): Promise<void> {
  await endRun(deps, run, why);
  await deps.nodes?.cancel(run.node, run.taskId, run.attempt).catch(() => undefined);
}

/** Keeps what the node is at, as a worker's own heartbeat does. */
async function beat(deps: Context, run: NodeRun, listed: NodeHealth["tasks"][number]): Promise<void> {
  const seenAt = deps.clock.now();
  const short = (text: string | null) => (text === null ? null : clamp(redact(text), 200));
  await deps.db.transaction(async (tx) => {
    if (!(await changeRun(tx, run, { seenAt }))) return;
    const before = await taskById(tx, run.taskId);
    const now = { phase: short(listed.phase), detail: short(listed.detail) };
    const mine = await updateAttempt(
      tx,
      { id: run.taskId, attempt: run.attempt },
      { ...now, heartbeatAt: seenAt },
    );
    if (!mine || before === null) return;
    if (before.phase !== now.phase || before.detail !== now.detail)
      await refreshCard(deps, tx, before.findingId);
  });
}
