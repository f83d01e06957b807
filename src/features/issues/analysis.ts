import { z } from "zod";
import { clamp } from "../../kernel/text/clamp.ts";
import { disarm, markdownBlock } from "../../kernel/text/escape.ts";
import { noOrders } from "../../kernel/text/harmless.ts";
import { redact } from "../../kernel/text/redact.ts";
import { wordsOf } from "../findings/kinds.ts";
import type { Finding } from "../findings/model.ts";
import { type Located, locate } from "./excerpt.ts";
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
const SHORTEST_QUOTE = 12;

/** The excerpt with the numbers that the model quotes and its readers look up: the log's, or from 1 on. */
export const numbered = ({ lines, first }: Located): string[] =>
  lines.map((line, at) => `${(first ?? 1) + at}: ${line}`);

const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();

/**
 * The lines that the model rests its claim on, as they stand in the excerpt. A quote that is in none of them, which the
 * model made up, is left out; part of a line counts where it is long enough to mean that line.
 */
export function evidenceLines(quoted: readonly string[], excerpt: Located): string[] {
  const lines = excerpt.lines.map(squeezed);
  const shown = numbered(excerpt);
  const found = new Set<number>();
  for (const quote of quoted) {
    const whole = squeezed(quote);
    const bare = squeezed(whole.replace(/^L?\d+\s*[:|]/, ""));
    const said = Number(/^L?(\d+)/.exec(whole)?.[1]) - (excerpt.first ?? 1);
    const at = [whole, bare].map((text) => placeOf(text, lines, said)).find((index) => index >= 0);
    if (at !== undefined) found.add(at);
  }
  return [...found]
    .sort((a, b) => a - b)
    .slice(0, MOST_LINES)
    .map((at) => shown[at] ?? "");
}

/** Of equal lines the one that was quoted by its number, where that is among them. */
function placeOf(text: string, lines: readonly string[], said: number): number {
  if (text === "") return -1;
  if (lines[said] === text) return said;
  const equal = lines.indexOf(text);
  if (equal >= 0 || text.length < SHORTEST_QUOTE) return equal;
  return lines.findIndex((line) => line.includes(text));
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
