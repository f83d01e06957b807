import { z } from "zod";
import { pathOf, plain, stateOf } from "./words.ts";

/** An event as Gitea names it, with its narrower name. */
export interface GiteaEvent {
  event: string;
  type: string;
  payload: Record<string, unknown>;
}

const Labelled = z.looseObject({ label: z.looseObject({ name: z.string() }) });
const Commented = z.looseObject({ issue: z.looseObject({ pull_request: z.unknown().optional() }) });
const Reviewed = z.looseObject({ review: z.looseObject({ state: z.string(), body: z.string() }) });
const Checked = z.looseObject({
  check_run: z.looseObject({
    head_sha: z.string(),
    name: z.string(),
    status: z.string(),
    conclusion: z.string().nullable(),
    details_url: z.string().nullish(),
  }),
});
const Ran = z.looseObject({
  workflow_run: z.looseObject({ path: z.string(), name: z.string(), head_branch: z.string() }),
});

const REVIEWS: Record<string, string> = { approved: "approved", changes_requested: "rejected" };

/** What Gitea sends where GitHub would send this. */
export function giteaEvent(event: string, given: Record<string, unknown>): GiteaEvent {
  const payload = plain(given);
  const { action } = payload;
  switch (event) {
    case "issues":
      return { event, ...issues(payload) };
    case "issue_comment": {
      const is_pull = Commented.parse(payload).issue.pull_request !== undefined;
      return { event, type: is_pull ? "pull_request_comment" : event, payload: { ...payload, is_pull } };
    }
    case "pull_request":
      return action === "synchronize"
        ? { event, type: "pull_request_sync", payload: { ...payload, action: "synchronized" } }
        : { event, type: event, payload };
    case "pull_request_review":
      return review(payload);
    case "pull_request_review_comment": {
      const type = "pull_request_review_comment";
      return { event: "pull_request_comment", type, payload: { ...payload, action: "reviewed" } };
    }
    case "check_run": {
      const {
        head_sha: sha,
        name: context,
        status,
        conclusion,
        details_url,
      } = Checked.parse(payload).check_run;
      const facts = { sha, context, state: stateOf(status, conclusion), target_url: details_url };
      const { repository, sender } = payload;
      return { event: "status", type: "status", payload: { ...facts, repository, sender } };
    }
    case "workflow_run": {
      const { path, name, head_branch, ...run } = Ran.parse(payload).workflow_run;
      const workflow_run = { ...run, head_branch, path: pathOf(path, `refs/heads/${head_branch}`) };
      return { event, type: event, payload: { ...payload, workflow: { name }, workflow_run } };
    }
    default:
      return { event, type: event, payload };
  }
}

function issues(payload: Record<string, unknown>): Omit<GiteaEvent, "event"> {
  const { action } = payload;
  if (action === "assigned" || action === "unassigned") {
    const { assignee: _, ...rest } = payload;
    return { type: "issue_assign", payload: rest };
  }
  if (action !== "labeled" && action !== "unlabeled") return { type: "issues", payload };
  const { label, ...rest } = Labelled.parse(payload);
  const changes = action === "labeled" ? { added_labels: [label] } : { removed_labels: [label] };
  return { type: "issue_label", payload: { ...rest, action: "label_updated", changes } };
}

function review(payload: Record<string, unknown>): GiteaEvent {
  const { review: given, ...rest } = Reviewed.parse(payload);
  const word = REVIEWS[given.state.toLowerCase()] ?? "comment";
  const type = `pull_request_review_${word}`;
  return {
    event: `pull_request_${word}`,
    type,
    payload: { ...rest, action: "reviewed", review: { type, content: given.body } },
  };
}
