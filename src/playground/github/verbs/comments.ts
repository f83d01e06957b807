import { emit } from "../announce.ts";
import { invalid, notFound } from "../http.ts";
import type { Comment, Issue, Repo } from "../model.ts";
import { commentShape, issueShape } from "../shapes/issue.ts";
import { touch, type World } from "../world.ts";

const MAX_BODY = 65_536;

const checked = (body: string): string => {
  if (body.trim() === "") throw invalid({ resource: "IssueComment", field: "body", code: "missing_field" });
  if (body.length > MAX_BODY) {
    const message = `body is too long (maximum is ${MAX_BODY} characters)`;
    throw invalid({ resource: "IssueComment", field: "body", code: "custom", message });
  }
  return body;
};

const announce = (
  world: World,
  repo: Repo,
  issue: Issue,
  comment: Comment,
  actor: string,
  action: string,
  extra: Record<string, unknown> = {},
): void => {
  touch(world, issue);
  emit(world, repo, actor, "issue_comment", {
    action,
    issue: issueShape(world, repo, issue),
    comment: commentShape(world, repo, issue, comment),
    ...extra,
  });
};

/** Comments on an issue or pull request. Throws 422 on an empty or overlong body. */
export const addComment = (world: World, repo: Repo, issue: Issue, author: string, body: string): Comment => {
  const now = world.now();
  const comment: Comment = {
    id: world.nextId(),
    author,
    body: checked(body),
    createdAt: now,
    updatedAt: now,
    reactions: [],
  };
  issue.comments.push(comment);
  announce(world, repo, issue, comment, author, "created");
  return comment;
};

export const editComment = (
  world: World,
  repo: Repo,
  issue: Issue,
  comment: Comment,
  actor: string,
  body: string,
): void => {
  const from = comment.body;
  comment.body = checked(body);
  comment.updatedAt = world.now();
  announce(world, repo, issue, comment, actor, "edited", { changes: { body: { from } } });
};

export const deleteComment = (
  world: World,
  repo: Repo,
  issue: Issue,
  comment: Comment,
  actor: string,
): void => {
  issue.comments = issue.comments.filter((other) => other !== comment);
  announce(world, repo, issue, comment, actor, "deleted");
};

/** A comment of the repository with the issue it stands on. Throws 404. */
export const findComment = (repo: Repo, id: number): { issue: Issue; comment: Comment } => {
  for (const issue of repo.issues.values()) {
    const comment = issue.comments.find((candidate) => candidate.id === id);
    if (comment) return { issue, comment };
  }
  throw notFound();
};
