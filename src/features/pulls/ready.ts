import { z } from "zod";
import { FindingId, PullNumber, RepoName } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { askReviewers } from "./reviewers.ts";
import type { Pull } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge">;

const Payload = z.object({ repo: RepoName, number: PullNumber, finding: FindingId });
type Payload = z.infer<typeof Payload>;

/** Decides that a draft of ours, whose checks are green, is ready for review. */
export async function enqueueReady(deps: Deps, pull: Pull): Promise<void> {
  const { repo, number, findingId: finding } = pull;
  await enqueueWrite(deps.db, deps.clock, {
    destination: "github",
    lane: `${repo}#${number}`,
    kind: "pull.ready",
    key: `ready:${repo}/${number}`,
    payload: { repo, number, finding },
    finding,
  });
}

/** Makes it ready; its reviewers are asked only then. */
export const readySender = (deps: Deps) =>
  sender<Payload, true>({
    payload: Payload,
    async send({ repo, number }) {
      await deps.forge.markReady(repo, number);
      return true;
    },
    async settled(tx, _, { repo, number, finding }) {
      await askReviewers(deps, tx, finding, { repo, number, key: `ready:${repo}/${number}` });
    },
  });
