import { z } from "zod";
import { clamp } from "../../kernel/text/clamp.ts";
import { disarm, markdownBlock } from "../../kernel/text/escape.ts";
import { noOrders } from "../../kernel/text/harmless.ts";
import { type LogLines, numberedLines, placeOfLoose } from "../../kernel/text/quoted-lines.ts";
import { redact } from "../../kernel/text/redact.ts";
import { wordsOf } from "../findings/kinds.ts";
import type { Finding } from "../findings/model.ts";
import { locate } from "./excerpt.ts";
import { inertMarkdown } from "./inert.ts";

/** What the model answers, see `prompts/analyse.md`. */
export const Analysis = z.object({
  cause: z.string().trim().min(1),
  evidence_lines: z.array(z.string()).default([]),
  reproduce: z.string(),
  fix: z.string(),
  risks: z.string(),
});
export type Analysis = z.infer<typeof Analysis>;

const MOST_LINES = 12;

/**
 * The lines that the model rests its claim on, as they stand in the log, with their numbers. A quote that is in none of
 * them, which the model made up, is left out.
 */
export function evidenceLines(quoted: readonly string[], log: LogLines): string[] {
  const shown = numberedLines(log);
  const found = new Set(quoted.map((quote) => placeOfLoose(quote, log)).filter((at) => at >= 0));
  return [...found]
    .sort((a, b) => a - b)
    .slice(0, MOST_LINES)
    .map((at) => shown[at] ?? "");
}

/** The analysis as Markdown: the model's words, redacted and without force. */
export function analysisText(answer: Analysis, seen: Parameters<typeof locate>[0] | null): string {
  const excerpt = seen === null || seen.excerpt === null ? null : locate(seen);
  const lines = excerpt === null ? [] : evidenceLines(answer.evidence_lines, excerpt);
  return [
    "### Cause",
    say(answer.cause),
    lines.length > 0
      ? markdownBlock(noOrders(redact(lines.map((line) => clamp(line, 500)).join("\n"))), "text")
      : "_No line of the log is quoted that bears this out: take it as a guess._",
    "### How to reproduce",
    say(answer.reproduce),
    "### Smallest fix",
    say(answer.fix),
    "### Risks",
    say(answer.risks),
  ].join("\n\n");
}

/** Escapes make a text longer; one that consists of them is cut shorter before. */
function say(text: string): string {
  const inert = inertMarkdown(redact(clamp(text.trim(), 6000)));
  const fits = inert.length <= 12_000 ? inert : inertMarkdown(redact(clamp(text.trim(), 2000)));
  return fits === "" ? "_Nothing was said._" : fits;
}

/** The comment that carries an analysis. */
export const analysisComment = (finding: Pick<Finding, "kind" | "test">, text: string): string =>
  [
    `## Why \`${disarm(clamp(finding.test, 300).replaceAll("`", "'"))}\` ${wordsOf(finding).why}`,
    text,
    "---",
    "A committer starts the fix with `/flaky approve`; questions are welcome here or in the Slack thread.",
  ].join("\n\n");
