import { z } from "zod";
import { PullNumber, Sha } from "../../../kernel/ids.ts";
import type { ForgeCheck, ForgePull, ForgeReview, ForgeReviewComment } from "../../../ports/forge.ts";
import { Author, CommentParts, commentOf } from "./issue.ts";
import { Person, When } from "./run.ts";

/** A pull request in full. */
export const Pull = z
  .object({
    number: PullNumber,
    title: z.string(),
    html_url: z.string(),
    state: z.enum(["open", "closed"]),
    merged: z.boolean().default(false),
    merge_commit_sha: z.string().nullish(),
    merged_by: Person.nullish(),
    user: Person.nullish(),
    head: z.object({ sha: Sha, ref: z.string() }),
    base: z.object({ ref: z.string() }),
    mergeable_state: z.string().default("unknown"),
    draft: z.boolean().default(false),
  })
  .transform(
    (pull): ForgePull => ({
      number: pull.number,
      title: pull.title,
      author: pull.user?.login ?? null,
      url: pull.html_url,
      state: pull.state,
      merged: pull.merged,
      // before the merge this names a commit that GitHub made to try it out
      mergeCommit: pull.merged ? (Sha.safeParse(pull.merge_commit_sha).data ?? null) : null,
      mergedBy: pull.merged_by?.login ?? null,
      headSha: pull.head.sha,
      headRef: pull.head.ref,
      baseRef: pull.base.ref,
      mergeableState: pull.mergeable_state,
      draft: pull.draft,
    }),
  );

/** A pull request as lists hold it, as far as it is needed to find it. */
export const PullMention = z.object({
  number: PullNumber,
  state: z.string(),
  head: z.object({ sha: z.string() }),
  base: z.object({ repo: z.object({ full_name: z.string() }).nullish() }),
});

const REVIEW_STATES = ["approved", "changes_requested", "commented", "dismissed", "pending"] as const;

export const Review = z
  .object({
    id: z.number(),
    user: Author,
    state: z.string().toLowerCase().pipe(z.enum(REVIEW_STATES)),
    commit_id: z.string().nullish(),
    body: z.string().nullish(),
    submitted_at: When.nullish(),
  })
  .transform(
    (review): ForgeReview => ({
      id: review.id,
      author: review.user,
      state: review.state,
      commit: Sha.safeParse(review.commit_id).data ?? null,
      body: review.body ?? "",
      submittedAt: review.submitted_at ?? null,
    }),
  );

export const ReviewComment = CommentParts.extend({
  path: z.string(),
  line: z.number().nullish(),
  original_line: z.number().nullish(),
  diff_hunk: z.string().default(""),
  in_reply_to_id: z.number().nullish(),
}).transform(
  (comment): ForgeReviewComment => ({
    ...commentOf(comment),
    path: comment.path,
    line: comment.line ?? comment.original_line ?? null,
    diffHunk: comment.diff_hunk,
    replyTo: comment.in_reply_to_id ?? null,
  }),
);

export const CheckRun = z
  .object({
    name: z.string(),
    status: z.string(),
    conclusion: z.string().nullish(),
    html_url: z.string().nullish(),
    details_url: z.string().nullish(),
  })
  .transform(
    (check): ForgeCheck => ({
      name: check.name,
      status: checkStatus(check.status),
      conclusion: check.conclusion ?? null,
      url: check.html_url ?? check.details_url ?? "",
    }),
  );

/** The words `waiting`, `requested` and `pending` mean that nothing runs yet. */
function checkStatus(word: string): ForgeCheck["status"] {
  return word === "completed" || word === "in_progress" ? word : "queued";
}

/** A commit status, the older form of a check, as Prow and others leave it. */
export const CommitStatus = z
  .object({ context: z.string(), state: z.string(), target_url: z.string().nullish() })
  .transform((status): ForgeCheck => {
    const open = status.state === "pending";
    return {
      name: status.context,
      status: open ? "in_progress" : "completed",
      conclusion: open ? null : status.state === "success" ? "success" : "failure",
      url: status.target_url ?? "",
    };
  });
