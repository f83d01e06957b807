import { z } from "zod";
import { IssueNumber, Login, PullNumber, Sha } from "../../kernel/ids.ts";
import type {
  ForgeCheck,
  ForgeComment,
  ForgeCommit,
  ForgeIssue,
  ForgePull,
  ForgeReview,
} from "../../ports/forge.ts";

const When = z.coerce.date();
const GHOST = Login.parse("ghost");
const Person = z.object({ login: Login });
/** Who wrote something; an account that is gone has no name. */
const Author = Person.nullish()
  .catch(null)
  .transform((person) => person?.login ?? GHOST);

/** An issue, or a pull request seen as one. */
export const Issue = z
  .object({
    number: IssueNumber,
    title: z.string(),
    body: z.string().nullish(),
    html_url: z.string(),
    state: z.enum(["open", "closed"]),
    labels: z.array(z.object({ name: z.string() })).nullish(),
    user: Author,
    pull_request: z.looseObject({}).nullish(),
    created_at: When,
    updated_at: When,
  })
  .transform((issue): ForgeIssue & { createdAt: Date } => ({
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    url: issue.html_url,
    state: issue.state,
    // Gitea asks for no reason
    stateReason: null,
    labels: (issue.labels ?? []).map(({ name }) => name),
    author: issue.user,
    isPull: issue.pull_request != null,
    createdAt: issue.created_at,
    updatedAt: issue.updated_at,
  }));

const CommentParts = z.object({
  id: z.int(),
  user: Author,
  body: z.string().nullish(),
  html_url: z.string(),
  created_at: When,
  updated_at: When,
});

const commentOf = (comment: z.output<typeof CommentParts>): ForgeComment => ({
  id: comment.id,
  author: comment.user,
  body: comment.body ?? "",
  url: comment.html_url,
  createdAt: comment.created_at,
  updatedAt: comment.updated_at,
});

export const Comment = CommentParts.transform(commentOf);

/** A comment on a line. `position` counts in the new file, `original_position` in the old one; 0 where it is not there. */
export const LineComment = CommentParts.extend({
  path: z.string(),
  position: z.int().default(0),
  original_position: z.int().default(0),
  commit_id: z.string().nullish(),
  diff_hunk: z.string().default(""),
}).transform((comment) => ({
  ...commentOf(comment),
  path: comment.path,
  position: comment.position,
  originalPosition: comment.original_position,
  diffHunk: comment.diff_hunk,
}));
export type LineComment = z.output<typeof LineComment>;

export const WIP = "WIP: ";
const DRAFT = /^(?:WIP:|\[WIP\])\s*/i;
/** A title without the words that make a draft of it. */
export const readyTitle = (title: string): string => title.replace(DRAFT, "");

export const Pull = z
  .object({
    number: PullNumber,
    title: z.string(),
    html_url: z.string(),
    state: z.enum(["open", "closed"]),
    merged: z.boolean().default(false),
    mergeable: z.boolean().default(false),
    merge_commit_sha: z.string().nullish(),
    merge_base: z.string().nullish(),
    merged_by: Person.nullish().catch(null),
    user: Person.nullish().catch(null),
    head: z.object({ sha: Sha, ref: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
    base: z.object({ ref: z.string(), sha: z.string() }),
    draft: z.boolean().optional(),
    updated_at: When,
  })
  .transform((pull) => {
    const draft = pull.draft ?? DRAFT.test(pull.title);
    const forge: ForgePull = {
      number: pull.number,
      title: readyTitle(pull.title),
      author: pull.user?.login ?? null,
      url: pull.html_url,
      state: pull.state,
      merged: pull.merged,
      mergeCommit: pull.merged ? (Sha.safeParse(pull.merge_commit_sha).data ?? null) : null,
      mergedBy: pull.merged_by?.login ?? null,
      headSha: pull.head.sha,
      headRef: pull.head.ref,
      baseRef: pull.base.ref,
      // false as well while Gitea looks, and for each draft
      mergeableState: pull.mergeable ? "clean" : pull.state === "open" ? "unmergeable" : "unknown",
      draft,
    };
    return {
      forge,
      headRepo: pull.head.repo?.full_name ?? null,
      upToDate: pull.merge_base === pull.base.sha,
      updatedAt: pull.updated_at,
    };
  });

const REVIEWS: Record<string, ForgeReview["state"]> = {
  APPROVED: "approved",
  REQUEST_CHANGES: "changes_requested",
  COMMENT: "commented",
  PENDING: "pending",
};

/** A review; null for what only asks for one. */
export const Review = z
  .object({
    id: z.int(),
    user: Author,
    state: z.string(),
    commit_id: z.string().nullish(),
    body: z.string().nullish(),
    submitted_at: When.nullish(),
    dismissed: z.boolean().default(false),
    comments_count: z.int().default(0),
  })
  .transform((review) => {
    const state = review.dismissed ? "dismissed" : REVIEWS[review.state];
    if (state === undefined) return null;
    const forge: ForgeReview = {
      id: review.id,
      author: review.user,
      state,
      commit: Sha.safeParse(review.commit_id).data ?? null,
      body: review.body ?? "",
      submittedAt: review.submitted_at ?? null,
    };
    return { forge, lines: review.comments_count };
  });

/** A commit status; Gitea's own Actions leave one for each job. */
export const Status = z
  .object({
    context: z.string(),
    status: z.string(),
    description: z.string().nullish(),
    target_url: z.string().nullish(),
  })
  .transform((status): ForgeCheck & { description: string | null } => ({
    name: status.context,
    status: status.status === "pending" ? "in_progress" : "completed",
    conclusion: CONCLUSIONS[status.status] ?? (status.status === "pending" ? null : "failure"),
    url: status.target_url ?? "",
    description: status.description || null,
  }));

const CONCLUSIONS: Record<string, string> = { success: "success", warning: "neutral", skipped: "skipped" };

export const Commit = z
  .object({
    sha: Sha,
    author: z.object({ login: z.string() }).nullish().catch(null),
    commit: z.object({
      message: z.string(),
      author: z.object({ name: z.string().optional(), date: When.optional() }).nullish(),
    }),
  })
  .transform(
    ({ sha, author, commit }): ForgeCommit => ({
      sha,
      author: author?.login || commit.author?.name || "somebody",
      at: commit.author?.date ?? new Date(0),
      title: commit.message.split("\n", 1)[0] ?? "",
    }),
  );
