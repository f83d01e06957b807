import { and, desc, eq, inArray, lt, notInArray, sql } from "drizzle-orm";
import type { Db } from "../../../../db/client.ts";
import { errorMinutes, errorSamples, runtimeErrors } from "../../../../db/schema.ts";
import type { FindingId } from "../../../kernel/ids.ts";

export type ErrorSample = typeof errorSamples.$inferSelect;
export type ErrorMinute = typeof errorMinutes.$inferSelect;

/** Samples that are kept of each kind of error. */
const MOST_SAMPLES = 10;

/** Environments and commits that are told apart in a minute; the rest of it is counted together. */
const MOST_PLACES = 20;
const ELSEWHERE = { environment: "elsewhere", commit: "" };

/** Counts one error to its minute. @returns true when it was the first of that minute and place. */
export async function countMinute(
  tx: Db,
  at: Pick<ErrorMinute, "fingerprint" | "minute" | "environment" | "commit">,
): Promise<boolean> {
  const { fingerprint, minute, environment, commit } = errorMinutes;
  const [row] = await tx
    .insert(errorMinutes)
    .values({ ...at, count: 1 })
    .onConflictDoUpdate({
      target: [fingerprint, minute, environment, commit],
      set: { count: sql`${errorMinutes.count} + 1` },
    })
    .returning({ count: errorMinutes.count });
  if (row?.count !== 1) return false;
  const thatMinute = and(eq(fingerprint, at.fingerprint), eq(minute, at.minute));
  const known = at.environment === ELSEWHERE.environment ? 0 : await tx.$count(errorMinutes, thatMinute);
  if (known <= MOST_PLACES) return true;
  await tx
    .delete(errorMinutes)
    .where(and(thatMinute, eq(environment, at.environment), eq(commit, at.commit)));
  return countMinute(tx, { ...at, ...ELSEWHERE });
}

/** Keeps an error as it was told; of each kind the newest few stay. */
export async function addSample(tx: Db, sample: typeof errorSamples.$inferInsert): Promise<void> {
  await tx.insert(errorSamples).values(sample);
  const newest = tx
    .select({ id: errorSamples.id })
    .from(errorSamples)
    .where(eq(errorSamples.fingerprint, sample.fingerprint))
    .orderBy(desc(errorSamples.id))
    .limit(MOST_SAMPLES);
  await tx
    .delete(errorSamples)
    .where(and(eq(errorSamples.fingerprint, sample.fingerprint), notInArray(errorSamples.id, newest)));
}

const kindsOf = (db: Db, finding: FindingId) =>
  db
    .select({ fingerprint: runtimeErrors.fingerprint })
    .from(runtimeErrors)
    .where(eq(runtimeErrors.findingId, finding));

/** The newest samples of a finding's errors. */
export const samplesOf = (db: Db, finding: FindingId): Promise<ErrorSample[]> =>
  db
    .select()
    .from(errorSamples)
    .where(inArray(errorSamples.fingerprint, kindsOf(db, finding)))
    .orderBy(desc(errorSamples.at), desc(errorSamples.id))
    .limit(MOST_SAMPLES);

/** The newest minutes in which a finding's errors came. */
export const minutesOf = (db: Db, finding: FindingId, limit = 2000): Promise<ErrorMinute[]> =>
  db
    .select()
    .from(errorMinutes)
    .where(inArray(errorMinutes.fingerprint, kindsOf(db, finding)))
    .orderBy(desc(errorMinutes.minute))
    .limit(limit);

/** How often a finding's errors came, and where. */
export async function errorFigures(
  db: Db,
  finding: FindingId,
): Promise<{ total: number; environments: string[] }> {
  const [row] = await db
    .select({ total: sql<number>`coalesce(sum(${runtimeErrors.total}), 0)::int` })
    .from(runtimeErrors)
    .where(eq(runtimeErrors.findingId, finding));
  const places = await db
    .selectDistinct({ environment: errorMinutes.environment })
    .from(errorMinutes)
    .where(inArray(errorMinutes.fingerprint, kindsOf(db, finding)))
    .orderBy(errorMinutes.environment);
  const environments = places.map(({ environment }) => environment).filter((name) => name !== "");
  return { total: row?.total ?? 0, environments };
}

/** Forgets samples and minutes older than `before`; the totals stay. */
export async function dropErrors(db: Db, before: Date): Promise<void> {
  await db.delete(errorSamples).where(lt(errorSamples.at, before));
  await db.delete(errorMinutes).where(lt(errorMinutes.minute, before));
}
