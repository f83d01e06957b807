import { and, count, desc, eq, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findings, fingerprints } from "../../../db/schema.ts";
import type { FindingId, Fingerprint, RepoName } from "../../kernel/ids.ts";
import { type Finding, type State, toFinding } from "./model.ts";

export async function findingById(db: Db, id: FindingId): Promise<Finding | null> {
  const [row] = await db.select().from(findings).where(eq(findings.id, id));
  return row === undefined ? null : toFinding(row);
}

/** The findings that own these fingerprints, by fingerprint. */
export async function findingsByFingerprints(
  db: Db,
  among: readonly Fingerprint[],
): Promise<Map<string, Finding>> {
  if (among.length === 0) return new Map();
  const rows = await db
    .select({ fingerprint: fingerprints.fingerprint, finding: findings })
    .from(fingerprints)
    .innerJoin(findings, eq(findings.id, fingerprints.findingId))
    .where(inArray(fingerprints.fingerprint, [...among]));
  return new Map(rows.map((row) => [row.fingerprint, toFinding(row.finding)]));
}

/** Findings of a test that are not done with: where a further way of failing of the same test may belong. */
export async function findingsOfTest(db: Db, repo: RepoName, test: string): Promise<Finding[]> {
  const rows = await db
    .select()
    .from(findings)
    .where(and(eq(findings.repo, repo), eq(findings.test, test)))
    .orderBy(desc(findings.lastSeen));
  return rows.map(toFinding);
}

export interface FindingFilter {
  state?: State;
  repo?: RepoName;
  search?: string;
  limit: number;
  offset?: number;
}

/** Findings, those last seen first. */
export async function listFindings(db: Db, filter: FindingFilter): Promise<Finding[]> {
  const rows = await db
    .select()
    .from(findings)
    .where(
      and(
        filter.state === undefined ? undefined : eq(findings.state, filter.state),
        filter.repo === undefined ? undefined : eq(findings.repo, filter.repo),
        filter.search === undefined
          ? undefined
          : or(sql`position(lower(${filter.search}) in lower(${findings.test})) > 0`),
      ),
    )
    .orderBy(desc(findings.lastSeen), desc(findings.id))
    .limit(filter.limit)
    .offset(filter.offset ?? 0);
  return rows.map(toFinding);
}

export async function countByState(db: Db, where?: SQL): Promise<Map<State, number>> {
  const rows = await db
    .select({ state: findings.state, n: count() })
    .from(findings)
    .where(where)
    .groupBy(findings.state);
  return new Map(rows.map((row) => [row.state, row.n]));
}

/** Findings of several states, oldest change first: what sweeps look through. */
export async function findingsIn(db: Db, states: State[]): Promise<Finding[]> {
  const rows = await db
    .select()
    .from(findings)
    .where(inArray(findings.state, states))
    .orderBy(findings.stateAt);
  return rows.map(toFinding);
}

/** How many fixes of a repository are being watched. */
export const countWatched = (db: Db, repo: RepoName): Promise<number> =>
  db.$count(
    findings,
    and(eq(findings.repo, repo), inArray(findings.state, ["merged", "deployed"]), isNull(findings.heldAt)),
  );

/** Facts of a finding that are no state; whatever shows on the card asks for a refresh by itself. */
export type FindingFacts = Partial<
  Pick<
    typeof findings.$inferInsert,
    | "class"
    | "confidence"
    | "reasons"
    | "lastSeen"
    | "firstSeen"
    | "issueNumber"
    | "pullNumber"
    | "threadUrl"
    | "owners"
    | "mergeCommit"
    | "mutedUntil"
    | "mergedAt"
    | "deployedAt"
    | "heldAt"
    | "reopened"
    | "file"
    | "package"
  >
>;

export async function updateFacts(tx: Db, id: FindingId, facts: FindingFacts): Promise<void> {
  await tx.update(findings).set(facts).where(eq(findings.id, id));
}
