import { z } from "zod";
import type { PayloadKind } from "../github/payloads.ts";

const Named = z.looseObject({ name: z.string() });
const Label = z.looseObject({
  action: z.string(),
  issue: z.looseObject({ assignee: z.looseObject({ login: z.string() }).nullish() }),
  changes: z.looseObject({}).nullish(),
});
const Changes = z.looseObject({
  added_labels: z.array(Named).nullish(),
  removed_labels: z.array(Named).nullish(),
});
const Comment = z.looseObject({ is_pull: z.boolean().default(false), issue: z.looseObject({}) });
const Run = z.looseObject({
  workflow: z.looseObject({ name: z.string() }).nullish(),
  workflow_run: z.looseObject({ path: z.string(), head_branch: z.string().nullish() }),
});
interface Said {
  kind: PayloadKind;
  payload: unknown;
}

/**
 * What a webhook of Gitea says, as GitHub would have said it; nothing where nothing is made of it. Both names of a kind
 * are known, that of `X-Gitea-Event-Type` and the broader one of `X-Gitea-Event`. The form is checked when it is worked on.
 */
export function translate(kind: string, payload: unknown): Said[] {
  switch (kind) {
    case "issues":
    case "issue_label":
    case "issue_assign":
      return issue(payload);
    case "issue_comment":
    case "pull_request_comment":
      // the second is also the broader name of a review that only comments
      return comment(payload) ?? [{ kind: "pull_request_review", payload }];
    case "pull_request":
    case "pull_request_sync":
    case "pull_request_label":
    case "pull_request_assign":
    case "pull_request_review_request":
      return [{ kind: "pull_request", payload }];
    case "pull_request_approved":
    case "pull_request_rejected":
    case "pull_request_review_approved":
    case "pull_request_review_rejected":
    case "pull_request_review_comment":
      return [{ kind: "pull_request_review", payload }];
    case "status":
      return [{ kind: "status", payload }];
    case "workflow_run":
      return run(payload);
    default:
      return [];
  }
}

/**
 * Labels come as one list of what was added and taken. Where a Gitea does not say what was added, the list of labels
 * that stand is not read as a label just given: that would be a yes that nobody said.
 */
function issue(payload: unknown): Said[] {
  const { data } = Label.safeParse(payload);
  if (data === undefined) return [];
  const said = (more: object): Said => ({ kind: "issues", payload: { ...data, ...more } });
  if (data.action === "assigned") return [said({ assignee: data.issue.assignee })];
  if (data.action !== "label_updated") return [said({})];
  const changes = Changes.safeParse(data.changes ?? {}).data;
  return [
    ...(changes?.added_labels ?? []).map((label) => said({ action: "labeled", label })),
    ...(changes?.removed_labels ?? []).map((label) => said({ action: "unlabeled", label })),
  ];
}

function comment(payload: unknown): Said[] | null {
  const { data } = Comment.safeParse(payload);
  if (data === undefined) return null;
  const pull_request = data.is_pull ? {} : null;
  return [{ kind: "issue_comment", payload: { ...data, issue: { ...data.issue, pull_request } } }];
}

function run(payload: unknown): Said[] {
  const { data } = Run.safeParse(payload);
  if (data === undefined) return [];
  const { path, head_branch, ...rest } = data.workflow_run;
  const named = {
    name: data.workflow?.name ?? null,
    path: path.replace(/@.*$/, ""),
    head_branch: head_branch ?? null,
  };
  return [{ kind: "workflow_run", payload: { ...data, workflow_run: { ...rest, ...named } } }];
}
