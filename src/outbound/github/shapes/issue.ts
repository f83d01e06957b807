import { z } from "zod";
import { IssueNumber, Login } from "../../../kernel/ids.ts";
import type { ForgeComment, ForgeIssue } from "../../../ports/forge.ts";
import { Person, When } from "./run.ts";

const GHOST = Login.parse("ghost");

/** Who wrote something; GitHub shows the account of one who left as `ghost`. */
export const Author = Person.nullish().transform((person) => person?.login ?? GHOST);

const Label = z
  .union([z.string(), z.object({ name: z.string().nullish() })])
  .transform((label) => (typeof label === "string" ? label : (label.name ?? "")));

/** An issue, or a pull request seen as one. */
export const Issue = z
  .object({
    number: IssueNumber,
    title: z.string(),
    body: z.string().nullish(),
    html_url: z.string(),
    state: z.enum(["open", "closed"]),
    state_reason: z.string().nullish(),
    labels: z.array(Label),
    user: Author,
    pull_request: z.object({}).nullish(),
    updated_at: When,
  })
  .transform(
    (issue): ForgeIssue => ({
      number: issue.number,
      title: issue.title,
      body: issue.body ?? "",
      url: issue.html_url,
      state: issue.state,
      stateReason: issue.state_reason ?? null,
      labels: issue.labels.filter((label) => label !== ""),
      author: issue.user,
      isPull: issue.pull_request != null,
      updatedAt: issue.updated_at,
    }),
  );

/** An issue in a listing that is ordered by its making. */
export const ListedIssue = z
  .looseObject({ created_at: When })
  .transform((raw) => ({ createdAt: raw.created_at, raw }));

export const CommentParts = z.object({
  id: z.number(),
  user: Author,
  body: z.string().nullish(),
  html_url: z.string(),
  created_at: When,
  updated_at: When,
});

/** The part that all comments share. */
export const commentOf = (comment: z.output<typeof CommentParts>): ForgeComment => ({
  id: comment.id,
  author: comment.user,
  body: comment.body ?? "",
  url: comment.html_url,
  createdAt: comment.created_at,
  updatedAt: comment.updated_at,
});

export const Comment = CommentParts.transform(commentOf);
