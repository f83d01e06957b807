import { DAY, MINUTE } from "../../kernel/clock.ts";
import { Sha } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { errorFigures, minutesOf } from "../failures/errors/store.ts";
import type { Finding } from "../findings/model.ts";
import { containsCommit } from "./ancestry.ts";
import { errorHeldWords, sayDays } from "./messages.ts";
import type { WatchDeps as Deps, Failed, Held, Watch } from "./watch.ts";

/** While a deployment goes on, instances of before answer beside the new ones. */
const ROLLING_MS = 15 * MINUTE;

/**
 * An error since the fix: where the service tells its commit, one that contains the fix; else one that came when the
 * deployment was over.
 */
async function errorWithFix(deps: Deps, finding: Finding, fix: Sha): Promise<Failed | null> {
  if (finding.mergedAt === null) return null;
  const deployed = finding.deployedAt === null ? null : finding.deployedAt.getTime() + ROLLING_MS;
  for (const { minute, commit, environment } of await minutesOf(deps.db, finding.id)) {
    if (minute.getTime() < finding.mergedAt.getTime() - DAY) break;
    const sha = Sha.safeParse(commit);
    const since = sha.success
      ? await containsCommit(deps, finding.repo, fix, sha.data)
      : deployed !== null && minute.getTime() >= deployed;
    if (!since) continue;
    const at = minute.toISOString().slice(0, 16).replace("T", " ");
    const where = environment === "" ? "" : ` in ${environment}`;
    const ran = sha.success ? `, at ${sha.data.slice(0, 10)}` : "";
    const words = `the error came again${where} at ${at} UTC${ran}, after the fix was deployed`;
    return {
      key: `error:${minute.getTime()}`,
      words,
      note: escapeSlack(words),
      detail: { minute: minute.toISOString(), environment, commit },
    };
  }
  return null;
}

/** Days since the deployment without the error; null until there was one, and until the quiet time is over. */
function quietSince(deps: Deps, finding: Finding): number | null {
  if (finding.deployedAt === null) return null;
  const days = (deps.clock.now().getTime() - finding.deployedAt.getTime() - ROLLING_MS) / DAY;
  return days >= deps.config.file.quiet.days && days >= 0 ? days : null;
}

async function quietService(deps: Deps, finding: Finding): Promise<Held | null> {
  const days = quietSince(deps, finding);
  if (days === null) return null;
  const { total } = await errorFigures(deps.db, finding.id);
  return {
    words: errorHeldWords({ days, total, commit: finding.mergeCommit ?? "" }),
    note: `the error has not come back in ${sayDays(days)} since the deployment.`,
    detail: { days, total },
  };
}

/** The fix of a runtime error is watched from its deployment on. */
export const errorWatch: Watch = { failure: errorWithFix, quiet: quietService };
