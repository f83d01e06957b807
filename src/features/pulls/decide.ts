import { repoConfig } from "../../config/index.ts";
import type { Actor } from "../../kernel/actor.ts";
import { NotFoundError, RefusedError, UserError } from "../../kernel/errors.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { disarm, escapeSlack } from "../../kernel/text/escape.ts";
import { harmless } from "../../kernel/text/harmless.ts";
import { record } from "../../platform/audit.ts";
import { readPause } from "../../platform/pause.ts";
import { requireRightOf } from "../approvals/rights.ts";
import type { Context } from "../context.ts";
import { enqueueComment, noteSenderKind } from "../issues/comments.ts";
import { type Decided, REFUSED } from "./decided.ts";
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
      `The checks of #${pull.number} are ${pull.checks}. Who wants it merged all the same does that on ${deps.forge.name(pull.repo)}.`,
    );
  const message = `Approved by ${disarm(login)}.`;
  const detail = { by: login, head: pull.headSha };
  await decided(deps, { ...ask, pull, action: "pull.merge", detail }, () =>
    deps.forge.mergePull(pull.repo, pull.number, { head: pull.headSha, message }),
  );
}

/**
 * Closes a pull request of ours without merging. The reason goes to the audit and to the thread, and onto the pull
 * request unless it was said there. @throws UserError
 */
export async function closeOurs(deps: Deps, ask: Decide, why: string, saidThere: boolean): Promise<void> {
  const { pull, login } = await admitted(deps, ask);
  const detail = { by: login, why };
  await decided(deps, { ...ask, pull, action: "pull.close", detail }, () =>
    deps.forge.closePull(pull.repo, pull.number),
  );
  if (saidThere) return;
  const body = `Closed without merging by ${disarm(login)}: ${harmless(why, [], 2000)}`;
  const key = `close:${pull.repo}/${pull.number}`;
  const { repo, number, findingId: finding } = pull;
  await enqueueComment(deps.db, deps.clock, { kind: noteSenderKind, key, repo, number, body, finding });
}

async function admitted(deps: Deps, ask: Decide): Promise<{ pull: Pull; login: string }> {
  const login = await requireRightOf(deps, ask.repo, ask.actor, "committer");
  const write = repoConfig(deps.config, ask.repo)?.write ?? ask.repo;
  const pull = await pullByNumber(deps.db, write, ask.pull);
  if (pull === null) throw new NotFoundError(`#${ask.pull} is no pull request of mine.`);
  if (pull.state !== "open") throw new UserError(`#${ask.pull} is ${pull.state} already.`);
  if (deps.config.env.READ_ONLY || (await readPause(deps.db)) !== null)
    throw new UserError("I am paused and write nothing; `resume` lets me go on.");
  return { pull, login };
}

/** The request that was refused, which tells a person nothing. */
const REQUEST = /^[A-Z]+ \S+: /;

interface Decision {
  pull: Pull;
  actor: Actor;
  action: Decided["action"];
  detail: Record<string, unknown>;
}

/**
 * Does what was decided. It is in the audit before GitHub is asked, since GitHub tells of the end at once, and who
 * follows that has to know whose decision it was.
 */
async function decided(
  deps: Deps,
  { pull, actor, action, detail }: Decision,
  work: () => Promise<unknown>,
): Promise<void> {
  const { repo, number, findingId: finding } = pull;
  const entry = { actor, finding, detail: { pull: number, ...detail } };
  await record(deps.db, { ...entry, at: deps.clock.now(), action });
  const follow = () =>
    deps.queue.send(deps.db, "pull.follow", { repo, pull: number }, { key: `${repo}/${number}` });
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RefusedError)) {
      // an answer that is lost may have been a yes
      await follow();
      throw error;
    }
    await record(deps.db, { ...entry, at: deps.clock.now(), action: `${action}${REFUSED}` });
    const verb = action === "pull.merge" ? "merge" : "close";
    throw new UserError(
      `${deps.forge.name(repo)} refused to ${verb} #${number}: ${escapeSlack(error.message.replace(REQUEST, ""))}`,
    );
  }
  await follow();
}
