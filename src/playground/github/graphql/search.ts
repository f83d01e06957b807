import { hasLevel } from "../auth.ts";
import type { Account, Repo } from "../model.ts";
import { type PullIssue, pullsOf } from "../verbs/pulls.ts";
import type { World } from "../world.ts";
import { fault } from "./fault.ts";

interface Wanted {
  authors: string[];
  repos: string[];
  state: "open" | "closed" | null;
}

/** Pull requests that a search finds, newest change first. Understood are `is`, `author`, `repo` and `sort`. */
export function searchPulls(
  world: World,
  actor: Account | null,
  query: string,
): { repo: Repo; both: PullIssue }[] {
  const wanted = readQuery(query);
  return [...world.repos.values()]
    .filter((repo) => !repo.private || hasLevel(actor, "read"))
    .filter(({ fullName }) => wanted.repos.length === 0 || wanted.repos.includes(fullName.toLowerCase()))
    .flatMap((repo) => pullsOf(repo).map((both) => ({ repo, both })))
    .filter(({ both: { issue } }) => wanted.state === null || issue.state === wanted.state)
    .filter(
      ({ both: { issue } }) =>
        wanted.authors.length === 0 || wanted.authors.includes(issue.author.toLowerCase()),
    )
    .sort(
      (one, other) =>
        other.both.issue.updatedAt.localeCompare(one.both.issue.updatedAt) ||
        other.both.issue.id - one.both.issue.id,
    );
}

function readQuery(query: string): Wanted {
  const wanted: Wanted = { authors: [], repos: [], state: null };
  let isPull = false;
  for (const word of query.trim().split(/\s+/)) {
    const [name = "", value = ""] = word.toLowerCase().split(/:(.*)/s);
    if (name === "is" && value === "pr") isPull = true;
    else if (name === "is" && (value === "open" || value === "closed")) wanted.state = value;
    else if (name === "author" && value !== "") wanted.authors.push(value);
    else if (name === "repo" && value.includes("/")) wanted.repos.push(value);
    // that is the order it has anyway
    else if (word.toLowerCase() !== "sort:updated-desc")
      throw fault("UNPROCESSABLE", `The playground's search does not know \`${word}\`.`);
  }
  if (!isPull) throw fault("UNPROCESSABLE", "The playground searches pull requests only: add `is:pr`.");
  return wanted;
}
