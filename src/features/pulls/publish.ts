import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type RepoConfig, repoConfig } from "../../config/index.ts";
import { errorText, RefusedError } from "../../kernel/errors.ts";
import type { Sha, TaskId } from "../../kernel/ids.ts";
import { readPause } from "../../platform/pause.ts";
import type { Context } from "../context.ts";
import { findingById } from "../findings/store.ts";
import { endTask } from "../fixes/end.ts";
import type { PathRules } from "../fixes/model.ts";
import { pathRules } from "../fixes/paths.ts";
import { allowedPaths, parseDiff } from "../fixes/run/gates/index.ts";
import { secretLines } from "../fixes/run/secrets.ts";
import { newestDone, type Task, taskById, wasPushed } from "../fixes/store.ts";
import { enqueuePull } from "./open.ts";
import { type Publication, publicationOf } from "./publication.ts";
import { finishRound } from "./round.ts";
import { type Pull, pullOf } from "./store.ts";

type Deps = Context & { workDir: string };

/**
 * Takes a task's patch to a fresh clone, commits and pushes it, and opens the pull request or ends the round. The
 * commit's id follows from the task alone, so a repeat after a crash pushes the same commit.
 */
export async function publish(deps: Deps, id: TaskId, attempt: number): Promise<void> {
  const task = await taskById(deps.db, id);
  if (task === null || task.state !== "publishing" || task.attempt !== attempt) return;
  const finding = await findingById(deps.db, task.findingId);
  const settings = finding === null ? undefined : repoConfig(deps.config, finding.repo);
  if (finding === null || settings === undefined) return;
  // pushes wait while the service is paused: resuming asks for them again
  if (deps.config.env.READ_ONLY || (await readPause(deps.db)) !== null) return;
  try {
    const publication = publicationOf(task);
    const pull = task.kind === "address" ? await pullOf(deps.db, finding.id) : null;
    const before = pull === null ? null : await newestDone(deps.db, finding.id);
    // a round on a conflict begins the branch anew, from the base as it is now
    const moved = before !== null && before.baseSha !== publication.baseSha;
    const same = pull !== null && !moved && publication.patch === before?.patch;
    // a round may end in answers alone
    const rules = { settings, paths: pathRules(settings, finding), moved };
    const head = same ? pull.headSha : await push(deps, task, rules, publication, pull);
    if (pull === null) await enqueuePull(deps, task, finding, settings, head);
    else await finishRound(deps, task, finding, pull, { head, publication, answersOnly: same, moved });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    await endTask(deps, task, finding, { state: "failed", error: errorText(error), result: null, attempt });
  }
}

async function push(
  deps: Deps,
  task: Task,
  { settings, paths, moved }: { settings: RepoConfig; paths: PathRules; moved: boolean },
  publication: Publication,
  pull: Pull | null,
): Promise<Sha> {
  refuseUnfit(publication.patch, paths);
  const readUrl = await deps.forge.gitUrl(settings.write, "read");
  const pushUrl = await deps.forge.gitUrl(settings.push, "code");
  const there = await deps.git.remoteHead({ url: pushUrl, branch: task.branch });
  const scratch = await mkdtemp(join(deps.workDir, "publish-"));
  try {
    const onto = moved ? null : (pull?.headSha ?? null);
    const ref = onto ?? publication.baseSha;
    const { dir } = await deps.git.checkout({ cloneUrl: readUrl, ref, dir: join(scratch, "clone") });
    const sha = await deps.git.commitPatch({
      dir,
      patch: publication.patch,
      message: signed(publication.commitMessage, settings),
      author: AUTHOR,
      at: publication.at,
      ...(onto === null ? {} : { against: publication.baseSha }),
    });
    const expect = there === sha ? sha : await expected(deps, task.branch, there, pull);
    await deps.git.push({ dir, pushUrl, branch: task.branch, sha, expect });
    return sha;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const MAX_PATCH_BYTES = 512 * 1024;

/** The worker judged the patch before; what goes out is judged here once more, by the settings of now. */
function refuseUnfit(patch: string, paths: PathRules): void {
  if (Buffer.byteLength(patch) > MAX_PATCH_BYTES)
    throw new RefusedError(`the patch has more than ${MAX_PATCH_BYTES} bytes`);
  const [secret] = secretLines(patch);
  if (secret !== undefined) throw new RefusedError(secret);
  const [path] = allowedPaths(parseDiff(patch), paths);
  if (path !== undefined) throw new RefusedError(`${path.path}: ${path.text}`);
}

/** Who stands in the commits of fixes. */
export const AUTHOR = { name: "flaky-test-cleaner", email: "flaky-test-cleaner@users.noreply.github.com" };

const signed = (message: string, settings: RepoConfig): string =>
  settings.pull.signoff
    ? `${message.trimEnd()}\n\nSigned-off-by: ${AUTHOR.name} <${AUTHOR.email}>\n`
    : message;

/** What the branch has to be before the push: as we left it, or not there. A branch that people wrote to is theirs. */
async function expected(
  deps: Deps,
  branch: string,
  there: Sha | null,
  pull: Pull | null,
): Promise<Sha | null> {
  if (there === null) return null;
  const ours = pull === null ? await wasPushed(deps.db, branch, there) : pull.headSha === there;
  if (ours) return there;
  throw new RefusedError(
    `the branch ${branch} is at ${there.slice(0, 8)}, which I did not push: it is somebody's now, and I leave it alone`,
  );
}
