import { and, desc, eq, inArray } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { jobRuns, pulls, sightings } from "../../../db/schema.ts";
import { TransientError } from "../../kernel/errors.ts";
import { FindingId, type PullNumber, type RepoName } from "../../kernel/ids.ts";
import type { Finding, State } from "../findings/model.ts";
import { findingById } from "../findings/store.ts";
import { issueOf } from "../issues/store.ts";

/** States of a flake that people know of; of the last two the fix is on the default branch already. */
export const KNOWN: readonly State[] = ["open", "approved", "fixing", "pending_review", "merged", "deployed"];

/** What the newest commit of a pull request came to, as far as its jobs were read. */
export type Outcome =
  | { kind: "known"; sha: string; author: string | null; url: string; findings: Finding[] }
  | { kind: "green"; sha: string }
  | { kind: "other"; sha: string };

/**
 * Whether a pull request's CI failed by known flakes alone: at its newest commit every job whose newest attempt failed
 * has failures in its log, and each of them belongs to a flake that has an issue.
 * @returns null when nothing was read, and for pull requests of ours.
 * @throws TransientError while a failure was read but not judged yet.
 */
export async function outcomeOf(db: Db, repo: RepoName, pull: PullNumber): Promise<Outcome | null> {
  return (await ownFinding(db, repo, pull)) === null ? outcomeAt(db, repo, pull) : null;
}

/** The finding that a pull request of ours is to fix; null for people's. */
export async function ownFinding(db: Db, repo: RepoName, pull: PullNumber): Promise<FindingId | null> {
  const [row] = await db
    .select({ finding: pulls.findingId })
    .from(pulls)
    .where(and(eq(pulls.repo, repo), eq(pulls.number, pull)));
  return row === undefined ? null : FindingId.parse(row.finding);
}

/** The same of any pull request. */
export async function outcomeAt(db: Db, repo: RepoName, pull: PullNumber): Promise<Outcome | null> {
  const rows = await db
    .select()
    .from(jobRuns)
    .where(and(eq(jobRuns.repo, repo), eq(jobRuns.pull, pull)))
    .orderBy(desc(jobRuns.at), desc(jobRuns.attempt))
    .limit(500);
  const [newest] = rows;
  if (newest === undefined) return null;
  const jobs = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    const name = `${row.workflow}|${row.name}`;
    const known = jobs.get(name);
    if (row.sha === newest.sha && (known === undefined || row.attempt > known.attempt)) jobs.set(name, row);
  }
  const failed = [...jobs.values()].filter((job) => ["failure", "timed_out"].includes(job.conclusion));
  const { sha, author } = newest;
  if (failed.length === 0) return { kind: "green", sha };
  const seen = await db
    .select({ job: sightings.job, finding: sightings.findingId, at: sightings.at })
    .from(sightings)
    .where(
      and(
        eq(sightings.repo, repo),
        inArray(
          sightings.job,
          failed.map((job) => job.job),
        ),
      ),
    );
  const findings = new Map<number, Finding>();
  for (const { finding: id, at } of seen) {
    if (id === null) throw new TransientError(`what failed on #${pull} is not judged yet`);
    const finding = findings.get(id) ?? (await findingById(db, FindingId.parse(id)));
    if (finding === null || !(await knownBefore(db, finding, at))) return { kind: "other", sha };
    findings.set(id, finding);
  }
  const explained = new Set(seen.map((row) => row.job));
  if (failed.some((job) => !explained.has(job.job))) return { kind: "other", sha };
  return { kind: "known", sha, author, url: failed[0]?.url ?? "", findings: [...findings.values()] };
}

/** Only what had its issue when it happened was known: a run that brings a flake to light is no excuse yet. */
async function knownBefore(db: Db, finding: Finding, at: Date): Promise<boolean> {
  const issue = await issueOf(db, finding.id);
  return (
    finding.class === "flaky-test" && KNOWN.includes(finding.state) && issue !== null && issue.openedAt < at
  );
}
