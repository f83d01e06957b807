import { pulls } from "../../db/schema.ts";
import type { Context } from "../../src/features/context.ts";
import { changeState } from "../../src/features/findings/service.ts";
import { claimTask, liveTask, moveTask, type Task } from "../../src/features/fixes/store.ts";
import { bot } from "../../src/kernel/actor.ts";
import { type FindingId, PullNumber } from "../../src/kernel/ids.ts";
import { targetName } from "../../src/playground/target/index.ts";
import type { World } from "./world.ts";

/** What the product works with. @throws where it is down, or a process of its own. */
export function contextOf(world: World): Context {
  if (world.product.context === null) throw new Error("the product is not up");
  return world.product.context;
}

/** A worker takes up the finding's task, and has it as long as nobody ends it. */
export async function takenUp(world: World, finding: FindingId): Promise<Task> {
  const deps = contextOf(world);
  const queued = await liveTask(deps.db, finding);
  const task = queued && (await claimTask(deps.db, queued.id, "somebody", deps.clock.now()));
  if (task === null) throw new Error("no task is queued");
  const change = { finding, from: ["approved"], to: "fixing", actor: bot, why: "taken up" } as const;
  await changeState(deps, deps.db, change);
  return task;
}

/** A fix is asked for anew, and a pull request of somebody's is taken for what the worker brought. @returns its number. */
export async function standsIn(world: World, finding: FindingId, branch: string): Promise<number> {
  await world.bob.commands(`fix F${finding}`);
  const { id: taskId } = await takenUp(world, finding);
  const { db, clock } = contextOf(world);
  const { number, url, sha: headSha } = await world.dave.plainly.pullOf(branch);
  const at = clock.now();
  await moveTask(db, taskId, ["running"], { state: "done", headSha, finishedAt: at });
  await db.insert(pulls).values({
    ...{ findingId: finding, repo: targetName, number, taskId, url, branch, headSha },
    ...{ state: "open" as const, openedAt: at, updatedAt: at },
  });
  const facts = { pullNumber: PullNumber.parse(number) };
  const change = { finding, from: ["fixing"], to: "pending_review", actor: bot, why: "opened" } as const;
  await changeState(contextOf(world), db, { ...change, facts });
  await world.settled();
  return number;
}
