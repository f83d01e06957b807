import { repoConfig } from "../../config/index.ts";
import { MINUTE } from "../../kernel/clock.ts";
import type { Login, PullNumber, RepoName, Sha } from "../../kernel/ids.ts";
import { slackCode } from "../../kernel/text/escape.ts";
import type { ForgeCheck, ForgeReview } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { findingById } from "../findings/store.ts";
import { hasMark } from "../issues/marks.ts";
import { enqueueLine } from "../threads/lines.ts";
import { checksOf, checksWord, failedChecks } from "./checks.ts";
import { noteConflict } from "./conflict.ts";
import { decisionOn } from "./decided.ts";
import { considerMerge } from "./merge.ts";
import { markClosed, markMerged } from "./merged.ts";
import { enqueueReady } from "./ready.ts";
import { collectReviews } from "./review.ts";
import {
  checksRemark,
  dropChecksRemarks,
  keptSources,
  type Pull,
  pullByNumber,
  updatePull,
} from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge" | "log" | "git">;

/** Asks the forge how a pull request of ours stands and keeps it: merged, closed, checks, reviews, remarks. */
export async function followPull(deps: Deps, repo: RepoName, number: PullNumber): Promise<void> {
  const pull = await pullByNumber(deps.db, repo, number);
  const finding = pull === null ? null : await findingById(deps.db, pull.findingId);
  if (pull === null || finding === null || pull.state !== "open") return;
  const now = await deps.forge.pull(repo, number);
  if (now.merged && now.mergeCommit !== null) {
    // merged by us for somebody: GitHub knows only that it was us
    const asked = now.mergedBy === (await deps.forge.whoAmI(repo));
    const decided = asked ? await decisionOn(deps.db, pull, "pull.merge") : null;
    await markMerged(deps, finding, { pull, commit: now.mergeCommit, by: decided?.by ?? now.mergedBy });
    return;
  }
  if (now.state === "closed") {
    await markClosed(deps, finding, pull, await decisionOn(deps.db, pull, "pull.close"));
    return;
  }
  const me = await deps.forge.whoAmI(repo);
  const reviews = await collectReviews(deps, pull, me);
  const all = await checksOf(deps, repo, now.headSha);
  const checks = checksWord(all);
  const review = reviewWord(reviews, me);
  await noteConflict(deps, pull, now);
  await lookAtRed(deps, pull, now.headSha, all);
  if (now.draft && isReady(deps, pull, checks)) await enqueueReady(deps, pull);
  if (review === "approved" && checks === "passing") await considerMerge(deps, pull);
  if (checks === pull.checks && review === pull.review) return;
  await deps.db.transaction(async (tx) => {
    await updatePull(tx, pull, { checks, review, updatedAt: deps.clock.now() });
    if (checks === "failing" && pull.checks !== "failing") {
      await enqueueLine(tx, deps.clock, {
        finding: pull.findingId,
        key: `checks:${repo}/${number}:${now.headSha}`,
        who: null,
        what: "checks_failed",
        object: `<${pull.url}|#${number}>: ${failedChecks(all).slice(0, 3).map(slackCode).join(", ")}`,
        at: deps.clock.now(),
      });
    }
    await refreshCard(deps, tx, pull.findingId);
  });
}

/** How long checks may take to begin; a repository that shows none by then has none. */
const BEGIN_MS = 10 * MINUTE;

/** Whether a draft of ours has waited for its checks as the settings want it to. */
function isReady({ config, clock }: Deps, { repo, openedAt }: Pull, checks: Pull["checks"]): boolean {
  if (repoConfig(config, repo)?.pull.draft !== true) return false;
  return checks === "passing" || (checks === "none" && clock.now().getTime() - openedAt.getTime() > BEGIN_MS);
}

/** Has red checks looked at once all are through, and drops what was noted of them where it holds no more. */
async function lookAtRed(deps: Deps, pull: Pull, head: Sha, checks: ForgeCheck[]): Promise<void> {
  const { repo, number } = pull;
  const red = failedChecks(checks).length > 0 && checks.every(({ status }) => status === "completed");
  await deps.db.transaction(async (tx) => {
    if (await dropChecksRemarks(tx, pull, red ? head : null)) await refreshCard(deps, tx, pull.findingId);
    if (!red || (await keptSources(tx, pull)).has(checksRemark(head))) return;
    await deps.queue.send(tx, "pull.notice", { repo, pull: number }, { key: `${repo}#${number}` });
  });
}

/** The reviewers' last words as one: a request for changes outweighs approvals. */
export function reviewWord(reviews: ForgeReview[], me: Login): Pull["review"] {
  const last = new Map<string, ForgeReview["state"]>();
  for (const review of reviews) {
    if (review.author === me && hasMark(review.body)) continue;
    const decided =
      review.state === "approved" || review.state === "changes_requested" || review.state === "dismissed";
    if (decided || !last.has(review.author)) last.set(review.author, review.state);
  }
  const words = [...last.values()];
  if (words.includes("changes_requested")) return "changes_requested";
  if (words.includes("approved")) return "approved";
  return words.includes("commented") ? "commented" : "none";
}
