import { announce, note } from "../announce.ts";
import { hasLevel } from "../auth.ts";
import { invalid } from "../http.ts";
import type { Account, Issue, Repo, StateReason } from "../model.ts";
import { touch, type World } from "../world.ts";
import { setAssignees, setLabels } from "./labels.ts";

/** Takes the next number of the sequence that issues and pull requests share. */
export const takeNumber = (repo: Repo): number => {
  repo.nextNumber += 1;
  return repo.nextNumber - 1;
};

/** A fresh issue, not yet announced. */
export const newIssue = (
  world: World,
  repo: Repo,
  number: number,
  facts: Pick<Issue, "author" | "title" | "body">,
): Issue => {
  const now = world.now();
  const issue: Issue = {
    id: world.nextId(),
    number,
    ...facts,
    state: "open",
    stateReason: null,
    labels: [],
    assignees: [],
    comments: [],
    events: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    pull: null,
  };
  repo.issues.set(issue.number, issue);
  return issue;
};

export interface IssueInput {
  title: string;
  body?: string | null;
  labels?: string[];
  assignees?: string[];
}

/** Opens an issue. Labels and assignees of somebody without triage right are dropped, as on GitHub. */
export const openIssue = (world: World, repo: Repo, actor: Account, input: IssueInput): Issue => {
  if (input.title.trim() === "") throw invalid({ resource: "Issue", field: "title", code: "missing_field" });
  const issue = newIssue(world, repo, takeNumber(repo), {
    author: actor.login,
    title: input.title,
    body: input.body ?? null,
  });
  announce(world, repo, issue, actor.login, "opened");
  if (hasLevel(actor, "triage")) {
    if (input.labels?.length) setLabels(world, repo, issue, actor.login, input.labels);
    if (input.assignees?.length) setAssignees(world, repo, issue, actor.login, input.assignees);
  }
  return issue;
};

export interface IssueEdit {
  title?: string | undefined;
  body?: string | null | undefined;
  state?: "open" | "closed" | undefined;
  stateReason?: StateReason | null | undefined;
}

/** Changes what is given; each real change is announced. */
export const editIssue = (world: World, repo: Repo, issue: Issue, actor: string, edit: IssueEdit): void => {
  const changes: Record<string, { from: string }> = {};
  if (edit.title !== undefined && edit.title !== issue.title) {
    changes.title = { from: issue.title };
    issue.title = edit.title;
  }
  if (edit.body !== undefined && edit.body !== issue.body) {
    changes.body = { from: issue.body ?? "" };
    issue.body = edit.body;
  }
  if (Object.keys(changes).length > 0) {
    touch(world, issue);
    announce(world, repo, issue, actor, "edited", { changes });
  }
  if (edit.state === "closed") closeIssue(world, repo, issue, actor, edit.stateReason ?? "completed");
  if (edit.state === "open") reopenIssue(world, repo, issue, actor);
};

/** Closes an issue or an unmerged pull request; nothing happens when it is closed. */
export const closeIssue = (
  world: World,
  repo: Repo,
  issue: Issue,
  actor: string,
  reason: StateReason,
  commitId: string | null = null,
): void => {
  if (issue.state === "closed") {
    if (!issue.pull) issue.stateReason = reason;
    return;
  }
  issue.state = "closed";
  issue.stateReason = issue.pull ? null : reason;
  issue.closedAt = world.now();
  issue.closedBy = actor;
  touch(world, issue);
  note(world, issue, actor, "closed", { commitId });
  announce(world, repo, issue, actor, "closed");
};

/** Opens a closed issue again. Throws 422 for a merged pull request. */
export const reopenIssue = (world: World, repo: Repo, issue: Issue, actor: string): void => {
  if (issue.state === "open") return;
  if (issue.pull?.mergedAt) {
    throw invalid({
      resource: "PullRequest",
      field: "state",
      code: "invalid",
      message: "cannot be reopened",
    });
  }
  issue.state = "open";
  issue.stateReason = issue.pull ? null : "reopened";
  issue.closedAt = null;
  issue.closedBy = null;
  touch(world, issue);
  note(world, issue, actor, "reopened");
  announce(world, repo, issue, actor, "reopened");
};

const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)/gi;

/** Closes the issues that a merged text names after a closing word. */
export const closeMentioned = (
  world: World,
  repo: Repo,
  text: string,
  actor: string,
  commitId: string,
): void => {
  for (const match of text.matchAll(CLOSING)) {
    const issue = repo.issues.get(Number(match[1]));
    if (issue && !issue.pull && issue.state === "open") {
      closeIssue(world, repo, issue, actor, "completed", commitId);
    }
  }
};
