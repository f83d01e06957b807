import type { CommitStatus, Repo } from "../model.ts";
import type { World } from "../world.ts";
import { nodeId, type Schemas } from "./schemas.ts";
import { userShape } from "./user.ts";

/** A commit status as lists hold it. */
export const statusShape = (world: World, repo: Repo, status: CommitStatus): Schemas["status"] => ({
  id: status.id,
  node_id: nodeId("StatusContext", status.id),
  url: `${world.api}/repos/${repo.fullName}/statuses/${status.sha}`,
  avatar_url: userShape(world, status.creator).avatar_url,
  state: status.state,
  description: status.description,
  target_url: status.targetUrl,
  context: status.context,
  created_at: status.createdAt,
  updated_at: status.createdAt,
  creator: userShape(world, status.creator),
});
