import { emit } from "../announce.ts";
import { hunkAt } from "../diff.ts";
import { diffFiles } from "../history.ts";
import { invalid, notFound } from "../http.ts";
import type { Pull, Repo, Review, ReviewComment } from "../model.ts";
import { pullSimpleShape } from "../shapes/pull.ts";
import { reviewCommentShape, reviewShape } from "../shapes/review.ts";
import { touch, type World } from "../world.ts";
import { type PullIssue, pullsOf } from "./pulls.ts";

export type Verdict = "APPROVE" | "REQUEST_CHANGES" | "COMMENT";

/** A comment on a line of the diff; without a line it is on the file. */
export interface LineComment {
  path: string;
  line?: number | undefined;
  side?: "LEFT" | "RIGHT" | undefined;
  body: string;
}

const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

const hunkFor = async (world: World, repo: Repo, pull: Pull, comment: LineComment): Promise<string> => {
  const base = (await world.git.mergeBase(repo.gitDir, pull.baseSha, pull.headSha)) ?? pull.baseSha;
  const file = (await diffFiles(world, repo, base, pull.headSha)).find(({ path }) => path === comment.path);
  const resource = "PullRequestReviewComment";
  if (!file)
    throw invalid({ resource, field: "path", code: "invalid", message: "path is not part of the diff" });
  if (comment.line === undefined) return file.patch?.split("\n")[0] ?? "";
  const hunk = hunkAt(file.patch ?? "", comment.line, comment.side ?? "RIGHT");
  if (hunk !== null) return hunk;
  throw invalid({ resource, field: "line", code: "invalid", message: "line must be part of the diff" });
};

const sendComment = (
  world: World,
  repo: Repo,
  both: PullIssue,
  actor: string,
  action: string,
  item: object,
) => {
  touch(world, both.issue);
  const pull_request = pullSimpleShape(world, repo, both.issue, both.pull);
  emit(world, repo, actor, "pull_request_review_comment", { action, pull_request, ...item });
};

/** Submits a review with its line comments. Throws 422 on one's own approval, an empty review, or a line outside the diff. */
export const submitReview = async (
  world: World,
  repo: Repo,
  both: PullIssue,
  author: string,
  input: { verdict: Verdict; body: string; comments: LineComment[] },
): Promise<Review> => {
  const { issue, pull } = both;
  if (author === issue.author && input.verdict !== "COMMENT") {
    const message = `Can not ${input.verdict === "APPROVE" ? "approve" : "request changes on"} your own pull request`;
    throw invalid({ resource: "PullRequestReview", code: "custom", message });
  }
  if (input.verdict !== "APPROVE" && input.body.trim() === "" && input.comments.length === 0) {
    throw invalid({ resource: "PullRequestReview", field: "body", code: "missing_field" });
  }
  const hunks = await Promise.all(input.comments.map((comment) => hunkFor(world, repo, pull, comment)));
  const review: Review = {
    id: world.nextId(),
    author,
    body: input.body,
    state: STATES[input.verdict],
    commitId: pull.headSha,
    submittedAt: world.now(),
  };
  pull.reviews.push(review);
  pull.requestedReviewers = pull.requestedReviewers.filter((login) => login !== author);
  touch(world, issue);
  emit(world, repo, author, "pull_request_review", {
    action: "submitted",
    // Webhooks write the state in small letters, the REST interface in capitals.
    review: { ...reviewShape(world, repo, issue, review), state: review.state.toLowerCase() },
    pull_request: pullSimpleShape(world, repo, issue, pull),
  });
  input.comments.forEach((comment, index) => {
    place(world, repo, both, author, comment, review.id, hunks[index] ?? "", null);
  });
  return review;
};

const place = (
  world: World,
  repo: Repo,
  both: PullIssue,
  author: string,
  comment: LineComment,
  reviewId: number,
  diffHunk: string,
  inReplyTo: number | null,
): ReviewComment => {
  const now = world.now();
  const placed: ReviewComment = {
    id: world.nextId(),
    reviewId,
    inReplyTo,
    author,
    body: comment.body,
    path: comment.path,
    line: comment.line ?? null,
    side: comment.side ?? "RIGHT",
    commitId: both.pull.headSha,
    diffHunk,
    createdAt: now,
    updatedAt: now,
  };
  both.pull.reviewComments.push(placed);
  sendComment(world, repo, both, author, "created", {
    comment: reviewCommentShape(world, repo, both.issue, placed),
  });
  return placed;
};

/** A single line comment: a review of its own, as GitHub makes it. */
export const commentOnLine = async (
  world: World,
  repo: Repo,
  both: PullIssue,
  author: string,
  comment: LineComment,
): Promise<ReviewComment> => {
  const before = both.pull.reviewComments.length;
  await submitReview(world, repo, both, author, { verdict: "COMMENT", body: "", comments: [comment] });
  const placed = both.pull.reviewComments[before];
  if (!placed) throw notFound();
  return placed;
};

/** Answers a line comment in its thread. */
export const replyTo = (
  world: World,
  repo: Repo,
  both: PullIssue,
  author: string,
  parent: ReviewComment,
  body: string,
): ReviewComment => {
  if (body.trim() === "") {
    throw invalid({ resource: "PullRequestReviewComment", field: "body", code: "missing_field" });
  }
  const answer = { path: parent.path, line: parent.line ?? undefined, side: parent.side, body };
  const top = parent.inReplyTo ?? parent.id;
  return place(world, repo, both, author, answer, parent.reviewId, parent.diffHunk, top);
};

export const editReviewComment = (
  world: World,
  repo: Repo,
  both: PullIssue,
  comment: ReviewComment,
  actor: string,
  body: string,
): void => {
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = world.now();
  sendComment(world, repo, both, actor, "edited", {
    comment: reviewCommentShape(world, repo, both.issue, comment),
    changes: { body: { from } },
  });
};

export const deleteReviewComment = (
  world: World,
  repo: Repo,
  both: PullIssue,
  comment: ReviewComment,
  actor: string,
): void => {
  both.pull.reviewComments = both.pull.reviewComments.filter((other) => other !== comment);
  sendComment(world, repo, both, actor, "deleted", {
    comment: reviewCommentShape(world, repo, both.issue, comment),
  });
};

/** A line comment of the repository with its pull request. Throws 404. */
export const findReviewComment = (repo: Repo, id: number): PullIssue & { comment: ReviewComment } => {
  for (const both of pullsOf(repo)) {
    const comment = both.pull.reviewComments.find((candidate) => candidate.id === id);
    if (comment) return { ...both, comment };
  }
  throw notFound();
};
