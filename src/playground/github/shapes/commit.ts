import type { FileDiff } from "../diff.ts";
import type { GitCommit } from "../history.ts";
import type { Repo } from "../model.ts";
import type { World } from "../world.ts";
import { nodeId, type Schemas } from "./schemas.ts";
import { userShape } from "./user.ts";

const byEmail = (world: World, email: string): Schemas["simple-user"] | null => {
  const account = world.accounts.find((candidate) => candidate.email === email);
  return account ? userShape(world, account.login) : null;
};

/** A commit; with `files` also its statistics and diff, as the single commit's endpoint has. */
export const commitShape = (
  world: World,
  repo: Repo,
  commit: GitCommit,
  files: FileDiff[] | null = null,
): Schemas["commit"] => {
  const url = `${world.api}/repos/${repo.fullName}/commits/${commit.sha}`;
  const web = `${world.origin}/${repo.fullName}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", Number.parseInt(commit.sha.slice(0, 10), 16)),
    url,
    html_url: `${web}/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${world.api}/repos/${repo.fullName}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${world.api}/repos/${repo.fullName}/git/trees/${commit.tree}` },
      verification: {
        verified: false,
        reason: "unsigned",
        payload: null,
        signature: null,
        verified_at: null,
      },
    },
    author: byEmail(world, commit.author.email),
    committer: byEmail(world, commit.committer.email),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${world.api}/repos/${repo.fullName}/commits/${sha}`,
      html_url: `${web}/${sha}`,
    })),
    ...(files
      ? { stats: statsOf(files), files: files.map((file) => fileShape(world, repo, commit.sha, file)) }
      : {}),
  };
};

const statsOf = (files: FileDiff[]) => {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return { additions, deletions, total: additions + deletions };
};

/** One file of a comparison. */
export const fileShape = (world: World, repo: Repo, sha: string, file: FileDiff): Schemas["diff-entry"] => ({
  sha: file.sha,
  filename: file.path,
  status: file.status,
  additions: file.additions,
  deletions: file.deletions,
  changes: file.additions + file.deletions,
  blob_url: `${world.origin}/${repo.fullName}/blob/${sha}/${file.path}`,
  raw_url: `${world.origin}/${repo.fullName}/raw/${sha}/${file.path}`,
  contents_url: `${world.api}/repos/${repo.fullName}/contents/${file.path}?ref=${sha}`,
  ...(file.patch === null ? {} : { patch: file.patch }),
  ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
});

/** The short form inside runs. */
export const simpleCommitShape = (commit: GitCommit): Schemas["simple-commit"] => ({
  id: commit.sha,
  tree_id: commit.tree,
  message: commit.message,
  timestamp: commit.committer.date,
  author: { name: commit.author.name, email: commit.author.email },
  committer: { name: commit.committer.name, email: commit.committer.email },
});
