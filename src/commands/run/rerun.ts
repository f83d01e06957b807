import { requireLogin } from "../../features/approvals/people.ts";
import { requireRight } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { knownRepo, rebaseAndRerun, rerun } from "../../features/pipelines/rerun.ts";
import { enqueueRerun, type Failing, failingOf } from "../../features/pipelines/rerun-failed.ts";
import { RefusedError, UserError } from "../../kernel/errors.ts";
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
    await requireRight(deps, target.repo, requireLogin(call.actor), "triage");
    const [pipeline] = target.rest;
    if (pipeline !== undefined && Object.hasOwn(deps.config.file.pipelines, pipeline)) {
      return byComment(deps, call, target, pipeline);
    }
    const failing = await failingOf(deps, target);
    return pipeline === undefined
      ? everything(deps, call, target, failing)
      : oneRun(deps, call, target, failing, pipeline);
  },
};

export const rebaseCommand: Command = {
  name: "rebase",
  usage: "rebase PR",
  help: "bring a pull request's branch up to date and have everything run again",
  who: "committers",
  finding: false,
  async run(deps, call) {
    const { repo, pull } = await pullTarget(deps, call);
    await requireRight(deps, repo, requireLogin(call.actor), "committer");
    const done = await rebaseAndRerun(deps, { repo, pull, actor: call.actor }).catch((error: unknown) => {
      if (error instanceof RefusedError) throw new UserError(refusedWords(pull, error));
      throw error;
    });
    if (done.already_triggered) return toAsker(`#${pull} was asked to rebase less than two minutes ago.`);
    const branch = done.updated ? "is brought up to date" : "was up to date already";
    return toAll(
      `:arrows_counterclockwise: The branch of #${pull} ${branch}; ${slackCode(done.command)} follows.`,
    );
  },
};

const refusedWords = (pull: number, error: RefusedError): string =>
  error.status === 422
    ? `GitHub cannot bring #${pull} up to date: there are conflicts, or it is closed. Its author has to rebase it.`
    : `GitHub refused to update the branch of #${pull}: ${escapeSlack(error.message)}`;

async function byComment(deps: Context, call: Call, target: PullTarget, pipeline: string): Promise<Reply> {
  const { repo, pull } = target;
  const done = await rerun(deps, { repo, pull, pipeline, actor: call.actor });
  if (done.already_triggered)
    return toAsker(`${slackCode(pipeline)} of #${pull} was asked for less than two minutes ago.`);
  return toAll(`:repeat: ${slackCode(done.command)} is commented on #${pull}.`);
}

/** Every failed run of Actions, and every failed pipeline that the settings have a command for. */
async function everything(deps: Context, call: Call, target: PullTarget, failing: Failing): Promise<Reply> {
  const { pipelines } = deps.config.file;
  const commands = failing.others.filter(({ name }) => Object.hasOwn(pipelines, name));
  const unknown = failing.others.filter(({ name }) => !Object.hasOwn(pipelines, name));
  const lines: string[] = [];
  for (const run of failing.runs) lines.push(await again(deps, call, target, run));
  for (const { name } of commands) lines.push((await byComment(deps, call, target, name)).text);
  if (unknown.length > 0)
    lines.push(
      `For ${unknown.map(({ name }) => slackCode(name)).join(", ")} \`pipelines\` in flaky.yaml has no command.`,
    );
  if (lines.length === 0) return toAsker(`Nothing of #${target.pull} has failed at its newest commit.`);
  return failing.runs.length + commands.length > 0 ? toAll(lines.join("\n")) : toAsker(lines.join("\n"));
}

async function oneRun(
  deps: Context,
  call: Call,
  target: PullTarget,
  failing: Failing,
  pipeline: string,
): Promise<Reply> {
  const run = failing.runs.find(({ workflow }) => workflow.toLowerCase() === pipeline.toLowerCase());
  if (run !== undefined) return toAll(await again(deps, call, target, run));
  const names = [...failing.runs.map(({ workflow }) => workflow), ...Object.keys(deps.config.file.pipelines)];
  const known = names.filter((name) => name !== "rebase").map((name) => slackCode(name));
  throw new UserError(
    `No failed run or pipeline of #${target.pull} is called ${slackCode(pipeline)}. ` +
      (known.length === 0 ? "There is none to run again." : `There is ${known.join(", ")}.`),
  );
}

async function again(
  deps: Context,
  call: Call,
  target: PullTarget,
  run: Failing["runs"][number],
): Promise<string> {
  const { write } = knownRepo(deps, target.repo);
  const fresh = await enqueueRerun(deps, { ...target, actor: call.actor, write }, run);
  const name = `<${run.url}|${escapeSlack(run.workflow)}>`;
  return fresh
    ? `:repeat: The failed jobs of ${name} on #${target.pull} run again (attempt ${run.attempt + 1}).`
    : `${name} on #${target.pull} was asked to run again already.`;
}
