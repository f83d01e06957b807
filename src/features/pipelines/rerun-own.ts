import { repoConfig } from "../../config/index.ts";
import { bot } from "../../kernel/actor.ts";
import type { FindingId, PullNumber, RepoName } from "../../kernel/ids.ts";
import { readPause } from "../../platform/pause.ts";
import type { Context } from "../context.ts";
import { outcomeAt } from "./known-flakes.ts";
import { takeFirst } from "./once.ts";
import { commented } from "./rerun.ts";
import { enqueueRerun, failingOf } from "./rerun-failed.ts";
import { commandOf } from "./words.ts";

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
  const place = { repo: settings.write, settings };
  const failing = await failingOf(deps, place, pull);
  if (failing.pull.headSha !== outcome.sha) return;
  const ask = { place, pull, actor: bot };
  for (const run of failing.runs) {
    if (run.attempt === 1) await enqueueRerun(deps, ask, failing.pull, run);
  }
  const commands = failing.others.flatMap((check) => commandOf(deps.config.file, check.name) ?? []);
  for (const command of new Set(commands)) await commented(deps, ask, failing.pull, command, takeFirst);
}
