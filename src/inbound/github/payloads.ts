import { z } from "zod";
import { IssueNumber, Login, PullNumber, RepoName, Sha } from "../../kernel/ids.ts";

const repository = z.object({ full_name: RepoName });
const sender = z.object({ login: Login });
const labels = z.array(z.object({ name: z.string() })).default([]);

/** Of each kind of webhook, what is used of it. Others are stored, answered and let be. */
export const PAYLOADS = {
  workflow_run: z.object({
    action: z.string(),
    repository,
    workflow_run: z.object({
      id: z.int(),
      name: z.string().nullable(),
      path: z.string(),
      event: z.string(),
      head_branch: z.string().nullable(),
    }),
  }),
  issues: z.object({
    action: z.string(),
    repository,
    sender: z.object({ login: Login, type: z.string().optional() }),
    issue: z.object({
      number: IssueNumber,
      state_reason: z.string().nullish(),
      labels,
      updated_at: z.coerce.date(),
    }),
    label: z.object({ name: z.string() }).optional(),
    assignee: z.object({ login: Login }).nullish(),
  }),
  issue_comment: z.object({
    action: z.string(),
    repository,
    sender,
    issue: z.object({ number: IssueNumber, pull_request: z.looseObject({}).nullish() }),
    comment: z.object({
      id: z.int(),
      body: z.string(),
      html_url: z.url(),
      user: z.object({ login: Login, type: z.string().optional() }),
      created_at: z.coerce.date(),
      updated_at: z.coerce.date(),
    }),
    changes: z.object({ body: z.object({ from: z.string() }).optional() }).optional(),
  }),
  pull_request: z.object({ action: z.string(), repository, pull_request: z.object({ number: PullNumber }) }),
  pull_request_review: z.object({
    action: z.string(),
    repository,
    pull_request: z.object({ number: PullNumber }),
  }),
  pull_request_review_comment: z.object({
    action: z.string(),
    repository,
    pull_request: z.object({ number: PullNumber }),
  }),
  check_run: z.object({
    action: z.string(),
    repository,
    check_run: z.object({ head_sha: Sha, name: z.string(), details_url: z.string().nullish() }),
  }),
  status: z.object({
    repository,
    sha: Sha,
    context: z.string(),
    state: z.string(),
    target_url: z.string().nullish(),
  }),
} as const;

export type PayloadKind = keyof typeof PAYLOADS;
export type Payload<K extends PayloadKind> = z.infer<(typeof PAYLOADS)[K]>;
