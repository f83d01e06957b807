import { type RepoConfig, repoConfig, type Target } from "../../config/index.ts";
import type { Actor } from "../../kernel/actor.ts";
import { ForbiddenError, NotFoundError, RefusedError, UserError } from "../../kernel/errors.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { readPause } from "../../platform/pause.ts";
import { type ForgePull, permits } from "../../ports/forge.ts";
import { loginOn } from "../approvals/people.ts";
import { type Right, requireRight } from "../approvals/rights.ts";
import type { Context } from "../context.ts";
import { retried } from "./retry.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge">;

/** Where a pull request lives that something is done to; without settings it is known by a target alone. */
export interface Place {
  repo: RepoName;
  settings: RepoConfig | null;
}

/** Who asks for something on which pull request. */
export interface Asked {
  place: Place;
  pull: PullNumber;
  actor: Actor;
}

/**
 * The repository of a pull request, where something may be done to it: one that I write to, or one of a target.
 * @throws NotFoundError for any other, UserError for one that is read only.
 */
export function placeOf(deps: Pick<Deps, "config">, repo: RepoName): Place {
  const same = (other: string) => other.toLowerCase() === repo.toLowerCase();
  const settings = repoConfig(deps.config, repo);
  if (settings !== undefined && same(settings.write)) return { repo: settings.write, settings };
  if (settings !== undefined)
    throw new UserError(`I only read ${repo}: flaky.yaml has me write to ${settings.write} instead.`);
  if (targetsOf(deps, repo).length > 0) return { repo, settings: null };
  throw new NotFoundError(`${repo} is not among the repositories I look after.`);
}

/** Targets that show pull requests of a repository. */
const targetsOf = (deps: Pick<Deps, "config">, repo: RepoName): Target[] =>
  deps.config.file.targets.filter(
    ({ repos }) => repos.length === 0 || repos.some((one) => one.toLowerCase() === repo.toLowerCase()),
  );

/** Whether a target shows what somebody wrote there; GitHub's search calls an App by another name than its account. */
const shown = (deps: Pick<Deps, "config">, repo: RepoName, author: string | null): boolean =>
  targetsOf(deps, repo).some(
    ({ user }) => user.replace(/^app\/(.*)$/, "$1[bot]").toLowerCase() === author?.toLowerCase(),
  );

/**
 * Asks GitHub, now, whether the actor has the right there. The service's own token stands for an admin. Where the
 * repository has no settings, `committer` is the write right.
 * @throws ForbiddenError
 */
export async function requirePullRight(deps: Deps, place: Place, actor: Actor, right: Right): Promise<void> {
  if (actor.kind === "service") return;
  const login = loginOn(deps, place.repo, actor);
  if (place.settings !== null) return requireRight(deps, place.settings.source, login, right);
  const need = right === "committer" ? "write" : right;
  const have = await deps.forge.permission(place.repo, login).catch((error: unknown) => {
    if (!(error instanceof RefusedError)) throw error;
    throw new ForbiddenError(
      `I may not ask ${deps.forge.name(place.repo)} what ${login} may do on ${place.repo}; without that I act there for nobody.`,
    );
  });
  if (!permits(have, need))
    throw new ForbiddenError(
      `This needs the ${need} right on ${place.repo}; ${deps.forge.name(place.repo)} says that ${login} has \`${have}\` there.`,
    );
}

/** @throws UserError while nothing is written: what is asked for now would come at a time nobody expects. */
export async function requireUnpaused(deps: Pick<Deps, "db" | "config">): Promise<void> {
  if (deps.config.env.READ_ONLY) throw new UserError("READ_ONLY is set: I write nothing.");
  const pause = await readPause(deps.db);
  if (pause !== null) throw new UserError(`I am paused by ${pause.by} and write nothing until \`resume\`.`);
}

/**
 * A pull request as it is now.
 * @throws NotFoundError when there is none of that number, UserError when it is closed.
 */
export async function openPull(deps: Deps, place: Place, number: PullNumber): Promise<ForgePull> {
  const ask = () => deps.forge.pull(place.repo, number);
  const pull = await retried(deps.clock, ask).catch((error: unknown) => {
    if (error instanceof RefusedError && error.status === 404)
      throw new NotFoundError(`${place.repo} has no pull request #${number}.`);
    throw error;
  });
  if (place.settings === null && !shown(deps, place.repo, pull.author))
    throw new NotFoundError(`#${number} of ${place.repo} is not by anybody whose pull requests I show.`);
  if (pull.state !== "open")
    throw new UserError(
      `#${number} is ${pull.merged ? "merged" : "closed"}: nothing is run for it any more.`,
    );
  return pull;
}
