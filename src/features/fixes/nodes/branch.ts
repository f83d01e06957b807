import { repoConfig } from "../../../config/index.ts";
import { RefusedError, UserError } from "../../../kernel/errors.ts";
import type { Context } from "../../context.ts";
import { findingById } from "../../findings/store.ts";
import { taskById } from "../store.ts";
import type { NodeRun } from "./store.ts";

type Deps = Pick<Context, "db" | "config" | "forge" | "git">;
type Run = Pick<NodeRun, "taskId" | "attempt">;

/** Where a node leaves what it made, when it may push: a name for each run, so that no late push meets another's. */
export const runBranch = ({ taskId, attempt }: Run): string => `ai/node/${taskId}-${attempt}`;

/** Whether the settings let that node push. */
export const mayPush = ({ config }: Pick<Context, "config">, url: string): boolean =>
  config.file.nodes.some((node) => node.url === url && node.push);

/** The repository that a run's task is for, as it is written to; null when the task is gone. */
async function repoOf({ db, config }: Pick<Deps, "db" | "config">, { taskId }: Run) {
  const task = await taskById(db, taskId);
  const finding = task === null ? null : await findingById(db, task.findingId);
  return finding === null ? null : (repoConfig(config, finding.repo)?.write ?? finding.repo);
}

/**
 * What a branch of the repository changed since it left the default branch, as a patch. The branch is read and no more:
 * neither its commits nor their authors go anywhere.
 * @throws UserError where there is no such branch, or nothing in it; TransientError.
 */
export async function patchOfBranch(deps: Deps, run: NodeRun, branch: string): Promise<string> {
  const { forge, git } = deps;
  const repo = await repoOf(deps, run);
  if (repo === null) throw new UserError("The task is gone.");
  const { defaultBranch } = await forge.repository(repo);
  const url = await forge.gitUrl(repo, "read");
  try {
    if (branch === defaultBranch) throw new UserError("`branch_name` is the default branch.");
    const patch = await git.branchPatch({ url, base: defaultBranch, branch });
    if (patch === null)
      throw new UserError(`${repo} has no branch of that name, or none that came from ${defaultBranch}.`);
    if (patch === "") throw new UserError("The branch changes nothing.");
    return patch;
  } catch (error) {
    if (error instanceof RefusedError) throw new UserError(`The branch could not be read: ${error.message}`);
    throw error;
  }
}

/** Takes away the branch that a run's node may have pushed; one that is not there is no error. No other is touched. */
export async function dropBranch(deps: Deps, run: NodeRun): Promise<void> {
  if (deps.config.env.READ_ONLY || !mayPush(deps, run.node)) return;
  const repo = await repoOf(deps, run);
  if (repo === null) return;
  await deps.git.deleteBranch({ url: await deps.forge.gitUrl(repo, "code"), branch: runBranch(run) });
}
