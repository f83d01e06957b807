import { and, desc, eq, inArray, type SQL } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { jobRuns } from "../../../db/schema.ts";
import { repoConfig } from "../../config/index.ts";
import type { RepoName } from "../../kernel/ids.ts";
import { endIncident, raiseIncident } from "../alerts/incident.ts";
import { nothingExtractedText } from "../alerts/messages.ts";
import type { Context } from "../context.ts";

/** A job's name without what its matrix adds: `unit (go1.23)` and `unit (go1.24)` are one. */
const baseName = (name: string): string => name.replace(/\s*\(.*\)$/, "");

/** Failed jobs one after the other that a webhook has to bring: one alone may have fallen before its tests. */
const IN_A_ROW = 3;
const LOOKED_AT = 50;

type Job = Pick<typeof jobRuns.$inferSelect, "name" | "url" | "log">;

/**
 * Tells the channel when the logs of failed jobs told nothing at all, neither a failed test nor an outage, though
 * earlier logs of such a job did.
 * @param whole the runs are those of a whole scan; else of a single one, and it has to be so three times in a row.
 */
export async function watchSilence(
  deps: Pick<Context, "clock" | "config">,
  tx: Db,
  repo: RepoName,
  runs: readonly number[],
  whole: boolean,
): Promise<void> {
  const channel = repoConfig(deps.config, repo)?.channel;
  if (channel === undefined || runs.length === 0) return;
  const read = await readJobs(tx, repo, inArray(jobRuns.run, [...runs]));
  const incident = { kind: "nothing-extracted", scope: repo } as const;
  if (read.some((job) => job.log === "told")) return endIncident(tx, incident);
  if (read.length === 0) return;
  const earlier = await tx
    .selectDistinct({ name: jobRuns.name })
    .from(jobRuns)
    .where(and(eq(jobRuns.repo, repo), eq(jobRuns.log, "told")));
  const told = new Set(earlier.map((job) => baseName(job.name)));
  const spoke = (job: Job) => told.has(baseName(job.name));
  const silent = whole
    ? read.filter(spoke)
    : (await readJobs(tx, repo, undefined)).filter(spoke).slice(0, IN_A_ROW);
  if (silent.length < (whole ? 1 : IN_A_ROW) || silent.some((job) => job.log === "told")) return;
  await raiseIncident(deps, tx, incident, channel, nothingExtractedText(repo, silent));
}

/** Failed jobs whose logs were read, newest first. */
const readJobs = (tx: Db, repo: RepoName, which: SQL | undefined): Promise<Job[]> =>
  tx
    .select({ name: jobRuns.name, url: jobRuns.url, log: jobRuns.log })
    .from(jobRuns)
    .where(and(eq(jobRuns.repo, repo), inArray(jobRuns.log, ["told", "silent"]), which))
    .orderBy(desc(jobRuns.at), desc(jobRuns.job))
    .limit(LOOKED_AT);
