import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { unsayFromGitHub } from "../../features/threads/relay.ts";
import { IssueNumber, RepoName } from "../../kernel/ids.ts";
import { receive } from "../../platform/inbox.ts";

/** A comment that is not there any more, as it is worked on, whether a webhook or the sweep brought it. */
export const CommentGone = z.object({
  repo: RepoName,
  issue: IssueNumber,
  id: z.int(),
  /** When it was deleted or found to be, microseconds since 1970. */
  version: z.int(),
  byBot: z.boolean(),
});
export type CommentGone = z.infer<typeof CommentGone>;

/** Kind under which deletions are kept in the inbox. */
export const COMMENT_GONE = "flaky:comment-gone";

export async function receiveCommentGone(deps: Context, gone: CommentGone): Promise<void> {
  const deliveryId = `comment/${gone.repo}/${gone.id}/gone`;
  await receive(deps, { source: "github", deliveryId, kind: COMMENT_GONE, payload: gone });
}

/** Works on a deletion. */
export const takeCommentGone = (deps: Context, gone: CommentGone): Promise<void> =>
  unsayFromGitHub(deps, gone);
