import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { fingerprints, runtimeErrors, sightings } from "../../../db/schema.ts";
import type { FindingId, Fingerprint, RepoName } from "../../kernel/ids.ts";
import type { Sighting } from "../failures/store.ts";
import { MOST_SIGHTINGS } from "./evidence.ts";
import { recount } from "./recount.ts";

/** Gives a fingerprint's sightings to the finding that owns it. */
export async function adopt(
  tx: Db,
  repo: RepoName,
  fingerprint: Fingerprint,
  finding: FindingId,
): Promise<void> {
  await tx
    .update(sightings)
    .set({ findingId: finding })
    .where(
      and(eq(sightings.repo, repo), eq(sightings.fingerprint, fingerprint), isNull(sightings.findingId)),
    );
}

/** Gives new sightings of fingerprints to the findings that own these. */
export async function adoptKnown(db: Db, repo: RepoName, among: readonly Fingerprint[]): Promise<void> {
  if (among.length === 0) return;
  await db
    .update(sightings)
    .set({ findingId: sql`${fingerprints.findingId}` })
    .from(fingerprints)
    .where(
      and(
        eq(sightings.repo, repo),
        inArray(sightings.fingerprint, [...among]),
        eq(sightings.fingerprint, fingerprints.fingerprint),
        isNull(sightings.findingId),
      ),
    );
}

/** Gives all that a finding owns to another: ways of failing and sightings. */
export async function handOver(tx: Db, from: FindingId, into: FindingId): Promise<void> {
  await tx.update(fingerprints).set({ findingId: into }).where(eq(fingerprints.findingId, from));
  await tx.update(sightings).set({ findingId: into }).where(eq(sightings.findingId, from));
  await tx.update(runtimeErrors).set({ findingId: into }).where(eq(runtimeErrors.findingId, from));
  await recount(tx, [from, into]);
}

/** Sightings of a finding, newest first. */
export async function sightingsOf(db: Db, finding: FindingId, limit = MOST_SIGHTINGS): Promise<Sighting[]> {
  return db
    .select()
    .from(sightings)
    .where(eq(sightings.findingId, finding))
    .orderBy(desc(sightings.at), desc(sightings.id))
    .limit(limit);
}

export async function fingerprintsOf(db: Db, finding: FindingId): Promise<Fingerprint[]> {
  const found = await db
    .select({ fingerprint: fingerprints.fingerprint })
    .from(fingerprints)
    .where(eq(fingerprints.findingId, finding))
    .orderBy(fingerprints.firstSeen, fingerprints.fingerprint);
  // written by this stage from parsed failures
  return found.map((row) => row.fingerprint as Fingerprint);
}

/** The normalised signatures of a finding's fingerprints: every way of failing that it is known by. */
export async function signaturesOf(db: Db, finding: FindingId): Promise<string[]> {
  const found = await db
    .selectDistinct({ signature: fingerprints.signature })
    .from(fingerprints)
    .where(eq(fingerprints.findingId, finding))
    .orderBy(fingerprints.signature);
  return found.map((row) => row.signature);
}
