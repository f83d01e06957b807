import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { repoConfig } from "../../config/index.ts";
import { type FindingId, Login, PullNumber, RepoName } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";

const Payload = z.object({ repo: RepoName, number: PullNumber, reviewers: z.array(Login).min(1) });

/** Decides to ask the settings' reviewers for a review: of a new pull request, or again after a round. */
export async function askReviewers(
  deps: Pick<Context, "clock" | "config">,
  tx: Db,
  finding: FindingId,
  pull: { repo: RepoName; number: PullNumber; key: string },
): Promise<void> {
  const reviewers = repoConfig(deps.config, pull.repo)?.pull.reviewers ?? [];
  if (reviewers.length === 0) return;
  const { repo, number } = pull;
  await enqueueWrite(tx, deps.clock, {
    destination: "github",
    lane: `${repo}#${number}`,
    kind: "pull.reviewers",
    key: `reviewers:${pull.key}`,
    payload: { repo, number, reviewers },
    finding,
  });
}

/** Asks for reviews; asking twice changes nothing. */
export const reviewersSender = (deps: Pick<Context, "forge">) =>
  sender<z.infer<typeof Payload>, true>({
    payload: Payload,
    async send({ repo, number, reviewers }) {
      await deps.forge.requestReview(repo, number, reviewers);
      return true;
    },
  });
