import type { Issue, Repo, Review, ReviewComment } from "../model.ts";
import type { World } from "../world.ts";
import { pageOf } from "./issue.ts";
import { nodeId, type Schemas } from "./schemas.ts";
import { associationOf, userShape } from "./user.ts";

export const reviewShape = (
  world: World,
  repo: Repo,
  issue: Issue,
  review: Review,
): Schemas["pull-request-review"] => {
  const html = `${pageOf(world, repo, issue)}#pullrequestreview-${review.id}`;
  const pull = `${world.api}/repos/${repo.fullName}/pulls/${issue.number}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: userShape(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
    author_association: associationOf(world, review.author),
  };
};

/** A review comment; it fits both shapes GitHub has for it. */
export const reviewCommentShape = (world: World, repo: Repo, issue: Issue, comment: ReviewComment) => {
  const url = `${world.api}/repos/${repo.fullName}/pulls/comments/${comment.id}`;
  const html = `${pageOf(world, repo, issue)}#discussion_r${comment.id}`;
  const pull = `${world.api}/repos/${repo.fullName}/pulls/${issue.number}`;
  const position = comment.diffHunk.split("\n").length - 1;
  return {
    url,
    id: comment.id,
    node_id: nodeId("PullRequestReviewComment", comment.id),
    pull_request_review_id: comment.reviewId,
    diff_hunk: comment.diffHunk,
    path: comment.path,
    position,
    original_position: position,
    commit_id: comment.commitId,
    original_commit_id: comment.commitId,
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
    user: userShape(world, comment.author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: pull,
    author_association: associationOf(world, comment.author),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pull } },
    ...(comment.line === null ? {} : { line: comment.line, original_line: comment.line }),
    side: comment.side,
    subject_type: comment.line === null ? ("file" as const) : ("line" as const),
  } satisfies Schemas["pull-request-review-comment"];
};
