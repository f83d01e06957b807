import { openDatabase } from "../../db/client.ts";
import { type Config, repoConfig } from "../config/index.ts";
import { scanRun } from "../features/failures/scan.ts";
import { listFindings } from "../features/findings/store.ts";
import { assess, passesBar } from "../features/flakes/assess.ts";
import { gatherEvidence } from "../features/flakes/store.ts";
import { issueFacts } from "../features/issues/facts.ts";
import { issueTitle } from "../features/issues/messages.ts";
import type { Fingerprint, RepoName } from "../kernel/ids.ts";
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
  const seen = new Set<Fingerprint>();
  const deps = { ...outside, db: database.db, clock: io.clock, log, config, queue: listening(seen) };
  try {
    for (const repo of repos) {
      const workflows = repoConfig(config, repo)?.workflows ?? [];
      const runs = (
        await Promise.all(
          (workflows.length === 0 ? [null] : workflows).map((workflow) =>
            outside.ci.runs(repo, { workflow, since }),
          ),
        )
      ).flatMap((listing) => listing.runs);
      for (const [at, run] of runs.entries()) {
        if (io.isTerminal) io.err(`${repo}: run ${at + 1} of ${runs.length}`);
        await scanRun(deps, repo, run.id);
      }
      await assess(deps, repo, [...seen]);
      await report(deps, io, repo);
    }
  } finally {
    await database.close();
  }
  return 0;
}

/** A queue that only notes which fingerprints were to be judged. */
function listening(seen: Set<Fingerprint>): Queue {
  const nothing = async () => {};
  return {
    send: async (_, name, payload) => {
      if (name === "flakes.assess" && "fingerprints" in payload) {
        for (const fingerprint of payload.fingerprints) seen.add(fingerprint);
      }
    },
    sendTask: nothing,
    work: nothing,
    workTasks: nothing,
    pending: async () => 0,
    stop: nothing,
  };
}

type Deps = Parameters<typeof assess>[0];

async function report(deps: Deps, io: Io, repo: RepoName): Promise<void> {
  const { defaultBranch } = await deps.forge.repository(repo);
  for (const finding of await listFindings(deps.db, { repo, limit: 1000 })) {
    const evidence = await gatherEvidence(deps.db, finding.id, defaultBranch);
    const facts = await issueFacts(deps, deps.db, finding.id);
    const files = passesBar(deps, finding, evidence);
    const title = facts === null ? finding.test : issueTitle(facts.finding);
    const sure = `${finding.class} ${percent(finding.confidence)}`;
    io.out(`${files ? "would file" : "would not file"}\t${sure}\t${title}`);
    for (const reason of finding.reasons) io.out(`\t${reason.rule}\t${reason.text}`);
  }
}
