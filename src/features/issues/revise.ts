import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { issues } from "../../../db/schema.ts";
import { bot } from "../../kernel/actor.ts";
import { FindingId } from "../../kernel/ids.ts";
import { firstLine } from "../../kernel/text/clamp.ts";
import { disarm } from "../../kernel/text/escape.ts";
import { record } from "../../platform/audit.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueRefresh } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { findingById } from "../findings/store.ts";
import { analysisComment } from "./analysis.ts";
import { withMark } from "./marks.ts";
import { type IssueRow, issueOf } from "./store.ts";

/** A stated cause that is no longer held, and what is held instead; texts are harmless Markdown of one paragraph. */
export interface Revision {
  cause: string;
  fix: string;
  /** The fact that changed it. */
  because: string;
  /** Who brought the fact, and where; null for what is not public. */
  by: string;
  url: string | null;
}

/**
 * States another cause from now on: a new version of the analysis, to which earlier approvals do not reach. Its
 * comment is edited, the earlier cause stays there to be read.
 * @returns false when the analysis is not the one of `issue` any more: then nothing changed.
 */
export async function reviseAnalysis(
  deps: Pick<Context, "clock" | "queue">,
  tx: Db,
  issue: IssueRow,
  revision: Revision,
): Promise<boolean> {
  const finding = FindingId.parse(issue.findingId);
  const version = issue.analysisVersion + 1;
  const changed = await tx
    .update(issues)
    .set({
      analysis: revisedText(issue.analysis ?? "", issue.analysisVersion, revision),
      analysisVersion: version,
    })
    .where(and(eq(issues.findingId, finding), eq(issues.analysisVersion, issue.analysisVersion)))
    .returning({ id: issues.findingId });
  if (changed.length === 0) return false;
  await record(tx, {
    at: deps.clock.now(),
    actor: bot,
    action: "analysis.changed",
    finding,
    detail: { version, by: revision.by, because: revision.because },
  });
  await enqueueRefresh(tx, deps.clock, {
    destination: "github",
    lane: `${issue.repo}#${issue.number}`,
    kind: "issue.reanalysis",
    payload: { finding },
    finding,
  });
  await refreshCard(deps, tx, finding);
  // a yes that was given was for the one before
  await deps.queue.send(tx, "task.plan", { finding }, { key: String(finding) });
  return true;
}

const EARLIER = "Earlier conclusions";

/** The analysis with another cause and fix; what it said before is kept as a line, newest first. */
export function revisedText(text: string, version: number, revision: Revision): string {
  const [, ...rest] = text.split(/^### (.+)$/m);
  const sections = new Map<string, string>();
  for (let at = 0; at + 1 < rest.length; at += 2) sections.set(rest[at] ?? "", (rest[at + 1] ?? "").trim());
  const was = firstLine(sections.get("Cause") ?? "none", 600);
  const { url } = revision;
  const who = url === null ? disarm(revision.by) : `[${disarm(revision.by)}](${url})`;
  sections.set("Cause", revision.cause);
  if (revision.fix !== "") sections.set("Smallest fix", revision.fix);
  const earlier = [`- Version ${version}: ${was} Given up since ${revision.because} (said by ${who})`];
  const before = sections.get(EARLIER);
  sections.delete(EARLIER);
  sections.set(EARLIER, [...earlier, ...(before === undefined ? [] : [before])].join("\n"));
  return [...sections].map(([title, body]) => `### ${title}\n\n${body}`).join("\n\n");
}

const Payload = z.object({ finding: FindingId });

/** Brings the comment with the analysis up to date. */
export const reanalysisSender = (deps: Pick<Context, "db" | "forge">) =>
  sender<z.infer<typeof Payload>, true>({
    payload: Payload,
    async send({ finding }, row) {
      const issue = await issueOf(deps.db, finding);
      const about = await findingById(deps.db, finding);
      if (about === null || issue?.analysis == null || issue.analysisCommentId === null) return null;
      const body = withMark(analysisComment(about, issue.analysis), row.key);
      await deps.forge.editComment(issue.repo, issue.analysisCommentId, body);
      return true;
    },
  });
