import { emit } from "../announce.ts";
import type { GitCommit } from "../history.ts";
import type { CommitStatus, Repo } from "../model.ts";
import { commitShape } from "../shapes/commit.ts";
import type { Schemas } from "../shapes/schemas.ts";
import { statusShape } from "../shapes/status.ts";
import type { World } from "../world.ts";

/** Leaves a status on a commit and tells of it. */
export const addStatus = (
  world: World,
  repo: Repo,
  creator: string,
  commit: GitCommit,
  facts: Pick<CommitStatus, "state" | "context" | "description" | "targetUrl">,
): Schemas["status"] => {
  const status: CommitStatus = {
    ...facts,
    id: world.nextId(),
    sha: commit.sha,
    creator,
    createdAt: world.now(),
  };
  repo.statuses.push(status);
  const shape = statusShape(world, repo, status);
  emit(world, repo, creator, "status", {
    ...shape,
    sha: commit.sha,
    name: repo.fullName,
    commit: commitShape(world, repo, commit),
  });
  return shape;
};
