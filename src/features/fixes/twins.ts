import { DAY } from "../../kernel/clock.ts";
import type { RepoName } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { ForgeIssue } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { namesTest } from "../issues/earlier.ts";

const LOOK_BACK_MS = 180 * DAY;
const MOST_LISTED = 300;
const MOST_KEPT = 10;

/** Pull requests about a finding's test: one in flight, and those that ended. */
export interface Twins {
  open: ForgeIssue | null;
  closed: ForgeIssue[];
}

/** Lists people's pull requests, since search lags, and keeps those about the finding's test. */
export async function twinsOf(
  deps: Pick<Context, "forge" | "clock">,
  repo: RepoName,
  finding: Finding,
): Promise<Twins> {
  const since = new Date(deps.clock.now().getTime() - LOOK_BACK_MS);
  return twinsAmong(await deps.forge.issuesSince(repo, since, null, MOST_LISTED), finding);
}

/** A pull request is about the test when its title names it, or its text does and its title speaks of mending. */
export function twinsAmong(
  listed: readonly ForgeIssue[],
  finding: Pick<Finding, "test" | "pullNumber">,
): Twins {
  const about = listed.filter(
    (one) =>
      one.isPull &&
      Number(one.number) !== finding.pullNumber &&
      (namesTest(one.title, finding.test) ||
        (/\b(?:flak\w*|unstable|stabili[sz]e\w*|fix\w*)\b/i.test(one.title) &&
          namesTest(one.body, finding.test))),
  );
  return {
    open: about.find((one) => one.state === "open") ?? null,
    closed: about.filter((one) => one.state === "closed").slice(0, MOST_KEPT),
  };
}

/** One line on an earlier pull request, for the fixer and the reviewers. */
export const twinLine = (pull: ForgeIssue): string =>
  `${pull.url} by ${pull.author}, closed: ${redact(clamp(pull.title.replace(/\s+/g, " "), 150))}`;
