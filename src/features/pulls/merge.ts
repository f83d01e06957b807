import { z } from "zod";
import { repoConfig } from "../../config/index.ts";
import { MINUTE } from "../../kernel/clock.ts";
import { type Login, PullNumber, RepoName, Sha } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import { readPause } from "../../platform/pause.ts";
import { type ForgePull, type ForgeReview, permits } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { checksOf, checksWord } from "./checks.ts";
import type { Pull } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

const Payload = z.object({ repo: RepoName, number: PullNumber, head: Sha });
type Payload = z.infer<typeof Payload>;

/** Decides to merge a pull request of ours, where the settings want that and all is right now. */
export async function considerMerge(deps: Deps, pull: Pull): Promise<void> {
  const { repo, number, headSha: head } = pull;
  if (repoConfig(deps.config, repo)?.pull.merge !== "auto") return;
  if ((await mergeFault(deps, { repo, number, head })) !== null) return;
  await enqueueWrite(deps.db, deps.clock, {
    destination: "github",
    lane: `${repo}#${number}`,
    kind: "pull.merge",
    // what was no longer right when it was sent may be so again at a later look
    key: `merge:${repo}/${number}:${head}:${Math.floor(deps.clock.now().getTime() / MINUTE)}`,
    payload: { repo, number, head },
    finding: pull.findingId,
  });
}

async function mergeFault(deps: Deps, payload: Payload): Promise<string | null> {
  if (deps.config.env.READ_ONLY || (await readPause(deps.db)) !== null) return "the service is paused";
  return unfit(deps, payload);
}

/**
 * Why a pull request must not be merged now; null when it may. Asked when it is decided and again at the moment of the
 * merge: the head is ours and the approved one, somebody with write right approved just it, nobody objects, and there
 * are checks and all are green.
 */
export async function unfit(
  deps: Pick<Deps, "forge" | "config">,
  { repo, number, head }: Payload,
): Promise<string | null> {
  const { forge } = deps;
  const now = await forge.pull(repo, number);
  const faults = standingFault(now, head);
  if (faults !== null) return faults;
  const last = lastWords(await forge.reviews(repo, number), await forge.whoAmI(repo));
  if (last.some((review) => review.state === "changes_requested")) return "somebody asked for changes";
  const approvals = last.filter((review) => review.state === "approved" && review.commit === head);
  const rights = await Promise.all(approvals.map(({ author }) => forge.permission(repo, author)));
  if (!rights.some((right) => permits(right, "write"))) return "nobody with write right approved this commit";
  const checks = checksWord(await checksOf(deps, repo, head));
  return checks === "passing" ? null : `the checks are ${checks}`;
}

function standingFault(now: ForgePull, head: Sha): string | null {
  if (now.merged || now.state !== "open") return "it is not open";
  if (now.headSha !== head) return "somebody pushed to it";
  if (now.draft) return "it is a draft";
  return ["dirty", "blocked", "behind"].includes(now.mergeableState) ? `it is ${now.mergeableState}` : null;
}

/** Each reviewer's last decision; ours are none. */
function lastWords(reviews: readonly ForgeReview[], me: Login): ForgeReview[] {
  const last = new Map<string, ForgeReview>();
  for (const review of reviews) {
    if (review.author === me || review.state === "commented" || review.state === "pending") continue;
    last.set(review.author, review);
  }
  return [...last.values()];
}

/** Merges, unless something has changed since it was decided: then the next look decides anew. */
export const mergeSender = (deps: Deps) =>
  sender<Payload, Sha | null>({
    payload: Payload,
    async find({ repo, number }) {
      return (await deps.forge.pull(repo, number)).mergeCommit;
    },
    async send(payload) {
      if ((await mergeFault(deps, payload)) !== null) return null;
      return deps.forge.mergePull(payload.repo, payload.number, { head: payload.head });
    },
    async settled(tx, _, { repo, number }) {
      await deps.queue.send(tx, "pull.follow", { repo, pull: number }, { key: `${repo}/${number}` });
    },
  });
