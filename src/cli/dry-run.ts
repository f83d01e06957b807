import { eq } from "drizzle-orm";
import { type Db, openDatabase } from "../../db/client.ts";
import { outbox } from "../../db/schema.ts";
import { type Config, repoConfig } from "../config/index.ts";
import { listRuns } from "../features/failures/listing.ts";
import { scanRun } from "../features/failures/scan.ts";
import { endText } from "../features/failures/scan-text.ts";
import { scanFound } from "../features/failures/scans.ts";
import { fingerprintsOfRuns } from "../features/failures/store.ts";
import type { Finding } from "../features/findings/model.ts";
import { findingById, listFindings } from "../features/findings/store.ts";
import { assess } from "../features/flakes/assess.ts";
import { gatherEvidence } from "../features/flakes/gather.ts";
import { judge } from "../features/flakes/judge.ts";
import { inDoubt } from "../features/flakes/opinion.ts";
import { issueDraft } from "../features/issues/draft.ts";
import { fileWaiting } from "../features/issues/file.ts";
import { waitingFindings } from "../features/issues/waiting.ts";
import { issueTeller } from "../features/threads/digest.ts";
import { FindingId, type RepoName } from "../kernel/ids.ts";
import { createLog } from "../kernel/log.ts";
import { percent } from "../kernel/text/figures.ts";
import { visible } from "../kernel/text/visible.ts";
import { connectOutside } from "../outside.ts";
import type { Queue } from "../platform/queue.ts";
import type { ChatMessage } from "../ports/chat.ts";
import type { Io } from "./io.ts";

/** Reads and judges as a scan does, in a database in memory, and prints what would be filed and posted, word for word, and why; writes nothing. */
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

type Deps = Parameters<typeof fileWaiting>[0] & Parameters<typeof issueTeller.render>[0];

/** What is filed, in the order in which it is; what has to wait for the caps; and what is below the bar. */
async function report(deps: Deps, io: Io, repos: readonly RepoName[]): Promise<void> {
  // the writes are decided on as ever, and stay in the database in memory
  await fileWaiting(deps, Number.POSITIVE_INFINITY);
  const filed = await decided(deps.db);
  const waiting = (await waitingFindings(deps)).map(({ finding }) => finding);
  for (const finding of filed) await tell(deps, io, "would file", finding);
  for (const finding of waiting) await tell(deps, io, "would wait", finding);
  const above = new Set([...filed, ...waiting].map(({ id }) => id));
  for (const repo of repos) {
    for (const finding of await listFindings(deps.db, { repo, limit: 1000 }))
      if (!above.has(finding.id)) await tell(deps, io, "would not file", finding);
  }
  for (const channel of new Set(deps.config.file.repos.map((repo) => repo.channel))) {
    const digest = await issueTeller.render(deps, channel);
    if (digest === null) continue;
    io.out(`would post\t${channel}\t${visible(digest.text)}`);
    for (const line of linesOf(digest)) io.out(`\ttext\t${visible(line)}`);
  }
}

/** Findings whose issues were decided on, in that order. */
async function decided(db: Db): Promise<Finding[]> {
  const rows = await db
    .select({ finding: outbox.findingId })
    .from(outbox)
    .where(eq(outbox.kind, "issue.create"))
    .orderBy(outbox.id);
  const found = await Promise.all(rows.map((row) => findingById(db, FindingId.parse(row.finding))));
  return found.filter((finding) => finding !== null);
}

const linesOf = ({ blocks = [] }: ChatMessage): string[] =>
  blocks.flatMap((block) =>
    block.type === "section" && block.text !== undefined ? block.text.text.split("\n") : [],
  );

async function tell(deps: Deps, io: Io, what: string, finding: Finding): Promise<void> {
  const { defaultBranch } = await deps.forge.repository(finding.repo);
  const draft = await issueDraft(deps, deps.db, finding.id);
  const out = (...cells: string[]) => io.out(cells.map(visible).join("\t"));
  out(what, `${finding.class} ${percent(finding.confidence)}`, draft?.title ?? finding.test);
  for (const reason of finding.reasons) out("", reason.rule, reason.text);
  if (what === "would wait")
    out("", "caps", "limits.issues_per_scan and issues_per_day leave no room for it now");
  // it costs money and may change the verdict: a dry run only says so
  if (inDoubt(judge(await gatherEvidence(deps.db, finding.id, defaultBranch))))
    out("", "model", "would ask the model: the rules alone leave it open");
  if (what !== "would file" || draft === null) return;
  out("", "labels", draft.labels.join(", "));
  for (const line of draft.body.split("\n")) out("", "body", line);
}
