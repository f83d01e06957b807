import { and, desc, eq, ne } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { findings, issues, pulls } from "../../../db/schema.ts";
import { DAY } from "../../kernel/clock.ts";
import { errorText, RefusedError } from "../../kernel/errors.ts";
import type { FindingId, RepoName } from "../../kernel/ids.ts";
import { readSetting, writeSetting } from "../../platform/settings.ts";
import type { ForgeIssue } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";

/** An issue about the same test, and how it ended, in words. */
export interface EarlierIssue {
  number: number;
  outcome: string;
}

/** How far back, and through how many issues and pull requests, people's issues are looked for. */
const LOOK_BACK_MS = 365 * DAY;
const MOST_LISTED = 500;
const MOST_KEPT = 10;

const Kept = z.array(z.object({ number: z.int(), outcome: z.string() }));
const nameOf = (finding: FindingId) => `issue.earlier.F${finding}`;

/** Earlier issues of the same test in `repo`: ours as they stand now, and those found when this one was filed. */
export async function earlierIssues(db: Db, finding: Finding, repo: RepoName): Promise<EarlierIssue[]> {
  const own = await db
    .select({ finding: findings, issue: issues, pull: pulls.number })
    .from(issues)
    .innerJoin(findings, eq(findings.id, issues.findingId))
    .leftJoin(pulls, and(eq(pulls.findingId, findings.id), eq(pulls.state, "merged"), eq(pulls.repo, repo)))
    .where(
      and(
        eq(findings.repo, finding.repo),
        eq(findings.test, finding.test),
        ne(findings.id, finding.id),
        eq(issues.repo, repo),
      ),
    )
    .orderBy(desc(issues.number), desc(pulls.number))
    .limit(MOST_KEPT);
  const ours = own.map(({ finding: other, issue, pull }) => ({
    number: issue.number,
    outcome: outcomeOf(other, issue.closedAt !== null, pull),
  }));
  const others = (await readSetting(db, nameOf(finding.id), Kept)) ?? [];
  const all = new Map([...others, ...ours].map((one) => [one.number, one]));
  return [...all.values()].sort((a, b) => b.number - a.number).slice(0, MOST_KEPT);
}

function outcomeOf(
  finding: Pick<typeof findings.$inferSelect, "state" | "heldAt" | "mergeCommit">,
  closed: boolean,
  pull: number | null,
): string {
  if (finding.state === "dismissed") return "closed as not planned";
  if (finding.state === "merged" || finding.state === "deployed") {
    const what = pull === null ? (finding.mergeCommit?.slice(0, 10) ?? "a commit") : `#${pull}`;
    return `fixed by ${what}${finding.heldAt === null ? ", being watched" : ", which held"}`;
  }
  return closed ? "closed" : "open";
}

const ended = ({ state, stateReason }: ForgeIssue): string => {
  if (state === "open") return "open";
  return stateReason === "not_planned" ? "closed as not planned" : "closed as completed";
};

/**
 * Lists the repository's issues once and keeps, for each finding, those whose title names its test. Listed and not
 * searched for, since search lags. A repository that refuses keeps nothing.
 */
export async function lookForEarlier(
  deps: Pick<Context, "db" | "clock" | "forge" | "log">,
  repo: RepoName,
  about: readonly Finding[],
): Promise<void> {
  const since = new Date(deps.clock.now().getTime() - LOOK_BACK_MS);
  const listed = await deps.forge.issuesSince(repo, since, null, MOST_LISTED).catch((error: unknown) => {
    if (!(error instanceof RefusedError)) throw error;
    deps.log.warn({ repo, error: errorText(error) }, "earlier issues could not be listed");
    return [];
  });
  for (const finding of about) {
    const found = listed.filter((issue) => !issue.isPull && namesTest(issue.title, finding.test));
    const kept = found.slice(0, MOST_KEPT).map((issue) => ({ number: issue.number, outcome: ended(issue) }));
    await writeSetting(deps.db, deps.clock, nameOf(finding.id), kept);
  }
}

/** Shorter ones, and plain words, stand in too many titles. */
const SHORTEST = 8;
const TELLING = /[a-z][A-Z]|[_\d /:>]/;

/** True when a title has the test's name, or that of the Go test that a case belongs to, as words of their own. */
export function namesTest(title: string, test: string): boolean {
  const text = title.replace(/\u200b/g, "");
  const top = /^Test\w+(?=\/)/.exec(test)?.[0];
  return [test, ...(top === undefined ? [] : [top])]
    .filter((name) => name.length >= SHORTEST && TELLING.test(name))
    .some((name) => {
      for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        const around = `${text[at - 1] ?? " "}${text[at + name.length] ?? " "}`;
        if (!/\w/.test(around)) return true;
      }
      return false;
    });
}
