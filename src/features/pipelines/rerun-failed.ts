import { z } from "zod";
import { actorName } from "../../kernel/actor.ts";
import { canRunAgain } from "../../kernel/conclusion.ts";
import { PullNumber, RepoName } from "../../kernel/ids.ts";
import { record } from "../../platform/audit.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Ci, CiRun } from "../../ports/ci.ts";
import type { ForgePull } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { takeOnce } from "./once.ts";
import { type Asked, openPull, type Place } from "./place.ts";
import { retried } from "./retry.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge" | "ci">;

/** What is red at a pull request's head: runs of Actions, and other checks and statuses by their names. */
export interface Failing {
  pull: ForgePull;
  runs: CiRun[];
  others: { name: string; url: string }[];
}

/** Check runs of Actions link to their job; the run itself is listed by its own name. */
export const OF_ACTIONS = /\/actions\/runs\/\d+/;

/** Asks GitHub what failed at the head of a pull request. @throws NotFoundError when there is no such pull request. */
export async function failingOf(deps: Deps, place: Place, number: PullNumber): Promise<Failing> {
  const pull = await openPull(deps, place, number);
  const checks = await retried(deps.clock, () => deps.forge.checks(place.repo, pull.headSha));
  return {
    pull,
    runs: (await newestRuns(deps, place, pull)).filter(isRed),
    others: checks.filter((check) => canRunAgain(check.conclusion) && !OF_ACTIONS.test(check.url)),
  };
}

export const isRed = (run: CiRun): boolean => canRunAgain(run.conclusion);

/** Runs of Actions at the head of a pull request, the newest of each workflow. */
export async function newestRuns(deps: Deps, place: Place, pull: ForgePull): Promise<CiRun[]> {
  const newest = new Map<string, CiRun>();
  for (const run of await retried(deps.clock, () => deps.ci.runsAt(place.repo, pull.headSha))) {
    if (!newest.has(`${run.workflow}|${run.event}`)) newest.set(`${run.workflow}|${run.event}`, run);
  }
  return [...newest.values()];
}

const Payload = z.object({ repo: RepoName, pull: PullNumber, run: z.int(), attempt: z.int() });

/**
 * Has the failed jobs of a run run again. The key is the attempt, so that two clicks are one.
 * @returns false when this attempt was asked to run again before.
 */
export async function enqueueRerun(
  deps: Pick<Deps, "db" | "clock">,
  ask: Asked,
  head: ForgePull,
  run: Pick<CiRun, "id" | "attempt" | "workflow">,
): Promise<boolean> {
  const { actor, pull } = ask;
  const { repo } = ask.place;
  return deps.db.transaction(async (tx) => {
    const added = await enqueueWrite(tx, deps.clock, {
      destination: "github",
      lane: `${repo}#${pull}`,
      kind: "run.rerun",
      key: `rerun:${repo}/${run.id}/${run.attempt}`,
      payload: { repo, pull, run: run.id, attempt: run.attempt },
      finding: null,
    });
    if (!added) return false;
    await takeOnce(tx, deps.clock, { repo, pull, head: head.headSha, what: `run/${run.id}` });
    const detail = {
      repo,
      pull,
      head: head.headSha,
      run: run.id,
      attempt: run.attempt,
      workflow: run.workflow,
    };
    await record(tx, {
      at: deps.clock.now(),
      actor,
      action: "rerun",
      finding: null,
      detail: { ...detail, by: actorName(actor) },
    });
    return true;
  });
}

/** A run whose attempt went up has been started again: an interrupted send arrived. */
export const rerunSender = (deps: { ci: Ci }) =>
  sender<z.infer<typeof Payload>, true>({
    payload: Payload,
    async find({ repo, run, attempt }) {
      return (await deps.ci.run(repo, { id: run, address: null })).attempt > attempt ? true : null;
    },
    async send({ repo, run, attempt }) {
      const now = await deps.ci.run(repo, { id: run, address: null });
      if (now.attempt > attempt || !now.completed) return null;
      await deps.ci.rerunFailed(repo, run);
      return true;
    },
  });
