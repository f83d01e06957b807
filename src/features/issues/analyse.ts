import { z } from "zod";
import { FindingId, RepoName } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { disarm, markdownBlock } from "../../kernel/text/escape.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { findingById } from "../findings/store.ts";
import { sightingsOf } from "../flakes/store.ts";
import { askModel } from "../model-budget.ts";
import { CommentPayload, commentSender, enqueueComment } from "./comments.ts";
import { issueOf, updateIssueRow } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge" | "model" | "prompts" | "log">;

const Answer = z.object({
  cause: z.string().min(1),
  evidence_lines: z.array(z.string()).default([]),
  reproduce: z.string(),
  fix: z.string(),
  risks: z.string(),
});
type Answer = z.infer<typeof Answer>;

/** Has the model explain a finding once and puts the explanation on the issue. */
export async function analyse(deps: Deps, id: FindingId): Promise<void> {
  const finding = await findingById(deps.db, id);
  const issue = await issueOf(deps.db, id);
  if (finding === null || issue === null || issue.analysisVersion > 0) return;
  const [newest] = await sightingsOf(deps.db, id, 1);
  const source =
    finding.file === null || newest === undefined
      ? null
      : await readFile(deps, newest.repo, finding.file, newest.sha);
  const log = numbered(newest?.excerpt ?? "no excerpt is kept", newest?.line ?? 1);
  const prompt = deps.prompts("analyse", {
    test: finding.test,
    where: [finding.package, finding.file].filter((part) => part !== null).join(" ") || "unknown",
    signature: finding.signature,
    reasons: finding.reasons.map((reason) => `- ${reason.text}`).join("\n"),
    excerpt: log,
    code: source === null ? "the file could not be read" : clamp(source, 30_000),
  });
  const answer = await askModel(deps, { purpose: "analyse", prompt, schema: Answer, finding: id });
  const text = analysisText(answer, log);
  await deps.db.transaction(async (tx) => {
    await updateIssueRow(tx, id, { analysis: text, analysisVersion: issue.analysisVersion + 1 });
    await enqueueComment(tx, deps.clock, {
      kind: "issue.analysis",
      key: `analysis:F${id}:${issue.analysisVersion + 1}`,
      repo: issue.repo,
      number: issue.number,
      body: analysisComment(finding.test, text),
      finding: id,
      extra: { findingId: id },
    });
    await refreshCard(deps, tx, id);
  });
}

async function readFile(deps: Deps, repo: string, path: string, sha: string): Promise<string | null> {
  return deps.forge.file(RepoName.parse(repo), path, sha).catch((error: unknown) => {
    deps.log.warn({ path, error: String(error) }, "the test's file could not be read for the analysis");
    return null;
  });
}

const numbered = (excerpt: string, first: number): string =>
  excerpt
    .split("\n")
    .map((line, at) => `${first + at}: ${line}`)
    .join("\n");

/**
 * The lines that the model rests its claim on, as far as they stand so in the log it was given; what it made up is
 * left out.
 */
function evidenceLines(quoted: string[], log: string): string[] {
  const lines = new Set(log.split("\n").map((line) => line.trim()));
  return quoted.map((line) => line.trim()).filter((line) => lines.has(line));
}

/** The model's words, redacted and without force: its text may quote a stranger's. */
function analysisText(answer: Answer, log: string): string {
  const say = (text: string) => disarm(redact(clamp(text.trim(), 6000))).replace(/^#+ /gm, "**· ** ");
  const lines = evidenceLines(answer.evidence_lines, log).slice(0, 12);
  return [
    "### Cause",
    say(answer.cause),
    ...(lines.length === 0 ? [] : [markdownBlock(redact(lines.join("\n")), "text")]),
    "### How to reproduce",
    say(answer.reproduce),
    "### Smallest fix",
    say(answer.fix),
    "### Risks",
    say(answer.risks),
  ].join("\n\n");
}

/** The comment on the issue that holds the analysis. */
export const analysisComment = (test: string, text: string): string =>
  [
    `## Why \`${disarm(test.replaceAll("`", "'"))}\` is flaky`,
    text,
    "---",
    "A committer starts the fix with `/flaky approve`; questions are welcome here or in the Slack thread.",
  ].join("\n\n");

const AnalysisPayload = CommentPayload.extend({ findingId: FindingId });

export const analysisSender = (deps: Deps) =>
  commentSender(deps, AnalysisPayload, async (tx, comment, payload) => {
    await updateIssueRow(tx, payload.findingId, { analysisCommentId: comment.id });
  });
