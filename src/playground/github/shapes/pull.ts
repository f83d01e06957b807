import type { Issue, Pull, Repo } from "../model.ts";
import type { PullFacts } from "../verbs/mergeability.ts";
import type { World } from "../world.ts";
import { labelsOf, pageOf } from "./issue.ts";
import { repositoryShape } from "./repository.ts";
import { nodeId, type Schemas } from "./schemas.ts";
import { associationOf, userOrNull, userShape } from "./user.ts";

const side = (world: World, repo: Repo, ref: string, sha: string) => ({
  label: `${repo.owner}:${ref}`,
  ref,
  sha,
  repo: repositoryShape(world, repo),
  user: userShape(world, repo.owner),
});

const links = (world: World, repo: Repo, issue: Issue, pull: Pull) => {
  const url = `${world.api}/repos/${repo.fullName}/pulls/${issue.number}`;
  const issueUrl = `${world.api}/repos/${repo.fullName}/issues/${issue.number}`;
  return {
    self: url,
    html: pageOf(world, repo, issue),
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${world.api}/repos/${repo.fullName}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${world.api}/repos/${repo.fullName}/statuses/${pull.headSha}`,
  };
};

/** A pull request as lists and webhooks carry it. */
export const pullSimpleShape = (world: World, repo: Repo, issue: Issue, pull: Pull) => {
  const to = links(world, repo, issue, pull);
  const head = world.repo(pull.headRepo) ?? repo;
  return {
    url: to.self,
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    html_url: to.html,
    diff_url: `${to.html}.diff`,
    patch_url: `${to.html}.patch`,
    issue_url: to.issue,
    commits_url: to.commits,
    review_comments_url: to.review_comments,
    review_comment_url: to.review_comment,
    comments_url: to.comments,
    statuses_url: to.statuses,
    number: issue.number,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: userShape(world, issue.author),
    body: issue.body,
    labels: labelsOf(world, repo, issue).map((label) => ({ ...label, description: label.description ?? "" })),
    milestone: null,
    active_lock_reason: null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha ?? pull.testMerge?.sha ?? null,
    assignee: userOrNull(world, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((login) => userShape(world, login)),
    requested_reviewers: pull.requestedReviewers.map((login) => userShape(world, login)),
    requested_teams: [],
    head: side(world, head, pull.headRef, pull.headSha),
    base: side(world, repo, pull.baseRef, pull.baseSha),
    _links: {
      self: { href: to.self },
      html: { href: to.html },
      issue: { href: to.issue },
      comments: { href: to.comments },
      review_comments: { href: to.review_comments },
      review_comment: { href: to.review_comment },
      commits: { href: to.commits },
      statuses: { href: to.statuses },
    },
    author_association: associationOf(world, issue.author),
    auto_merge: null,
    draft: pull.draft,
  } satisfies Schemas["pull-request-simple"];
};

/** A pull request in full, with what git says about merging it. */
export const pullShape = (
  world: World,
  repo: Repo,
  issue: Issue,
  pull: Pull,
  facts: PullFacts,
): Schemas["pull-request"] => ({
  ...pullSimpleShape(world, repo, issue, pull),
  merged: pull.mergedAt !== null,
  mergeable: facts.mergeable,
  rebaseable: facts.mergeable,
  mergeable_state: facts.state,
  merged_by: userOrNull(world, pull.mergedBy),
  comments: issue.comments.length,
  review_comments: pull.reviewComments.length,
  maintainer_can_modify: pull.headRepo !== repo.fullName,
  commits: facts.commits,
  additions: facts.additions,
  deletions: facts.deletions,
  changed_files: facts.changedFiles,
});

/** The mention of a pull request inside runs and check runs. */
export const pullMinimalShape = (
  world: World,
  repo: Repo,
  issue: Issue,
  pull: Pull,
): Schemas["pull-request-minimal"] => {
  const mention = (of: Repo) => ({ id: of.id, url: `${world.api}/repos/${of.fullName}`, name: of.name });
  return {
    id: pull.id,
    number: issue.number,
    url: `${world.api}/repos/${repo.fullName}/pulls/${issue.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo: mention(world.repo(pull.headRepo) ?? repo) },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo: mention(repo) },
  };
};
