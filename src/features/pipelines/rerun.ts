import { actorName } from "../../kernel/actor.ts";
import { UserError } from "../../kernel/errors.ts";
import type { PullNumber } from "../../kernel/ids.ts";
import { slackCode } from "../../kernel/text/escape.ts";
import { record } from "../../platform/audit.ts";
import type { CiRun } from "../../ports/ci.ts";
import type { ForgePull } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { enqueueCommand } from "../issues/bare-commands.ts";
import { askedLately, onceName, takeOnce } from "./once.ts";
import { type Asked, openPull, requirePullRight, requireUnpaused } from "./place.ts";
import { enqueueRerun, isRed, newestRuns } from "./rerun-failed.ts";
import { commandOf, knownContexts, namedCommand, oneWord } from "./words.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge" | "ci">;

/** What a rerun came to: a comment with the command, or a run of Actions that starts again. */
export type Rerun = { already_triggered: boolean } & (
  | { how: "comment"; command: string }
  | { how: "actions"; run: CiRun }
);

/**
 * Has one pipeline of a pull request run again: by the comment that its CI obeys, or through the Actions API where it
 * is a workflow that failed. `pipeline` is a context, a command or its last word, or a workflow's name.
 * @throws ForbiddenError without the triage right, UserError for a pipeline that is none.
 */
export async function rerun(deps: Deps, ask: Asked & { pipeline: string }): Promise<Rerun> {
  await requirePullRight(deps, ask.place, ask.actor, "triage");
  await requireUnpaused(deps);
  const { file } = deps.config;
  const head = await openPull(deps, ask.place, ask.pull);
  const command = namedCommand(file, ask.pipeline);
  if (command !== null) return commented(deps, ask, head, command);
  const runs = await newestRuns(deps, ask.place, head);
  const said = oneWord(ask.pipeline).toLowerCase();
  const called = runs.filter(({ workflow }) => oneWord(workflow).toLowerCase() === said);
  const [run = called[0]] = called.filter(isRed);
  if (run !== undefined) return startedAgain(deps, ask, head, run);
  const near = commandOf(file, ask.pipeline);
  if (near !== null) return commented(deps, ask, head, near);
  const failed = runs.filter(isRed).map(({ workflow }) => workflow);
  throw new UserError(unknownWords(ask.pull, ask.pipeline, [...failed, ...knownContexts(file)]));
}

/** Starts a run of Actions again; one that goes on since it was asked for lately is a repeat. */
async function startedAgain(deps: Deps, ask: Asked, head: ForgePull, run: CiRun): Promise<Rerun> {
  if (isRed(run))
    return { how: "actions", run, already_triggered: !(await enqueueRerun(deps, ask, head, run)) };
  const once = { repo: ask.place.repo, pull: ask.pull, head: head.headSha, what: `run/${run.id}` };
  if ((await askedLately(deps.db, deps.clock.now())).has(onceName(once)))
    return { how: "actions", run, already_triggered: true };
  throw new UserError(
    `${slackCode(run.workflow)} of #${ask.pull} ${run.completed ? "has not failed" : "is still under way"}.`,
  );
}

/** Comments a command, by default once within two minutes for the same code. The right has been asked. */
export async function commented(
  deps: Pick<Deps, "db" | "clock">,
  { place, pull, actor }: Asked,
  head: ForgePull,
  command: string,
  take = takeOnce,
): Promise<Rerun> {
  const { repo } = place;
  const added = await deps.db.transaction(async (tx) => {
    const key = await take(tx, deps.clock, { repo, pull, head: head.headSha, what: command });
    if (key === null) return false;
    await enqueueCommand(tx, deps.clock, { key, repo, pull, command });
    const detail = { repo, pull, head: head.headSha, command, by: actorName(actor) };
    await record(tx, { at: deps.clock.now(), actor, action: "rerun", finding: null, detail });
    return true;
  });
  return { how: "comment", command, already_triggered: !added };
}

function unknownWords(pull: PullNumber, pipeline: string, names: readonly string[]): string {
  const known = [...new Set(names)].map((name) => slackCode(name));
  return (
    `No failed run or pipeline of #${pull} is called ${slackCode(pipeline)}. ` +
    (known.length === 0 ? "There is none to run again." : `There is ${known.join(", ")}.`)
  );
}
