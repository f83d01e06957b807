import type { Context } from "../../features/context.ts";
import { rebaseWords, rerunWords, transientWords } from "../../features/pipelines/messages.ts";
import { requirePullRight, requireUnpaused } from "../../features/pipelines/place.ts";
import { rebaseAndRerun } from "../../features/pipelines/rebase.ts";
import { commented, rerun } from "../../features/pipelines/rerun.ts";
import { enqueueRerun, failingOf } from "../../features/pipelines/rerun-failed.ts";
import { commandOf } from "../../features/pipelines/words.ts";
import { RefusedError, TransientError, UserError } from "../../kernel/errors.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { type Call, type Command, type Reply, toAll, toAsker } from "../model.ts";
import { type PullTarget, pullTarget } from "../pull-target.ts";

export const rerunCommand: Command = {
  name: "rerun",
  usage: "rerun PR [pipeline]",
  help: "have what failed on a pull request run again; one pipeline, or all that I can",
  who: "triage",
  finding: false,
  async run(deps, call) {
    const target = await pullTarget(deps, call);
    const { place, pull } = target;
    const pipeline = target.rest.join(" ");
    return inWords(deps.forge.name(place.repo), async () => {
      if (pipeline === "") return everything(deps, call, target);
      const done = await rerun(deps, { place, pull, actor: call.actor, pipeline });
      const words = rerunWords(pull, done);
      return done.already_triggered ? toAsker(words) : toAll(words);
    });
  },
};

export const rebaseCommand: Command = {
  name: "rebase",
  usage: "rebase PR",
  help: "bring a pull request's branch up to date and have everything run again",
  who: "committers",
  finding: false,
  async run(deps, call) {
    const { place, pull } = await pullTarget(deps, call);
    return inWords(deps.forge.name(place.repo), async () => {
      const done = await rebaseAndRerun(deps, { place, pull, actor: call.actor });
      return done.already_triggered ? toAsker(rebaseWords(pull, done)) : toAll(rebaseWords(pull, done));
    });
  },
};

/** Every failed run of Actions, and every failed pipeline that there is a command for. */
async function everything(deps: Context, call: Call, { place, pull }: PullTarget): Promise<Reply> {
  await requirePullRight(deps, place, call.actor, "triage");
  const failing = await failingOf(deps, place, pull);
  const lines: string[] = [];
  const commands = new Set(failing.others.flatMap(({ name }) => commandOf(deps.config.file, name) ?? []));
  const unknown = failing.others.filter(({ name }) => commandOf(deps.config.file, name) === null);
  const started = failing.runs.length + commands.size > 0;
  if (started) await requireUnpaused(deps);
  const ask = { place, pull, actor: call.actor };
  for (const run of failing.runs) {
    const fresh = await enqueueRerun(deps, ask, failing.pull, run);
    lines.push(rerunWords(pull, { how: "actions", run, already_triggered: !fresh }));
  }
  for (const command of commands)
    lines.push(rerunWords(pull, await commented(deps, ask, failing.pull, command)));
  if (unknown.length > 0)
    lines.push(
      `For ${unknown.map(({ name }) => slackCode(name)).join(", ")} \`pipelines\` in flaky.yaml has no command.`,
    );
  if (lines.length === 0) return toAsker(`Nothing of #${pull} has failed at its newest commit.`);
  return started ? toAll(lines.join("\n")) : toAsker(lines.join("\n"));
}

/** What `forge` does not do, as an answer to whoever asked. */
async function inWords(forge: string, work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TransientError) throw new UserError(transientWords(forge, error));
    if (error instanceof RefusedError) throw new UserError(`${forge} refused: ${escapeSlack(error.message)}`);
    throw error;
  }
}
