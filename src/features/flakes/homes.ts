import { and, asc, desc, eq, inArray, min } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findings as findingRows, sightings } from "../../../db/schema.ts";
import { FindingId, type Fingerprint, type RepoName } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";
import { type Finding, toFinding } from "../findings/model.ts";
import { addFingerprint, createFinding } from "../findings/service.ts";
import { findingById, findingsByFingerprints } from "../findings/store.ts";
import { felledWith, joins } from "./placing.ts";
import { adopt, adoptKnown } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock">;

/** Fingerprints placed in one transaction: people wait for the connection meanwhile. */
const AT_ONCE = 20;

/**
 * Gives each fingerprint the finding it belongs to: known, joined to one of the same test, or a new one; and to the finding
 * its sightings. One that was never seen has none.
 */
export async function giveHomes(
  deps: Deps,
  repo: RepoName,
  fingerprints: readonly Fingerprint[],
): Promise<Map<FindingId, Finding>> {
  const owners = await findingsByFingerprints(deps.db, fingerprints);
  await adoptKnown(deps.db, repo, [...owners.keys()] as Fingerprint[] /* those asked for */);
  const homeless = fingerprints.filter((fingerprint) => !owners.has(fingerprint));
  for (let at = 0; at < homeless.length; at += AT_ONCE) {
    const some = homeless.slice(at, at + AT_ONCE);
    const scene = await Scene.of(deps.db, repo, some);
    await deps.db.transaction(async (tx) => {
      const known = await findingsByFingerprints(tx, some);
      for (const fingerprint of some) {
        const home = known.get(fingerprint) ?? (await scene.place(deps, tx, fingerprint));
        if (home === null) continue;
        await adopt(tx, repo, fingerprint, home.id);
        scene.note(fingerprint, home);
        owners.set(fingerprint, home);
      }
    });
  }
  return new Map(
    fingerprints.flatMap((fingerprint) => {
      const home = owners.get(fingerprint);
      return home === undefined ? [] : [[home.id, home] as const];
    }),
  );
}

const PLACED = {
  id: sightings.id,
  fingerprint: sightings.fingerprint,
  findingId: sightings.findingId,
  job: sightings.job,
  at: sightings.at,
  test: sightings.test,
  suite: sightings.suite,
  package: sightings.package,
  file: sightings.file,
  framework: sightings.framework,
  kind: sightings.kind,
  signature: sightings.signature,
  line: sightings.line,
  cascadeOf: sightings.cascadeOf,
};

const readPlaced = (db: Db) => db.select(PLACED).from(sightings);
type Row = Awaited<ReturnType<typeof readPlaced>>[number];

/** What is known around some fingerprints, kept true while one after the other is placed: it matters what was placed before. */
class Scene {
  private constructor(
    private readonly repo: RepoName,
    /** The newest sighting of each fingerprint: where its finding's name, file and package are taken from. */
    private readonly newest: ReadonlyMap<string, Row>,
    private readonly since: ReadonlyMap<string, Date>,
    /** All that fell in the jobs of the newest sightings. */
    private readonly jobs: ReadonlyMap<number, Row[]>,
    /** By test, those last seen in front. */
    private readonly findings: Map<string, Finding[]>,
  ) {}

  static async of(db: Db, repo: RepoName, fingerprints: readonly Fingerprint[]): Promise<Scene> {
    const mine = and(eq(sightings.repo, repo), inArray(sightings.fingerprint, [...fingerprints]));
    const { fingerprint, at, id } = sightings;
    const [newest, first] = await Promise.all([
      db
        .selectDistinctOn([fingerprint], PLACED)
        .from(sightings)
        .where(mine)
        .orderBy(fingerprint, desc(at), desc(id)),
      db
        .select({ fingerprint, at: min(at) })
        .from(sightings)
        .where(mine)
        .groupBy(fingerprint),
    ]);
    const jobs = [...new Set(newest.map((row) => row.job))];
    const tests = [...new Set(newest.map((row) => row.test))];
    const [fell, same] = await Promise.all([
      jobs.length === 0
        ? []
        : readPlaced(db)
            .where(and(eq(sightings.repo, repo), inArray(sightings.job, jobs)))
            .orderBy(asc(id)),
      tests.length === 0
        ? []
        : db
            .select()
            .from(findingRows)
            .where(and(eq(findingRows.repo, repo), inArray(findingRows.test, tests)))
            .orderBy(desc(findingRows.lastSeen)),
    ]);
    return new Scene(
      repo,
      new Map(newest.map((row) => [row.fingerprint, row])),
      new Map(first.flatMap((row) => (row.at === null ? [] : [[row.fingerprint, row.at] as const]))),
      Map.groupBy(fell, (row) => row.job),
      Map.groupBy(same.map(toFinding), (finding) => finding.test),
    );
  }

  /** The home of a fingerprint that has none; null for one that was never seen. */
  async place(deps: Deps, tx: Db, fingerprint: Fingerprint): Promise<Finding | null> {
    const seen = this.newest.get(fingerprint);
    if (seen === undefined) return null;
    const since = this.since.get(fingerprint) ?? seen.at;
    const home = (await this.crashOf(tx, seen)) ?? (await this.sameTest(tx, seen));
    if (home !== null) {
      await addFingerprint(tx, home.id, fingerprint, seen.signature, since);
      return home;
    }
    const { test, package: within, file, framework, signature } = seen;
    const made = await createFinding(
      deps,
      tx,
      {
        ...{ kind: "flaky_test", repo: this.repo, test, package: within, file, framework, signature },
        ...{ class: "unknown", confidence: 0, reasons: [], firstSeen: since, lastSeen: seen.at },
      },
      fingerprint,
    );
    this.findings.set(test, [made, ...(this.findings.get(test) ?? [])]);
    return made;
  }

  /** The fingerprint's sightings belong to that finding now. */
  note(fingerprint: Fingerprint, home: Finding): void {
    for (const fell of this.jobs.values())
      for (const row of fell)
        if (row.fingerprint === fingerprint && row.findingId === null) row.findingId = home.id;
  }

  /** Tests felled by one crash are one finding, whichever of them was placed first. */
  private async crashOf(tx: Db, seen: Row): Promise<Finding | null> {
    const placed = felledWith(seen, this.jobs.get(seen.job) ?? [])
      .filter((row) => row.findingId !== null)
      .sort((a, b) => a.line - b.line || a.id - b.id);
    const home = placed.find((row) => row.test === seen.cascadeOf) ?? placed[0];
    return home?.findingId == null ? null : findingById(tx, FindingId.parse(home.findingId));
  }

  /** The finding of the same test that the failure is a further way of. */
  private async sameTest(tx: Db, seen: Row): Promise<Finding | null> {
    for (const finding of this.findings.get(seen.test) ?? []) {
      const [newest] = await tx
        .select({ kind: sightings.kind })
        .from(sightings)
        .where(eq(sightings.findingId, finding.id))
        .orderBy(desc(sightings.at), desc(sightings.id))
        .limit(1);
      if (joins(finding, newest?.kind ?? null, seen)) return finding;
    }
    return null;
  }
}
