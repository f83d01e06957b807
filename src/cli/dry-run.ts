import { openDatabase } from "../../db/client.ts";
import { type Config, repoConfig } from "../config/index.ts";
import { listRuns } from "../features/failures/listing.ts";
import { scanRun } from "../features/failures/scan.ts";
import { endText } from "../features/failures/scan-text.ts";
import { scanFound } from "../features/failures/scans.ts";
import { fingerprintsOfRuns } from "../features/failures/store.ts";
import type { Finding } from "../features/findings/model.ts";
import { listFindings } from "../features/findings/store.ts";
import { assess } from "../features/flakes/assess.ts";
import { gatherEvidence } from "../features/flakes/gather.ts";
import { judge } from "../features/flakes/judge.ts";
import { inDoubt } from "../features/flakes/opinion.ts";

import { issueFacts } from "../features/issues/facts.ts";
import { room } from "../features/issues/file.ts";
import { issueTitle } from "../features/issues/messages.ts";
import { waitingFindings } from "../features/issues/waiting.ts";
import type { RepoName } from "../kernel/ids.ts";
import { createLog } from "../kernel/log.ts";
import { percent } from "../kernel/text/figures.ts";
import { connectOutside } from "../outside.ts";
import type { Queue } from "../platform/queue.ts";
import type { Io } from "./io.ts";

/** Reads and judges as a scan does, in a database in memory, and prints what would be filed and why; writes nothing. */
export async function dryRun(io: Io, config: Config, repos: RepoName[], since: Date): Promise<number> {
  const log = createLog(config.env.LOG_LEVEL);
  const outside = connectOutside(config, io.clock, log);
  const database = await openDatabase({ url: null, dataDir: "memory://" });
  const deps = { ...outside, db: database.db, clock: io.clock, log, config, queue: silentQueue };
  try {
    for (const repo of repos) {
      const settings = repoConfig(config, repo) ?? { workflows: [], branches: [] };
      io.status(`${repo}: asking for its runs`);
      const { listed, news, truncated } = await listRuns(deps, repo, settings, since);
      for (const [at, run] of news.entries()) {
        io.status(`${repo}: ${at} of ${news.length} runs read`);
        if (io.signal.aborted) return 1;
        await scanRun(deps, repo, run, true);
      }
      io.status("");
      const runs = news.map((run) => String(run.id));
      const scan = { repo, since, listed, truncated, runs, unread: [], error: null };
      await assess(deps, repo, await fingerprintsOfRuns(deps.db, repo, runs.map(Number)));
      io.err(endText(scan, await scanFound(deps.db, scan)));
    }
    await report(deps, io, repos);
  } finally {
    io.status("");
    await database.close();
  }
  return 0;
}

const nothing = async () => {};

/** A dry run reads and judges by itself; nothing follows from it. */
const silentQueue: Queue = {
  send: nothing,
  sendTask: nothing,
  work: nothing,
  workTasks: nothing,
  pending: async () => 0,
  stop: nothing,
};

type Deps = Parameters<typeof assess>[0];

/** What is filed, in the order in which it is; what has to wait for the caps; and what is below the bar. */
async function report(deps: Deps, io: Io, repos: readonly RepoName[]): Promise<void> {
  const waiting = (await waitingFindings(deps)).map(({ finding }) => finding);
  const left = await room(deps, deps.db);
  const above = new Set(waiting.map(({ id }) => id));
  for (const [at, finding] of waiting.entries())
    await tell(deps, io, at < left ? "would file" : "would wait", finding);
  for (const repo of repos) {
    for (const finding of await listFindings(deps.db, { repo, limit: 1000 }))
      if (!above.has(finding.id)) await tell(deps, io, "would not file", finding);
  }
}

async function tell(deps: Deps, io: Io, what: string, finding: Finding): Promise<void> {
  const { defaultBranch } = await deps.forge.repository(finding.repo);
  const facts = await issueFacts(deps, deps.db, finding.id);
  const title = facts === null ? finding.test : issueTitle(facts.finding);
  io.out(`${what}\t${finding.class} ${percent(finding.confidence)}\t${title}`);
  for (const reason of finding.reasons) io.out(`\t${reason.rule}\t${reason.text}`);
  if (what === "would wait")
    io.out("\tcaps\tlimits.issues_per_scan and issues_per_day leave no room for it now");
  // it costs money and may change the verdict: a dry run only says so
  if (inDoubt(judge(await gatherEvidence(deps.db, finding.id, defaultBranch))))
    io.out("\tmodel\twould ask the model: the rules alone leave it open");
}
