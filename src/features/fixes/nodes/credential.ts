import { z } from "zod";
import type { Db } from "../../../../db/client.ts";
import { RefusedError } from "../../../kernel/errors.ts";
import { RepoName, type TaskId } from "../../../kernel/ids.ts";
import { seal, unseal } from "../../../kernel/seal.ts";
import type { Forge } from "../../../ports/forge.ts";
import type { Context } from "../../context.ts";
import { mayPush } from "./branch.ts";
import { changeRun, credentialOf, dropCredential, type NodeRun } from "./store.ts";

type Deps = Pick<Context, "db" | "forge"> & { config: { env: { NODE_SECRET?: string | undefined } } };
type Run = Pick<NodeRun, "taskId" | "attempt">;

const PURPOSE = "node credential";
const Lent = z.object({ repo: RepoName, token: z.string() });

/**
 * A credential for one run: for one repository, and it ends by itself. Kept sealed, to be taken back. Empty where there
 * is none.
 */
export async function lend(
  deps: Deps,
  repo: RepoName,
  run: Run,
  use: Parameters<Forge["lend"]>[1],
): Promise<string> {
  const { NODE_SECRET: secret } = deps.config.env;
  const token = secret === undefined ? null : await deps.forge.lend(repo, use);
  if (token === null || secret === undefined) return "";
  const credential = seal(secret, PURPOSE, JSON.stringify({ repo, token }));
  if (await changeRun(deps.db, run, { credential })) return token;
  // ended meanwhile: nothing would take it back later
  await deps.forge.takeBack(repo, token);
  return "";
}

/**
 * Ends a run that is still under way, and has taken back what it was lent: its credential, and the branch that it may
 * have pushed. @returns whether it was under way.
 */
export async function closeRun(
  deps: Pick<Context, "queue" | "config">,
  tx: Db,
  run: Run & { node: string },
  change: Parameters<typeof changeRun>[2],
): Promise<boolean> {
  if (!(await changeRun(tx, run, change))) return false;
  const { taskId: task, attempt } = run;
  if (mayPush(deps, run.node) || (await credentialOf(tx, run)) !== null)
    await deps.queue.send(tx, "node.close", { task, attempt }, { key: `${task}/${attempt}` });
  return true;
}

/** Takes a run's credential back; one that has ended by itself is gone as well. */
export async function takeBack(deps: Deps, taskId: TaskId, attempt: number): Promise<void> {
  const run = { taskId, attempt };
  const sealed = await credentialOf(deps.db, run);
  if (sealed === null) return;
  const opened = unseal(deps.config.env.NODE_SECRET ?? "", PURPOSE, sealed);
  const lent = opened === null ? null : Lent.parse(JSON.parse(opened));
  try {
    if (lent !== null) await deps.forge.takeBack(lent.repo, lent.token);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
  }
  await dropCredential(deps.db, run);
}
