import { repoConfig } from "../../config/index.ts";
import type { Actor } from "../../kernel/actor.ts";
import { NotFoundError, RefusedError, UserError } from "../../kernel/errors.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { disarm, escapeSlack } from "../../kernel/text/escape.ts";
import { record } from "../../platform/audit.ts";
import { readPause } from "../../platform/pause.ts";
import { requireLogin } from "../approvals/people.ts";
import { requireRight } from "../approvals/rights.ts";
import type { Context } from "../context.ts";
import { type Pull, pullByNumber } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

export interface Decide {
  /** The repository as the settings know it. */
  repo: RepoName;
  pull: PullNumber;
  actor: Actor;
}

/**
 * Merges a pull request of ours for a committer, at the head that was shown to them. Their yes is in the commit's message
 * and in the audit; what follows from the merge is the follower's work.
 * @throws UserError with what stands in the way.
 */
export async function mergeOurs(deps: Deps, ask: Decide): Promise<void> {
  const { pull, login } = await admitted(deps, ask);
  if (pull.checks === "failing" || pull.checks === "pending")
    throw new UserError(
      `The checks of #${pull.number} are ${pull.checks}. Who wants it merged all the same does that on GitHub.`,
    );
  const message = `Approved by ${disarm(login)}.`;
  await outside(pull, "merge", () =>
    deps.forge.mergePull(pull.repo, pull.number, { head: pull.headSha, message }),
  );
  await noted(deps, ask, pull, "pull.merge", { head: pull.headSha });
}

/** Closes a pull request of ours without merging, with the reason in the audit. @throws UserError */
export async function closeOurs(deps: Deps, ask: Decide, why: string): Promise<void> {
  const { pull } = await admitted(deps, ask);
  await outside(pull, "close", () => deps.forge.closePull(pull.repo, pull.number));
  await noted(deps, ask, pull, "pull.close", { why });
}

async function admitted(deps: Deps, ask: Decide): Promise<{ pull: Pull; login: string }> {
  const login = requireLogin(ask.actor);
  await requireRight(deps, ask.repo, login, "committer");
  const write = repoConfig(deps.config, ask.repo)?.write ?? ask.repo;
  const pull = await pullByNumber(deps.db, write, ask.pull);
  if (pull === null) throw new NotFoundError(`#${ask.pull} is no pull request of mine.`);
  if (pull.state !== "open") throw new UserError(`#${ask.pull} is ${pull.state} already.`);
  if (deps.config.env.READ_ONLY || (await readPause(deps.db)) !== null)
    throw new UserError("I am paused and write nothing on GitHub; `resume` lets me go on.");
  return { pull, login };
}

async function outside(pull: Pull, verb: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new UserError(`GitHub refused to ${verb} #${pull.number}: ${escapeSlack(error.message)}`);
  }
}

async function noted(
  deps: Deps,
  { actor }: Decide,
  pull: Pull,
  action: string,
  detail: Record<string, unknown>,
): Promise<void> {
  const { repo, number } = pull;
  await deps.db.transaction(async (tx) => {
    await record(tx, {
      at: deps.clock.now(),
      actor,
      action,
      finding: pull.findingId,
      detail: { pull: number, ...detail },
    });
    await deps.queue.send(tx, "pull.follow", { repo, pull: number }, { key: `${repo}/${number}` });
  });
}
