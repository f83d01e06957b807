import { and, eq, inArray, or } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findings, jobRuns, sightings } from "../../../db/schema.ts";
import type { BoardPull } from "../../ports/forge.ts";
import { KNOWN } from "./known-flakes.ts";

/** A known flake that a failed check fell by. */
export interface FlakeMark {
  finding: number;
  test: string;
  issue: number | null;
}

/** The known flakes in the logs of failed checks, by `markName`. Checks whose logs were not read have none. */
export async function flakeMarks(db: Db, pulls: readonly BoardPull[]): Promise<Map<string, FlakeMark[]>> {
  const heads = [...new Set(pulls.map(({ headSha }) => headSha))];
  const marks = new Map<string, FlakeMark[]>();
  if (heads.length === 0) return marks;
  const rows = await db
    .selectDistinct({
      repo: jobRuns.repo,
      sha: jobRuns.sha,
      job: jobRuns.job,
      name: jobRuns.name,
      finding: findings.id,
      test: findings.test,
      issue: findings.issueNumber,
    })
    .from(jobRuns)
    .innerJoin(sightings, and(eq(sightings.repo, jobRuns.repo), eq(sightings.job, jobRuns.job)))
    .innerJoin(findings, eq(findings.id, sightings.findingId))
    .where(
      and(
        inArray(jobRuns.repo, [...new Set(pulls.map(({ repo }) => repo))]),
        inArray(jobRuns.sha, heads),
        eq(findings.class, "flaky-test"),
        or(...KNOWN.map((state) => eq(findings.state, state))),
      ),
    )
    .orderBy(findings.id);
  for (const { repo, sha, job, name, ...mark } of rows) {
    // by the job where Actions says it, by the name for other CIs
    for (const key of [markName(repo, job), markName(repo, `${sha}/${name}`)]) {
      const known = marks.get(key) ?? [];
      if (!known.some(({ finding }) => finding === mark.finding)) marks.set(key, [...known, mark]);
    }
  }
  return marks;
}

export const markName = (repo: string, of: number | string): string => `${repo} ${of}`;
