import { RefusedError, TransientError } from "../../kernel/errors.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import type { Forge, ForgeComment, ForgeReviewComment } from "../../ports/forge.ts";
import { refusedWith } from "../http/refused.ts";
import { understood } from "../http/understood.ts";
import type { Client } from "./client.ts";
import { Comment, LineComment, Review } from "./shapes.ts";

type Reviews = Pick<Forge, "reviews" | "reviewComments" | "replyToReview" | "requestReview">;

/** What reviewers said of a pull request. */
export function createReviews(client: Client): Reviews {
  return {
    reviews: async (repo, number) => (await listReviews(client, repo, number)).map(({ forge }) => forge),
    reviewComments: async (repo, number) => threaded(await lineComments(client, repo, number)),
    async replyToReview(repo, number, comment, body) {
      const path = `/repos/${repo}/pulls/${number}`;
      const what = `reply to review comment ${comment} of ${repo}#${number}`;
      try {
        return understood(
          Comment,
          what,
          await client.send("POST", `${path}/comments/${comment}/replies`, { body }),
        );
      } catch (error) {
        // a Gitea before 1.27 has no replies
        if (!refusedWith(error, 404, 405)) throw error;
        return replyBeside(client, repo, number, { comment, body });
      }
    },
    async requestReview(repo, number, reviewers) {
      if (reviewers.length === 0) return;
      await client.send("POST", `/repos/${repo}/pulls/${number}/requested_reviewers`, { reviewers });
    },
  };
}

export async function listReviews(client: Client, repo: RepoName, number: PullNumber) {
  const path = `/repos/${repo}/pulls/${number}/reviews`;
  const all = await client.list(`reviews of ${repo}#${number}`, Review, path);
  return all.filter((review) => review !== null);
}

/** Comments on lines are read review by review, oldest first. */
async function lineComments(client: Client, repo: RepoName, number: PullNumber): Promise<LineComment[]> {
  const found: LineComment[] = [];
  for (const { forge, lines } of await listReviews(client, repo, number)) {
    if (lines > 0) found.push(...(await commentsOf(client, repo, number, forge.id)));
  }
  return found.sort((a, b) => a.id - b.id);
}

async function commentsOf(client: Client, repo: RepoName, number: PullNumber, review: number) {
  const path = `/repos/${repo}/pulls/${number}/reviews/${review}/comments`;
  return (await client.read(`comments of review ${review}`, LineComment.array().nullable(), path)) ?? [];
}

/** Comments at the same line of a file are one talk; Gitea shows them so, too. */
function threaded(comments: readonly LineComment[]): ForgeReviewComment[] {
  const first = new Map<string, number>();
  return comments.map(({ position, originalPosition, ...comment }) => {
    const place = `${position} ${originalPosition} ${comment.path}`;
    const replyTo = first.get(place) ?? null;
    if (replyTo === null) first.set(place, comment.id);
    return { ...comment, line: position || originalPosition || null, replyTo };
  });
}

/** A review of one comment at the same line. */
async function replyBeside(
  client: Client,
  repo: RepoName,
  number: PullNumber,
  { comment, body }: { comment: number; body: string },
): Promise<ForgeComment> {
  const asked = (await lineComments(client, repo, number)).find(({ id }) => id === comment);
  if (asked === undefined) throw new RefusedError(`${repo}#${number} has no review comment ${comment}`, 404);
  const { path, position, originalPosition } = asked;
  const place = position > 0 ? { new_position: position } : { old_position: originalPosition };
  const made = await client.send("POST", `/repos/${repo}/pulls/${number}/reviews`, {
    event: "COMMENT",
    comments: [{ path, body, ...place }],
  });
  const review = understood(Review, `reply to review comment ${comment}`, made);
  const written = review === null ? [] : await commentsOf(client, repo, number, review.forge.id);
  const reply = written.at(-1);
  if (reply === undefined)
    throw new TransientError(`the reply to review comment ${comment} is not there yet`);
  return reply;
}
