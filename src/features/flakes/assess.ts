import type { Db } from "../../../db/client.ts";
import { repoConfig } from "../../config/index.ts";
import { FindingId, type Fingerprint, type PullNumber, type RepoName } from "../../kernel/ids.ts";
import { together } from "../../kernel/together.ts";
import { count } from "../../platform/counters.ts";
import type { Context } from "../context.ts";
import type { Sighting } from "../failures/store.ts";
import type { Finding } from "../findings/model.ts";
import { addFingerprint, createFinding, noteFacts } from "../findings/service.ts";
import {
  findingByFingerprint,
  findingById,
  findingsByFingerprints,
  findingsOfTest,
} from "../findings/store.ts";
import { meetsBar } from "./bar.ts";
import { type Evidence, independentSightings } from "./evidence.ts";
import { judge, type Verdict } from "./judge.ts";
import { inDoubt, kindsOf, opinionOf } from "./opinion.ts";
import { felledWith, joins } from "./placing.ts";
import { recount } from "./recount.ts";
import {
  adopt,
  adoptKnown,
  firstSeen,
  gatherEvidence,
  newestSighting,
  sightingsOf,
  sightingsOfJob,
} from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

/**
 * Gives each fingerprint its finding and the finding a fresh verdict; what follows from it is enqueued.
 * @param pull whose author is told when all of its failures are known by then.
 */
export async function assess(
  deps: Deps,
  repo: RepoName,
  fingerprints: Fingerprint[],
  pull: PullNumber | null = null,
): Promise<void> {
  const { defaultBranch } = await deps.forge.repository(repo);
  const touched = new Map<number, Finding>();
  const owners = await findingsByFingerprints(deps.db, fingerprints);
  const allKnown = fingerprints.every((fingerprint) => owners.has(fingerprint));
  if (allKnown) await adoptKnown(deps.db, repo, fingerprints);
  for (const fingerprint of fingerprints) {
    // where one is to be placed, it matters what was placed before it
    const finding = allKnown
      ? owners.get(fingerprint)
      : await deps.db.transaction((tx) => owner(deps, tx, repo, fingerprint));
    if (finding != null) touched.set(finding.id, finding);
  }
  const news: News[] = [];
  for (const finding of touched.values()) news.push(await reassess(deps, finding, defaultBranch));
  // one after the other without a pause: what is filed is chosen among all of them
  for (const each of news) await keepVerdict(deps, each);
  if (pull !== null)
    await deps.queue.send(deps.db, "pull.notice", { repo, pull }, { key: `${repo}#${pull}` });
}

/** The finding a fingerprint belongs to: known, joined to one of the same test, or a new one. */
async function owner(deps: Deps, tx: Db, repo: RepoName, fingerprint: Fingerprint): Promise<Finding | null> {
  const seen = await newestSighting(tx, repo, fingerprint);
  if (seen === null) return null;
  const known = await findingByFingerprint(tx, fingerprint);
  const finding = known ?? (await place(deps, tx, repo, fingerprint, seen));
  await adopt(tx, repo, fingerprint, finding.id);
  return finding;
}

async function place(
  deps: Deps,
  tx: Db,
  repo: RepoName,
  fingerprint: Fingerprint,
  seen: Sighting,
): Promise<Finding> {
  const since = (await firstSeen(tx, repo, fingerprint)) ?? seen.at;
  const home = (await crashOf(tx, repo, seen)) ?? (await sameTest(tx, repo, seen));
  if (home !== null) {
    await addFingerprint(tx, home.id, fingerprint, seen.signature, since);
    return home;
  }
  return createFinding(
    deps,
    tx,
    {
      kind: "flaky_test",
      repo,
      test: seen.test,
      package: seen.package,
      file: seen.file,
      framework: seen.framework,
      signature: seen.signature,
      class: "unknown",
      confidence: 0,
      reasons: [],
      firstSeen: since,
      lastSeen: seen.at,
    },
    fingerprint,
  );
}

/** Tests felled by one crash are one finding, whichever of them was placed first. */
async function crashOf(tx: Db, repo: RepoName, seen: Sighting): Promise<Finding | null> {
  const felled = felledWith(seen, await sightingsOfJob(tx, repo, seen.job));
  const placed = felled
    .filter((row) => row.findingId !== null)
    .sort((a, b) => a.line - b.line || a.id - b.id);
  const home = placed.find((row) => row.test === seen.cascadeOf) ?? placed[0];
  return home?.findingId == null ? null : findingById(tx, FindingId.parse(home.findingId));
}

/** The finding of the same test that the failure is a further way of. */
async function sameTest(tx: Db, repo: RepoName, seen: Sighting): Promise<Finding | null> {
  for (const finding of await findingsOfTest(tx, repo, seen.test)) {
    const [newest] = await sightingsOf(tx, finding.id, 1);
    if (joins(finding, newest?.kind ?? null, seen)) return finding;
  }
  return null;
}

/** What a fresh look at a finding came to. */
interface News {
  finding: Finding;
  verdict: Verdict;
  lastSeen: Date;
  /** What follows from it. */
  jobs: ("flakes.classify" | "issue.sync" | "hold.check")[];
}

/**
 * Judges a finding by all that is known of it. It is read outside of the transaction that keeps the verdict, so that this
 * one is short: news that comes in between has the finding looked at again.
 */
async function reassess(deps: Deps, finding: Finding, defaultBranch: string): Promise<News> {
  const evidence = await gatherEvidence(deps.db, finding.id, defaultBranch);
  const byRules = judge(evidence);
  const opinion = await opinionOf(deps.db, finding.id, kindsOf(byRules));
  const verdict = opinion === null ? byRules : judge({ ...evidence, opinion });
  const times = evidence.sightings.map((fact) => fact.at.getTime());
  const after = { ...finding, class: verdict.class, confidence: verdict.confidence };
  const jobs: News["jobs"] = [];
  if (opinion === null && inDoubt(byRules)) jobs.push("flakes.classify");
  if (finding.issueNumber !== null || passesBar(deps, after, evidence)) jobs.push("issue.sync");
  if (finding.state === "merged" || finding.state === "deployed") jobs.push("hold.check");
  return { finding, verdict, lastSeen: new Date(Math.max(finding.lastSeen.getTime(), ...times)), jobs };
}

async function keepVerdict(deps: Deps, { finding, verdict, lastSeen, jobs }: News): Promise<void> {
  const { class: said, confidence, reasons } = verdict;
  await deps.db.transaction((tx) =>
    together(
      recount(tx, finding.id),
      noteFacts(deps, tx, finding.id, { class: said, confidence, reasons, lastSeen }),
      said === finding.class ? null : count(tx, "flaky_detected_total", 1, said),
      ...jobs.map((name) => deps.queue.send(tx, name, { finding: finding.id }, { key: String(finding.id) })),
    ),
  );
}

/** True when the evidence is enough for an issue. */
export function passesBar(
  deps: Pick<Context, "config">,
  finding: Pick<Finding, "repo" | "class" | "confidence">,
  evidence: Evidence,
): boolean {
  const { bar } = deps.config.file;
  if (repoConfig(deps.config, finding.repo) === undefined || finding.class === "infra-flake") return false;
  const independent = independentSightings(evidence);
  // a triage issue may be less sure, never a single failure
  return meetsBar(bar, finding, independent) || (bar.triage && independent >= bar.sightings);
}
