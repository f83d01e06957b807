import { and, desc, eq, ne } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findings, pulls } from "../../../db/schema.ts";
import type { Finding } from "../findings/model.ts";

/** Fixes of the same test that were merged before, newest first, in a line each: from the second on the fixer has to
 * rule the product out in writing. */
export async function earlierFixes(db: Db, finding: Finding): Promise<string[]> {
  const merged = await db
    .select({ url: pulls.url, commit: pulls.mergeCommit, at: pulls.endedAt })
    .from(pulls)
    .innerJoin(findings, eq(findings.id, pulls.findingId))
    .where(and(eq(findings.repo, finding.repo), eq(findings.test, finding.test), eq(pulls.state, "merged")))
    .orderBy(desc(pulls.openedAt))
    .limit(10);
  const elsewhere = await db
    .select({ commit: findings.mergeCommit, at: findings.mergedAt })
    .from(findings)
    .where(
      and(eq(findings.repo, finding.repo), eq(findings.test, finding.test), ne(findings.id, finding.id)),
    );
  const known = new Set(merged.map((fix) => fix.commit));
  return [
    ...merged.map(({ url, commit, at }) => line(url, commit, at)),
    ...elsewhere.flatMap(({ commit, at }) =>
      commit === null || known.has(commit) ? [] : [line("a commit", commit, at)],
    ),
  ];
}

const line = (what: string, commit: string | null, at: Date | null): string =>
  `${what}${commit === null ? "" : ` (${commit.slice(0, 10)})`}${at === null ? "" : `, merged ${at.toISOString().slice(0, 10)}`}`;
