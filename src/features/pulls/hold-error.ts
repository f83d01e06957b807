import { DAY, MINUTE } from "../../kernel/clock.ts";
import { Sha } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import type { Context } from "../context.ts";
import { minutesOf } from "../failures/errors/store.ts";
import type { Finding } from "../findings/model.ts";
import { containsCommit } from "./ancestry.ts";
import type { Failed } from "./hold.ts";

type Deps = Pick<Context, "db" | "clock" | "forge" | "config">;

/** While a deployment goes on, instances of before answer beside the new ones. */
const ROLLING_MS = 15 * MINUTE;

/**
 * An error since the fix: where the service tells its commit, one that contains the fix; else one that came when the
 * deployment was over.
 */
export async function errorWithFix(deps: Deps, finding: Finding, fix: Sha): Promise<Failed | null> {
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
export function quietSince(deps: Deps, finding: Finding): number | null {
  if (finding.deployedAt === null) return null;
  const days = (deps.clock.now().getTime() - finding.deployedAt.getTime() - ROLLING_MS) / DAY;
  return days >= deps.config.file.quiet.days && days >= 0 ? days : null;
}
