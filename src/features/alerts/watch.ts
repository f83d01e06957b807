import { z } from "zod";
import { repoConfig } from "../../config/index.ts";
import { MINUTE } from "../../kernel/clock.ts";
import type { RepoName } from "../../kernel/ids.ts";
import { dropSettings, readSetting, writeSetting } from "../../platform/settings.ts";
import type { Context } from "../context.ts";
import { endIncident, incidentName, raiseIncident } from "./incident.ts";
import { rateText, scansFailedText } from "./messages.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "ci">;

/** Scans that fail one after the other before it is told. */
const IN_A_ROW = 3;
/** A scan that is tried again within this time is the same scan. */
const SAME_SCAN_MS = MINUTE;
/** Share of the request limit below which it is told. */
const SCARCE = 0.1;

const Failed = z.object({ times: z.int(), at: z.string() });
const nameOf = (repo: RepoName): string => `scans-failed:${repo}`;

/** A scan of the repository went well. */
export async function noteScanned(deps: Deps, repo: RepoName): Promise<void> {
  await dropSettings(deps.db, [nameOf(repo), incidentName({ kind: "scans-failed", scope: repo })]);
}

/** A scan of the repository failed; the third in a row is told in its channel. */
export async function noteScanFailed(deps: Deps, repo: RepoName, error: string): Promise<void> {
  const channel = repoConfig(deps.config, repo)?.channel;
  const now = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const before = await readSetting(tx, nameOf(repo), Failed);
    if (before !== null && now.getTime() - Date.parse(before.at) < SAME_SCAN_MS) return;
    const times = (before?.times ?? 0) + 1;
    await writeSetting(tx, deps.clock, nameOf(repo), { times, at: now.toISOString() });
    if (times < IN_A_ROW || channel === undefined) return;
    const text = scansFailedText(repo, times, error);
    await raiseIncident(deps, tx, { kind: "scans-failed", scope: repo }, channel, text);
  });
}

/** Tells the repository's channel when less than a tenth of the hour's requests is left. */
export async function watchLimit(deps: Deps, repo: RepoName): Promise<void> {
  const channel = repoConfig(deps.config, repo)?.channel;
  const rate = deps.ci.limit();
  if (channel === undefined || rate === null) return;
  const incident = { kind: "rate-limit", scope: channel } as const;
  if (rate.remaining >= rate.limit * SCARCE) return endIncident(deps.db, incident);
  await deps.db.transaction((tx) => raiseIncident(deps, tx, incident, channel, rateText(rate)));
}
