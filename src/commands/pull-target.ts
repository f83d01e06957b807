import { repoConfig } from "../config/index.ts";
import type { Context } from "../features/context.ts";
import { parseFindingRef } from "../features/findings/resolve.ts";
import { findingById } from "../features/findings/store.ts";
import { type Place, placeOf } from "../features/pipelines/place.ts";
import { NotFoundError, UserError } from "../kernel/errors.ts";
import { PullNumber, type RepoName } from "../kernel/ids.ts";
import type { Call } from "./model.ts";
import { notThere } from "./target.ts";

/** A pull request that a command is about, and the words behind its number. */
export interface PullTarget {
  /** The repository as the settings know it: its `source`. */
  repo: RepoName;
  /** Where the pull request lives. */
  place: Place;
  pull: PullNumber;
  rest: string[];
}

/**
 * Any pull request of the channel's repositories, also one that is nobody's fix: `12`, `#12`, `o/r#12`, its address, or
 * `F12` for the bot's own; with its repository also one that a target shows. In a finding's thread it is the bot's.
 * @throws UserError or NotFoundError that says what to write.
 */
export async function pullTarget(deps: Pick<Context, "db" | "config">, call: Call): Promise<PullTarget> {
  const [first, ...rest] = call.args;
  const ref = first === undefined ? null : parseFindingRef(first);
  if (ref === null) {
    const [repo] = call.repos;
    if (call.pull !== null && repo !== undefined)
      return { ...writtenTo(deps, repo), pull: call.pull, rest: call.args };
    if (call.here?.pullNumber == null)
      throw new UserError("Which pull request? Write its number, as in `#12`.");
    return { ...writtenTo(deps, call.here.repo), pull: call.here.pullNumber, rest: call.args };
  }
  if (ref.kind === "finding") {
    const finding = await findingById(deps.db, ref.id);
    if (finding === null) throw new NotFoundError(await notThere(deps, `F${ref.id}`));
    if (finding.pullNumber === null) throw new UserError(`F${ref.id} has no pull request.`);
    return { ...writtenTo(deps, finding.repo), pull: finding.pullNumber, rest };
  }
  const pull = PullNumber.parse(ref.number);
  if (ref.repo !== undefined && repoConfig(deps.config, ref.repo) === undefined)
    return { repo: ref.repo, place: placeOf(deps, ref.repo), pull, rest };
  return { ...writtenTo(deps, repoOfNumber(deps, call, ref)), pull, rest };
}

/** Where pull requests of a repository that is looked after are written to. */
function writtenTo(deps: Pick<Context, "config">, repo: RepoName): Pick<PullTarget, "repo" | "place"> {
  return { repo, place: placeOf(deps, repoConfig(deps.config, repo)?.write ?? repo) };
}

/** The repository that a number is of: named, or the only one that the channel stands for. */
export function repoOfNumber(
  deps: Pick<Context, "config">,
  call: Call,
  ref: { number: number; repo?: RepoName },
): RepoName {
  if (ref.repo !== undefined) {
    const settings = repoConfig(deps.config, ref.repo);
    if (settings === undefined)
      throw new NotFoundError(`${ref.repo} is not among the repositories I look after.`);
    return settings.source;
  }
  const repos = call.repos.length > 0 ? call.repos : deps.config.file.repos.map((repo) => repo.source);
  const [only, ...more] = repos;
  if (only !== undefined && more.length === 0) return only;
  throw new UserError(
    `Which repository? Write ${repos.map((repo) => `\`${repo}#${ref.number}\``).join(" or ")}.`,
  );
}
