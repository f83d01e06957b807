import { repoConfig } from "../../config/index.ts";
import { bot } from "../../kernel/actor.ts";
import type { FindingId, PullNumber, RepoName } from "../../kernel/ids.ts";
import { readPause } from "../../platform/pause.ts";
import type { Context } from "../context.ts";
import { outcomeAt } from "./known-flakes.ts";
import { rerun } from "./rerun.ts";
import { enqueueRerun, failingOf } from "./rerun-failed.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge" | "ci">;

/**
 * Has the CI of a pull request of ours run again where known flakes alone felled it: failed runs of Actions, and other
 * checks by the repository's command. Never where the test it is to fix is among them, and a commit's run once only: a
 * change is not run until it happens to pass.
 */
export async function rerunOwn(
  deps: Deps,
  { repo, pull }: { repo: RepoName; pull: PullNumber },
  own: FindingId,
): Promise<void> {
  const settings = repoConfig(deps.config, repo);
  if (settings === undefined || deps.config.env.READ_ONLY || (await readPause(deps.db)) !== null) return;
  const outcome = await outcomeAt(deps.db, repo, pull);
  if (outcome?.kind !== "known" || outcome.findings.some((finding) => finding.id === own)) return;
  const failing = await failingOf(deps, { repo, pull });
  if (failing.pull.headSha !== outcome.sha) return;
  const ask = { repo, pull, actor: bot };
  for (const run of failing.runs) {
    if (run.attempt === 1) await enqueueRerun(deps, { ...ask, write: settings.write }, run);
  }
  const [pipeline] = Object.keys(deps.config.file.pipelines).filter((name) =>
    failing.others.some((check) => check.name.includes(name)),
  );
  if (pipeline !== undefined) await rerun(deps, { ...ask, pipeline });
}
