import { and, countDistinct, desc, eq, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { jobRuns, sightings } from "../../../db/schema.ts";
import type { FindingId } from "../../kernel/ids.ts";

/** `Ubuntu 24.04.3 LTS, x64, go 1.23.4`, as far as a job's log or labels told; null where they told nothing. */
export const ranOn = sql<
  string | null
>`nullif(concat_ws(', ', ${jobRuns.os}, ${jobRuns.arch}, ${jobRuns.toolchain}), '')`;

/** The job that a failure was seen in. */
export const jobOfSighting = and(eq(jobRuns.repo, sightings.repo), eq(jobRuns.job, sightings.job));

/** A kind of machine, and in how many jobs there a finding was seen; null: of these it is not known. */
export interface RanOn {
  platform: string | null;
  jobs: number;
}

/** Where a finding was seen: most often first, the unknown last. */
export async function ranOnOf(db: Db, finding: FindingId): Promise<RanOn[]> {
  const jobs = countDistinct(sightings.job);
  const found = await db
    .select({ platform: ranOn, jobs })
    .from(sightings)
    .leftJoin(jobRuns, jobOfSighting)
    .where(eq(sightings.findingId, finding))
    .groupBy(jobRuns.os, jobRuns.arch, jobRuns.toolchain)
    .orderBy(desc(jobs), sql`1`);
  return [
    ...found.filter(({ platform }) => platform !== null),
    ...found.filter(({ platform }) => platform === null),
  ];
}
