import type { Comment, Issue, IssueEvent, Label, Repo } from "../model.ts";
import type { World } from "../world.ts";
import { nodeId, type Schemas } from "./schemas.ts";
import { associationOf, userOrNull, userShape } from "./user.ts";

const base = (world: World, repo: Repo): string => `${world.api}/repos/${repo.fullName}`;

export const labelShape = (world: World, repo: Repo, label: Label): Schemas["label"] => ({
  id: label.id,
  node_id: nodeId("Label", label.id),
  url: `${base(world, repo)}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  description: label.description,
  color: label.color,
  default: false,
});

/** The labels an issue carries. */
export const labelsOf = (world: World, repo: Repo, issue: Issue): Schemas["label"][] =>
  issue.labels.flatMap((name) => {
    const label = repo.labels.get(name.toLowerCase());
    return label ? [labelShape(world, repo, label)] : [];
  });

/** Address of an issue's or pull request's page. */
export const pageOf = (world: World, repo: Repo, issue: Issue): string =>
  `${world.origin}/${repo.fullName}/${issue.pull ? (world.options.gitea ? "pulls" : "pull") : "issues"}/${issue.number}`;

/** An issue; a pull request seen as an issue carries `pull_request`. */
export const issueShape = (world: World, repo: Repo, issue: Issue): Schemas["issue"] => {
  const url = `${base(world, repo)}/issues/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    url,
    repository_url: base(world, repo),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: pageOf(world, repo, issue),
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: userShape(world, issue.author),
    labels: labelsOf(world, repo, issue),
    assignee: userOrNull(world, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((login) => userShape(world, login)),
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: issue.comments.length,
    closed_at: issue.closedAt,
    closed_by: userOrNull(world, issue.closedBy),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    author_association: associationOf(world, issue.author),
    performed_via_github_app: null,
    ...(issue.pull ? { draft: issue.pull.draft, pull_request: pullPart(world, repo, issue) } : {}),
  };
};

const pullPart = (world: World, repo: Repo, issue: Issue): NonNullable<Schemas["issue"]["pull_request"]> => {
  const page = pageOf(world, repo, issue);
  return {
    url: `${base(world, repo)}/pulls/${issue.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: issue.pull?.mergedAt ?? null,
  };
};

export const commentShape = (
  world: World,
  repo: Repo,
  issue: Issue,
  comment: Comment,
): Schemas["issue-comment"] => ({
  id: comment.id,
  node_id: nodeId("IssueComment", comment.id),
  url: `${base(world, repo)}/issues/comments/${comment.id}`,
  html_url: `${pageOf(world, repo, issue)}#issuecomment-${comment.id}`,
  issue_url: `${base(world, repo)}/issues/${issue.number}`,
  body: comment.body,
  user: userShape(world, comment.author),
  created_at: comment.createdAt,
  updated_at: comment.updatedAt,
  author_association: associationOf(world, comment.author),
  performed_via_github_app: null,
});

export const eventShape = (world: World, repo: Repo, event: IssueEvent): Schemas["issue-event"] => {
  const label = event.label === null ? undefined : repo.labels.get(event.label.toLowerCase());
  return {
    id: event.id,
    node_id: nodeId("IssueEvent", event.id),
    url: `${base(world, repo)}/issues/events/${event.id}`,
    actor: userShape(world, event.actor),
    event: event.event,
    commit_id: event.commitId,
    commit_url: event.commitId ? `${base(world, repo)}/commits/${event.commitId}` : null,
    created_at: event.createdAt,
    performed_via_github_app: null,
    ...(event.label === null ? {} : { label: { name: event.label, color: label?.color ?? null } }),
    ...(event.assignee === null ? {} : { assignee: userShape(world, event.assignee) }),
  };
};
