import { and, eq, inArray, notInArray } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { jobRuns } from "../../../db/schema.ts";
import { repoConfig } from "../../config/index.ts";
import type { RepoName } from "../../kernel/ids.ts";
import { endIncident, raiseIncident } from "../alerts/incident.ts";
import { nothingExtractedText } from "../alerts/messages.ts";
import type { Context } from "../context.ts";

/** A job's name without what its matrix adds: `unit (go1.23)` and `unit (go1.24)` are one. */
const baseName = (name: string): string => name.replace(/\s*\(.*\)$/, "");

/**
 * Tells the channel when the logs of failed jobs in these runs told nothing at all, neither a failed test nor an
 * outage, though earlier logs of such a job did.
 */
export async function watchSilence(
  deps: Pick<Context, "clock" | "config">,
  tx: Db,
  repo: RepoName,
  runs: readonly number[],
): Promise<void> {
  const channel = repoConfig(deps.config, repo)?.channel;
  if (channel === undefined || runs.length === 0) return;
  const jobs = await tx
    .select({ name: jobRuns.name, url: jobRuns.url, log: jobRuns.log })
    .from(jobRuns)
    .where(
      and(eq(jobRuns.repo, repo), inArray(jobRuns.run, [...runs]), inArray(jobRuns.log, ["told", "silent"])),
    )
    .orderBy(jobRuns.job);
  const incident = { kind: "nothing-extracted", scope: repo } as const;
  if (jobs.some((job) => job.log === "told")) return endIncident(deps, tx, incident);
  if (jobs.length === 0) return;
  const earlier = await tx
    .selectDistinct({ name: jobRuns.name })
    .from(jobRuns)
    .where(and(eq(jobRuns.repo, repo), eq(jobRuns.log, "told"), notInArray(jobRuns.run, [...runs])));
  const told = new Set(earlier.map((job) => baseName(job.name)));
  const silent = jobs.filter((job) => told.has(baseName(job.name)));
  if (silent.length === 0) return;
  await raiseIncident(deps, tx, incident, channel, nothingExtractedText(repo, silent));
}
