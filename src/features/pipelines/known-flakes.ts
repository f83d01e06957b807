import { and, desc, eq, inArray } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { jobRuns, pulls, sightings } from "../../../db/schema.ts";
import { TransientError } from "../../kernel/errors.ts";
import { FindingId, type PullNumber, type RepoName } from "../../kernel/ids.ts";
import type { Finding, State } from "../findings/model.ts";
import { findingById } from "../findings/store.ts";

/** States of a flake that people know of; of the last two the fix is on the default branch already. */
const KNOWN: readonly State[] = ["open", "approved", "fixing", "pending_review", "merged", "deployed"];

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
  const ours = await db.$count(pulls, and(eq(pulls.repo, repo), eq(pulls.number, pull)));
  const rows = await db
    .select()
    .from(jobRuns)
    .where(and(eq(jobRuns.repo, repo), eq(jobRuns.pull, pull)))
    .orderBy(desc(jobRuns.at), desc(jobRuns.attempt))
    .limit(500);
  const [newest] = rows;
  if (ours > 0 || newest === undefined) return null;
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
    .select({ job: sightings.job, finding: sightings.findingId })
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
  const explained = new Set(seen.map((row) => row.job));
  const ids = new Set(seen.map((row) => row.finding));
  const findings: Finding[] = [];
  for (const id of ids) {
    if (id === null) throw new TransientError(`what failed on #${pull} is not judged yet`);
    const finding = await findingById(db, FindingId.parse(id));
    if (finding === null || finding.class !== "flaky-test" || finding.issueNumber === null)
      return { kind: "other", sha };
    if (!KNOWN.includes(finding.state)) return { kind: "other", sha };
    findings.push(finding);
  }
  if (failed.some((job) => !explained.has(job.job))) return { kind: "other", sha };
  return { kind: "known", sha, author, url: failed[0]?.url ?? "", findings };
}
