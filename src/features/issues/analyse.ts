import { DAY } from "../../kernel/clock.ts";
import { FindingId } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { markdownBlock } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";
import { numberedLines } from "../../kernel/text/quoted-lines.ts";
import type { Context } from "../context.ts";
import { errorFigures } from "../failures/errors/store.ts";
import type { Finding } from "../findings/model.ts";
import { refreshCard } from "../findings/service.ts";
import { findingById } from "../findings/store.ts";
import { askModel, NonsenseError } from "../model-budget.ts";
import { Analysis, analysisComment, analysisText } from "./analysis.ts";
import { codeOf } from "./code.ts";
import { CommentPayload, commentSender, enqueueComment } from "./comments.ts";
import { placesText } from "./error-sections.ts";
import { locate } from "./excerpt.ts";
import { type Shown, shownOf } from "./shown.ts";
import { answersSince, type IssueRow, issueOf, updateIssueRow } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge" | "model" | "prompts" | "log">;

const PURPOSE = "analyse";
/** Nonsense twice is two answers; with what a crash in between may cost, more than this in a day is no use. */
const ANSWERS_A_DAY = 3;
/** An issue that has had no usable answer for so long goes without. */
const GIVES_UP_MS = 7 * DAY;

/**
 * Has the model explain a finding once and puts the explanation on the issue. A model that answers nonsense leaves the
 * issue without one; the sweep asks again on another day.
 */
export async function analyse(deps: Deps, id: FindingId): Promise<void> {
  const finding = await findingById(deps.db, id);
  const issue = await issueOf(deps.db, id);
  if (finding === null || issue === null || issue.analysisVersion > 0 || (await askedEnough(deps, issue)))
    return;
  const seen = await shownOf(deps, deps.db, finding);
  const prompt = await promptOf(deps, finding, seen);
  const answer = await askModel(deps, { purpose: PURPOSE, prompt, schema: Analysis, finding: id }).catch(
    (error: unknown) => {
      if (!(error instanceof NonsenseError)) throw error;
      deps.log.warn({ finding: id, error: error.message }, "no analysis: the model's answers were of no use");
      return null;
    },
  );
  if (answer === null) return;
  const text = analysisText(answer, seen);
  const version = issue.analysisVersion + 1;
  await deps.db.transaction(async (tx) => {
    await updateIssueRow(tx, id, { analysis: text, analysisVersion: version });
    await enqueueComment(tx, deps.clock, {
      kind: "issue.analysis",
      key: `analysis:F${id}:${version}`,
      repo: issue.repo,
      number: issue.number,
      body: analysisComment(finding, text),
      finding: id,
      extra: { findingId: id },
    });
    await refreshCard(deps, tx, id);
  });
}

async function askedEnough(deps: Deps, issue: IssueRow): Promise<boolean> {
  const now = deps.clock.now().getTime();
  if (issue.openedAt.getTime() < now - GIVES_UP_MS) return true;
  return (await answersSince(deps.db, PURPOSE, issue.findingId, new Date(now - DAY))) >= ANSWERS_A_DAY;
}

async function promptOf(deps: Deps, finding: Finding, seen: Shown | null): Promise<string> {
  const code = seen === null ? "" : await codeOf(deps, seen);
  const log = seen === null || seen.excerpt === null ? "" : numberedLines(locate(seen)).join("\n");
  const shared = {
    where: [finding.package, finding.file].filter((part) => part !== null).join(" ") || "unknown",
    excerpt: markdownBlock(clamp(log, 30_000) || "no excerpt is kept"),
    code: markdownBlock(code || "no file that the log names could be read"),
  };
  if (finding.kind === "runtime_error") {
    const { total, environments } = await errorFigures(deps.db, finding.id);
    const counted = `${plural(total, "time")}${placesText(environments)}`;
    return deps.prompts("analyse-error", { ...shared, error: finding.test, seen: counted });
  }
  return deps.prompts("analyse", {
    ...shared,
    test: finding.test,
    signature: finding.signature,
    reasons: finding.reasons.map((reason) => `- ${reason.text}`).join("\n"),
  });
}

const AnalysisPayload = CommentPayload.extend({ findingId: FindingId });

export const analysisSender = (deps: Deps) =>
  commentSender(deps, AnalysisPayload, async (tx, comment, payload) => {
    await updateIssueRow(tx, payload.findingId, { analysisCommentId: comment.id });
  });
