import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import { type FindingId, IssueNumber, RepoName } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Forge, ForgeComment } from "../../ports/forge.ts";
import { findComment, withMark } from "./marks.ts";

const Payload = z.object({ repo: RepoName, number: IssueNumber, body: z.string() });
export type CommentPayload = z.infer<typeof Payload>;

/** Decides a comment on an issue or pull request. `kind` says which sender keeps its id. */
export async function enqueueComment(
  tx: Db,
  clock: Clock,
  comment: {
    kind: string;
    key: string;
    repo: RepoName;
    number: number;
    body: string;
    finding: FindingId | null;
    whilePaused?: "wait" | "go";
    extra?: Record<string, unknown>;
  },
): Promise<boolean> {
  const { kind, key, repo, number, body, finding } = comment;
  return enqueueWrite(tx, clock, {
    destination: "github",
    lane: `${repo}#${number}`,
    kind,
    key,
    payload: { repo, number, body, ...comment.extra },
    finding,
    whilePaused: comment.whilePaused ?? "wait",
  });
}

/** A sender of comments; `settled` keeps the comment's id where the stage needs it. */
export const commentSender = <P extends CommentPayload>(
  deps: { forge: Forge },
  payload: z.ZodType<P>,
  settled: (tx: Db, comment: ForgeComment, payload: P) => Promise<void>,
) =>
  sender<P, ForgeComment>({
    payload,
    find: ({ repo, number }, row) => findComment(deps.forge, repo, number, row.key, row.createdAt),
    send: ({ repo, number, body }, row) => deps.forge.comment(repo, number, withMark(body, row.key)),
    settled,
  });

/** Outbox kind of comments whose id nobody needs. */
export const noteSenderKind = "note.comment";

/** Comments whose id nobody needs: answers to commands, closing words. */
export const noteSender = (deps: { forge: Forge }) => commentSender(deps, Payload, async () => {});

/** What every comment's payload has; stages add their own ids to it. */
export const CommentPayload = Payload;
