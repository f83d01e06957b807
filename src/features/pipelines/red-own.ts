import { and, desc, eq } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { sightings } from "../../../db/schema.ts";
import type { FindingId, PullNumber, RepoName } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { markdownCode } from "../../kernel/text/escape.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { checksOf, failedChecks } from "../pulls/checks.ts";
import { addRemark, checksRemark, dropChecksRemarks, type Pull, pullByNumber } from "../pulls/store.ts";
import { outcomeAt } from "./known-flakes.ts";
import { OF_ACTIONS } from "./rerun-failed.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

/** Failures whose excerpts go along, and how long each may be. */
const MOST_SHOWN = 4;
const MOST_CHARACTERS = 3000;

/**
 * Where a pull request of ours is red by something else than known flakes, keeps that as a remark, once a commit: it
 * starts nothing, `address` takes it up. Where that holds no more, the remark goes.
 */
export async function noteRed(
  deps: Deps,
  { repo, pull: number }: { repo: RepoName; pull: PullNumber },
  own: FindingId,
): Promise<void> {
  const pull = await pullByNumber(deps.db, repo, number);
  if (pull === null || pull.state !== "open") return;
  const red = await redByNew(deps, pull, own);
  if (red === null) return;
  const shown = red.length === 0 ? "" : await excerptsAt(deps.db, pull);
  await deps.db.transaction(async (tx) => {
    let changed = await dropChecksRemarks(tx, pull, red.length > 0 ? pull.headSha : null);
    if (red.length > 0) {
      const added = await addRemark(tx, {
        findingId: own,
        repo,
        pull: number,
        source: checksRemark(pull.headSha),
        // no login has a space
        author: "its checks",
        body: words(red),
        diffHunk: shown,
        trusted: true,
        at: deps.clock.now(),
      });
      changed ||= added;
    }
    if (changed) await refreshCard(deps, tx, own);
  });
}

const words = (red: readonly string[]): string =>
  `Red at this commit, and not by known flakes alone: ${red
    .slice(0, 10)
    .map((name) => markdownCode(clamp(name, 100)))
    .join(
      ", ",
    )}. Find out whether this change is the cause. If it is, mend it; if not, change nothing for it, and ` +
  "say in your reply what is.";

/** Names of the checks that are red by something new; null while that cannot be told. */
async function redByNew(deps: Deps, pull: Pull, own: FindingId): Promise<string[] | null> {
  const { repo, number, headSha } = pull;
  // what a person pushed is theirs
  if ((await deps.forge.pull(repo, number)).headSha !== headSha) return [];
  const checks = await checksOf(deps, repo, headSha);
  if (checks.some(({ status }) => status !== "completed")) return null;
  const failed = failedChecks(checks);
  if (failed.length === 0) return [];
  const outcome = await outcomeAt(deps.db, repo, number);
  const read = outcome?.sha === headSha ? outcome : null;
  if (read?.kind === "known" && !read.findings.some(({ id }) => id === own)) return [];
  const jobs = checks.some(({ name, url }) => failed.includes(name) && OF_ACTIONS.test(url));
  // the log of a job that failed is read soon; then this is asked again
  if (jobs && (read === null || read.kind === "green")) return null;
  return failed;
}

/** What the failed tests of the newest commit said: somebody's output, and so data. */
async function excerptsAt(db: Db, { repo, headSha }: Pull): Promise<string> {
  const rows = await db
    .select()
    .from(sightings)
    .where(and(eq(sightings.repo, repo), eq(sightings.sha, headSha)))
    .orderBy(desc(sightings.at), desc(sightings.id))
    .limit(MOST_SHOWN);
  return rows
    .map(({ test, message, excerpt }) => clamp(`${test}\n${message}\n\n${excerpt ?? ""}`, MOST_CHARACTERS))
    .join("\n\n");
}
