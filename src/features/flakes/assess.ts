import { sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { repoConfig } from "../../config/index.ts";
import type { Fingerprint, PullNumber, RepoName } from "../../kernel/ids.ts";
import { together } from "../../kernel/together.ts";
import { count } from "../../platform/counters.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { refreshCard } from "../findings/service.ts";
import { meetsBar } from "./bar.ts";
import { type Evidence, independentSightings } from "./evidence.ts";
import { EvidenceReader } from "./gather.ts";
import { giveHomes } from "./homes.ts";
import { judge, type Verdict } from "./judge.ts";
import { inDoubt, kindsOf, opinionsOf } from "./opinion.ts";
import { recount } from "./recount.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

/** Findings whose verdicts are kept in one transaction: people wait for the connection meanwhile. */
const AT_ONCE = 20;

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
  const touched = [...(await giveHomes(deps, repo, fingerprints)).values()];
  const reader = new EvidenceReader(deps.db, defaultBranch);
  let toFile = false;
  for (let at = 0; at < touched.length; at += AT_ONCE) {
    const news = await reassess(deps, reader, touched.slice(at, at + AT_ONCE));
    await keepVerdicts(deps, news);
    toFile ||= news.some((one) => one.toFile);
  }
  // what is filed is chosen among all of them
  if (toFile) await deps.queue.send(deps.db, "issue.file", { waited: 0 }, { key: "all" });
  if (pull !== null)
    await deps.queue.send(deps.db, "pull.notice", { repo, pull }, { key: `${repo}#${pull}` });
}

/** What a fresh look at a finding came to. */
interface News {
  finding: Finding;
  verdict: Verdict;
  lastSeen: Date;
  /** Whether the verdict is another than the one that is kept. */
  changed: boolean;
  /** The rules leave it open, and the model was not asked yet. */
  inDoubt: boolean;
  /** It has no issue, and is good enough for one. */
  toFile: boolean;
}

/**
 * Judges findings by all that is known of them. It is read outside of the transaction that keeps the verdicts, so that
 * this one is short: news that comes in between has them looked at again.
 */
async function reassess(deps: Deps, reader: EvidenceReader, findings: readonly Finding[]): Promise<News[]> {
  const judged = (await reader.read(findings)).map((one) => ({ ...one, byRules: judge(one.evidence) }));
  const opinions = await opinionsOf(
    deps.db,
    judged.map(({ finding }) => finding.id),
  );
  return judged.map(({ finding, evidence, byRules }) => {
    const opinion = opinions.get(finding.id)?.get(kindsOf(byRules)) ?? null;
    const verdict = opinion === null ? byRules : judge({ ...evidence, opinion });
    const times = evidence.sightings.map((fact) => fact.at.getTime());
    const lastSeen = new Date(Math.max(finding.lastSeen.getTime(), ...times));
    return {
      finding,
      verdict,
      lastSeen,
      changed: !isSame(finding, verdict, lastSeen),
      inDoubt: opinion === null && inDoubt(byRules),
      toFile:
        finding.issueNumber === null &&
        finding.state === "new" &&
        passesBar(deps, { ...finding, ...verdict }, evidence),
    };
  });
}

const isSame = (finding: Finding, { class: said, confidence, reasons }: Verdict, lastSeen: Date): boolean =>
  finding.class === said &&
  // it is kept with fewer digits than it was found with
  Math.fround(finding.confidence) === Math.fround(confidence) &&
  finding.lastSeen.getTime() === lastSeen.getTime() &&
  finding.reasons.length === reasons.length &&
  finding.reasons.every(({ rule, text }, at) => rule === reasons[at]?.rule && text === reasons[at]?.text);

/** Keeps verdicts and counts. Of a finding about which nothing is new, nothing follows. */
async function keepVerdicts(deps: Deps, news: readonly News[]): Promise<void> {
  if (news.length === 0) return;
  await deps.db.transaction(async (tx) => {
    const counted = await recount(
      tx,
      news.map(({ finding }) => finding.id),
    );
    const changed = news.filter((one) => one.changed);
    const classes = changed.filter(({ finding, verdict }) => finding.class !== verdict.class);
    await together(
      count(tx, "judgements_total", news.length),
      changed.length === 0 ? null : tx.execute(factsUpdate(changed)),
      ...[...Map.groupBy(classes, ({ verdict }) => verdict.class)].map(([said, those]) =>
        count(tx, "flaky_detected_total", those.length, said),
      ),
      ...news
        .filter((one) => one.changed || counted.has(one.finding.id))
        .flatMap((one) => following(deps, tx, one)),
    );
  });
}

function following(deps: Deps, tx: Db, { finding, inDoubt: doubt }: News): Promise<void>[] {
  const { id, issueNumber, state } = finding;
  const enqueue = (name: "flakes.classify" | "issue.sync" | "hold.check") =>
    deps.queue.send(tx, name, { finding: id }, { key: String(id) });
  return [
    // without an issue there is no card
    ...(issueNumber === null ? [] : [refreshCard(deps, tx, id), enqueue("issue.sync")]),
    ...(doubt ? [enqueue("flakes.classify")] : []),
    ...(state === "merged" || state === "deployed" ? [enqueue("hold.check")] : []),
  ];
}

/** One statement for all: a storm has many. */
function factsUpdate(news: readonly News[]) {
  const rows = news.map(({ finding, verdict, lastSeen }) => ({
    id: finding.id,
    class: verdict.class,
    confidence: verdict.confidence,
    reasons: verdict.reasons,
    last_seen: lastSeen.toISOString(),
  }));
  return sql`update findings set class = v.class, confidence = v.confidence, reasons = v.reasons, last_seen = v.last_seen
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as v(id int, class text, confidence real, reasons jsonb, last_seen timestamptz)
    where findings.id = v.id`;
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
