import { NotFoundError, UserError } from "../../kernel/errors.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";
import { targetOf } from "./board.ts";
import { listingOf } from "./listing.ts";
import { type Place, placeOf } from "./place.ts";

/**
 * Where a pull request is that a form names: in the repository that is named; else in the one in which the target shows
 * a pull request of that number; else in the only one there is.
 * @throws UserError where several are possible, NotFoundError where there is none.
 */
export async function whichPlace(
  deps: Pick<Context, "clock" | "config" | "forge" | "log">,
  named: { repo: RepoName | undefined; target: string | undefined; pull: PullNumber },
): Promise<Place> {
  if (named.repo !== undefined) return placeOf(deps, named.repo);
  if (named.target === undefined)
    return only(
      deps,
      deps.config.file.repos.map(({ write }) => write),
    );
  const target = targetOf(deps, named.target);
  if (target.repos.length === 1) return only(deps, target.repos);
  const { found, fault } = await listingOf(deps, target);
  const shown = (found?.pulls ?? []).filter(({ number }) => number === named.pull).map(({ repo }) => repo);
  if (shown.length === 0)
    throw new NotFoundError(
      `${target.label} has no open pull request #${named.pull}.${fault === null ? "" : ` ${fault}`}`,
    );
  return only(deps, shown);
}

function only(deps: Pick<Context, "config">, repos: readonly RepoName[]): Place {
  const [one, ...more] = new Set(repos);
  if (one !== undefined && more.length === 0) return placeOf(deps, one);
  throw new UserError(
    `Several repositories are possible: name one of ${[...new Set(repos)].join(", ")} as \`repo\`.`,
  );
}
