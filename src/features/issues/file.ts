import { and, asc, eq, gte, inArray, lt, ne } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findings, issues, outbox } from "../../../db/schema.ts";
import { repoConfig } from "../../config/index.ts";
import { DAY, HOUR } from "../../kernel/clock.ts";
import type { RepoName } from "../../kernel/ids.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import { backlog } from "../../platform/queue.ts";
import { writeSetting } from "../../platform/settings.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { lookForEarlier } from "./earlier.ts";
import { createKey, waitingFindings } from "./waiting.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge" | "log">;

/**
 * `limits.issues_per_scan` counts over this long. Runs are read one by one as webhooks tell of them, and by the sweep
 * in one go: an hour holds either, and needs no note of where a scan began.
 */
const SCAN_MS = HOUR;

/** While runs wait to be read the surest finding may not be known yet: filing is put off, but not for ever. */
const PUT_OFF_MS = 2000;
const MOST_PUT_OFF = 150;

/**
 * Decides to file the issues of findings above the bar, the surest first, as many as the caps allow. The rest waits for
 * the next sweep and stands in the channel's digest meanwhile.
 */
export async function fileWaiting(deps: Deps, waited: number): Promise<void> {
  // a storm asks for this once for each finding, and each look at all that wait costs as much as there are
  if ((await room(deps, deps.db)) === 0) return askForDigest(deps, deps.db, TOGETHER_MS);
  const waiting = await waitingFindings(deps);
  if (waiting.length === 0) return askForDigest(deps, deps.db);
  if (waited < MOST_PUT_OFF && (await backlog(deps.db, ["scan.run", "flakes.assess"])) > 0) {
    const later = { key: "all", delayMs: PUT_OFF_MS };
    return deps.queue.send(deps.db, "issue.file", { waited: waited + 1 }, later);
  }
  const next = waiting.slice(0, await room(deps, deps.db)).map(({ finding }) => finding);
  for (const [repo, about] of byRepo(deps, next)) await lookForEarlier(deps, repo, about);
  await deps.db.transaction(async (tx) => {
    // of two processes one waits here, and then sees what the other has decided
    await writeSetting(tx, deps.clock, "issues.filing", {});
    const left = await room(deps, tx);
    const known = new Set(next.map((finding) => finding.id));
    const still = (await waitingFindings(deps, tx)).filter(({ finding }) => known.has(finding.id));
    for (const { finding } of still.slice(0, left)) await decide(deps, tx, finding);
    await askForDigest(deps, tx);
  });
}

/** A refused issue is tried again this long after it was parked, so many times, and so many at once. */
const AGAIN = { afterMs: 6 * HOUR, attempts: 20, atOnce: 5 };

/**
 * Has issues filed that GitHub refused for good, as it does while a repository's issues are off or a right is missing:
 * whether the cause is gone only another try can tell. @returns how many are tried.
 */
export async function fileParked(deps: Pick<Deps, "db" | "clock" | "config">): Promise<number> {
  const now = deps.clock.now();
  const left = Math.min(AGAIN.atOnce, await room(deps, deps.db));
  if (left === 0) return 0;
  const parked = deps.db
    .select({ id: outbox.id })
    .from(outbox)
    .where(
      and(
        eq(outbox.kind, "issue.create"),
        eq(outbox.state, "parked"),
        lt(outbox.sentAt, new Date(now.getTime() - AGAIN.afterMs)),
        lt(outbox.attempts, AGAIN.attempts),
      ),
    )
    .orderBy(asc(outbox.sentAt), asc(outbox.id))
    .limit(left);
  const again = await deps.db
    .update(outbox)
    .set({ state: "pending", nextAt: now, error: null })
    .where(and(inArray(outbox.id, parked), eq(outbox.state, "parked")))
    .returning({ id: outbox.id });
  return again.length;
}

/** What comes so soon after one another is one edit of the digest. */
const TOGETHER_MS = 1000;

const askForDigest = (deps: Deps, tx: Db, delayMs = 0): Promise<void> =>
  deps.queue.send(tx, "issue.digest", {}, { key: "all", ...(delayMs === 0 ? {} : { delayMs }) });

function byRepo(deps: Deps, list: readonly Finding[]): Map<RepoName, Finding[]> {
  const repos = new Map<RepoName, Finding[]>();
  for (const finding of list) {
    const repo = repoConfig(deps.config, finding.repo)?.write;
    if (repo !== undefined) repos.set(repo, [...(repos.get(repo) ?? []), finding]);
  }
  return repos;
}

async function decide(deps: Deps, tx: Db, finding: Finding): Promise<void> {
  const repo = repoConfig(deps.config, finding.repo)?.write;
  if (repo === undefined) return;
  await enqueueWrite(tx, deps.clock, {
    destination: "github",
    lane: `${repo}#F${finding.id}`,
    kind: "issue.create",
    key: createKey(finding),
    payload: { finding: finding.id },
    finding: finding.id,
  });
}

/** How many issues may be filed now: what the hour and the day leave, less what is decided and not out yet. */
export async function room(deps: Pick<Deps, "clock" | "config">, db: Db): Promise<number> {
  const now = deps.clock.now().getTime();
  const { issues_per_scan, issues_per_day } = deps.config.file.limits;
  const under = await db.$count(
    outbox,
    and(eq(outbox.kind, "issue.create"), inArray(outbox.state, ["pending", "sending"])),
  );
  const scan = issues_per_scan - (await filedSince(db, new Date(now - SCAN_MS)));
  const day = issues_per_day - (await filedSince(db, new Date(now - DAY)));
  return Math.max(0, Math.min(scan, day) - under);
}

/** Issues of ours: one that a person wrote and had started does not count. */
async function filedSince(db: Db, since: Date): Promise<number> {
  const found = await db
    .select({ id: issues.findingId })
    .from(issues)
    .innerJoin(findings, eq(findings.id, issues.findingId))
    .where(and(gte(issues.openedAt, since), ne(findings.kind, "issue")));
  return found.length;
}
