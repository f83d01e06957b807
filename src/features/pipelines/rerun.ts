import { type RepoConfig, repoConfig } from "../../config/index.ts";
import { type Actor, actorName } from "../../kernel/actor.ts";
import { MINUTE } from "../../kernel/clock.ts";
import { NotFoundError, UserError } from "../../kernel/errors.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { record } from "../../platform/audit.ts";
import { takeLease } from "../../platform/lease.ts";
import type { Context } from "../context.ts";
import { enqueueComment, noteSenderKind } from "../issues/comments.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge">;

/** Clicks within this time of each other are one. */
const ONCE_MS = 2 * MINUTE;

export interface Rerun {
  repo: RepoName;
  pull: PullNumber;
  actor: Actor;
}

/**
 * Asks the pull request's CI to run a pipeline again, by the comment that `pipelines` maps it to.
 * @returns the comment's words, and whether the same was asked for less than two minutes ago: then nothing is done.
 * @throws UserError for a pipeline that has no command.
 */
export async function rerun(
  deps: Deps,
  ask: Rerun & { pipeline: string },
): Promise<{ command: string; already_triggered: boolean }> {
  const settings = knownRepo(deps, ask.repo);
  const { pipelines } = deps.config.file;
  const command = Object.hasOwn(pipelines, ask.pipeline) ? pipelines[ask.pipeline] : undefined;
  if (command === undefined) {
    const names = Object.keys(pipelines).filter((name) => name !== "rebase");
    throw new UserError(
      `No command is known for the pipeline ${ask.pipeline}. ${names.length === 0 ? "flaky.yaml names none under `pipelines`." : `Known are ${names.join(", ")}.`}`,
    );
  }
  return { command, already_triggered: !(await comment(deps, settings, ask, ask.pipeline, command)) };
}

/** Brings a pull request's branch up to date and asks for everything to run again. */
export async function rebaseAndRerun(
  deps: Deps,
  ask: Rerun,
): Promise<{ command: string; updated: boolean; already_triggered: boolean }> {
  const settings = knownRepo(deps, ask.repo);
  const command = deps.config.file.pipelines.rebase ?? "run buildall";
  const fresh = await takeLease(
    deps.db,
    deps.clock,
    `rebase:${settings.write}#${ask.pull}`,
    crypto.randomUUID(),
    ONCE_MS,
  );
  if (!fresh) return { command, updated: false, already_triggered: true };
  const updated = await deps.forge.updateBranch(settings.write, ask.pull);
  const asked = await comment(deps, settings, ask, "rebase", command);
  return { command, updated, already_triggered: !asked };
}

async function comment(
  deps: Deps,
  settings: RepoConfig,
  ask: Rerun,
  pipeline: string,
  command: string,
): Promise<boolean> {
  const once = `rerun:${settings.write}#${ask.pull}:${pipeline}`;
  return deps.db.transaction(async (tx) => {
    if (!(await takeLease(tx, deps.clock, once, crypto.randomUUID(), ONCE_MS))) return false;
    const at = deps.clock.now();
    const key = `${once}:${at.getTime()}`;
    const place = { repo: settings.write, number: ask.pull, finding: null, whilePaused: "go" } as const;
    await enqueueComment(tx, deps.clock, { ...place, kind: noteSenderKind, key, body: command });
    const detail = { repo: settings.write, pull: ask.pull, pipeline, command, by: actorName(ask.actor) };
    await record(tx, { at, actor: ask.actor, action: "rerun", finding: null, detail });
    return true;
  });
}

/** The settings of a repository. @throws NotFoundError for one that the settings do not name. */
export function knownRepo(deps: Pick<Deps, "config">, repo: RepoName): RepoConfig {
  const settings = repoConfig(deps.config, repo);
  if (settings === undefined) throw new NotFoundError(`${repo} is not among the repositories I look after.`);
  return settings;
}
