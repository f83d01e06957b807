import { type App, startApp } from "../app/index.ts";
import { loadConfig, repoConfig } from "../config/index.ts";
import { endText, progressText } from "../features/failures/scan-text.ts";
import { type Scan, scanById, scanFound } from "../features/failures/scans.ts";
import { scanSweep } from "../features/failures/sweep.ts";
import { listFindings } from "../features/findings/store.ts";
import { readArgs } from "../kernel/args.ts";
import { DAY, HOUR } from "../kernel/clock.ts";
import { UserError } from "../kernel/errors.ts";
import { RepoName } from "../kernel/ids.ts";
import { waitingWrites } from "../platform/outbox/store.ts";
import { readPause } from "../platform/pause.ts";
import { dryRun } from "./dry-run.ts";
import type { Io } from "./io.ts";
import { baseOptions } from "./service.ts";

export const SCAN_OPTIONS = {
  repo: { type: "string" },
  since: { type: "string", default: "7d" },
  "dry-run": { type: "boolean", default: false },
} as const;

/** `scan [--repo o/r] [--since 7d] [--dry-run]`: one scan now, with all that follows from it. */
export async function scan(argv: string[], io: Io): Promise<number> {
  const { values } = readArgs({ args: argv, options: SCAN_OPTIONS });
  const config = loadConfig(io.env, "service");
  const span = /^(\d{1,3})([hd])$/.exec(values.since);
  if (span === null) throw new UserError("--since is a number of hours or days: 12h or 7d");
  const since = new Date(io.clock.now().getTime() - Number(span[1]) * (span[2] === "h" ? HOUR : DAY));
  const repos = reposOf(
    values.repo,
    config.file.repos.map((repo) => repo.source),
  );
  for (const repo of repos) {
    if (repoConfig(config, repo) === undefined) throw new UserError(`${repo} is no repository of flaky.yaml`);
  }
  if (values["dry-run"]) return dryRun(io, config, repos, since);
  const app = await startApp({
    ...baseOptions(io, config),
    service: true,
    worker: null,
    background: "here",
  }).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message}\nBeside a running service use \`/flaky scan\` in Slack.`);
  });
  let failed = false;
  try {
    const scans: Scan[] = [];
    for (const repo of repos) {
      const settings = repoConfig(config, repo) ?? { workflows: [], branches: [] };
      io.status(`${repo}: asking for its runs`);
      const scan = await scanSweep(app.context, repo, settings, since, null);
      if (scan !== null) scans.push(scan);
      else {
        failed = true;
        io.err(`${repo}: its runs cannot be listed; the log says why`);
      }
    }
    failed = !(await finished(app.context, io, scans)) || failed;
    for (const finding of await listFindings(app.context.db, { limit: 50 })) {
      io.out(
        [`F${finding.id}`, finding.state, finding.class, finding.confidence.toFixed(2), finding.test].join(
          "\t",
        ),
      );
    }
  } finally {
    io.status("");
    await app.stop(10_000);
  }
  return failed ? 1 : 0;
}

/** Waits until all that follows from the scans is done, and says what came of each. @returns false when it was stopped before. */
async function finished(context: App["context"], io: Io, scans: readonly Scan[]): Promise<boolean> {
  while ((await busy(context)) && !io.signal.aborted) {
    const now = await Promise.all(scans.map((scan) => scanById(context.db, scan.id)));
    const open = now.find((scan) => scan !== null && scan.endedAt === null);
    io.status(open == null ? "judging what was found, and writing" : progressText(open));
    await io.clock.sleep(500, io.signal).catch(() => {});
  }
  io.status("");
  for (const { id } of scans) {
    const scan = await scanById(context.db, id);
    if (scan !== null) io.err(endText(scan, await scanFound(context.db, scan)));
  }
  return !io.signal.aborted;
}

/** Whether jobs are waiting or running, or writes are not out yet; while paused the writes wait for somebody else. */
async function busy({ db, queue, config }: App["context"]): Promise<boolean> {
  if ((await queue.pending()) > 0) return true;
  const paused = config.env.READ_ONLY || (await readPause(db)) !== null;
  return !paused && (await waitingWrites(db)) > 0;
}

function reposOf(word: string | undefined, all: RepoName[]): RepoName[] {
  if (word === undefined) return all;
  const repo = RepoName.safeParse(word);
  if (!repo.success) throw new UserError(`--repo ${word}: expected owner/name`);
  return [repo.data];
}
