import { giteaEvent } from "../gitea/events.ts";
import type { Issue, IssueEvent, Repo } from "./model.ts";
import { issueShape } from "./shapes/issue.ts";
import { pullSimpleShape } from "./shapes/pull.ts";
import { repositoryShape } from "./shapes/repository.ts";
import { userShape } from "./shapes/user.ts";
import type { World } from "./world.ts";

/** Sends one webhook, with the repository and the sender that every payload has. */
export const emit = (
  world: World,
  repo: Repo,
  actor: string,
  event: string,
  payload: Record<string, unknown>,
): void => {
  world.changed();
  const whole = {
    ...payload,
    repository: repositoryShape(world, repo),
    sender: userShape(world, actor),
  };
  const { webhooks, options } = world;
  const said = options.gitea ? giteaEvent(event, whole) : { event, payload: whole, type: null };
  webhooks.send(said.event, repo.fullName, said.payload, said.type);
};

/** Sends `issues`, or `pull_request` where the issue is one. */
export const announce = (
  world: World,
  repo: Repo,
  issue: Issue,
  actor: string,
  action: string,
  extra: Record<string, unknown> = {},
): void => {
  if (!issue.pull) {
    emit(world, repo, actor, "issues", { action, issue: issueShape(world, repo, issue), ...extra });
    return;
  }
  const pull = pullSimpleShape(world, repo, issue, issue.pull);
  emit(world, repo, actor, "pull_request", {
    action,
    number: issue.number,
    pull_request: { ...pull, merged: issue.pull.mergedAt !== null },
    ...extra,
  });
};

/** Adds a line to an issue's history. */
export const note = (
  world: World,
  issue: Issue,
  actor: string,
  event: string,
  facts: Partial<Pick<IssueEvent, "commitId" | "label" | "assignee">> = {},
): void => {
  issue.events.push({
    id: world.nextId(),
    actor,
    event,
    createdAt: world.now(),
    commitId: null,
    label: null,
    assignee: null,
    ...facts,
  });
};
