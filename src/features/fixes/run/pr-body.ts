import { clamp, firstLine } from "../../../kernel/text/clamp.ts";
import { escapeMarkdown, markdownCell, markdownCode } from "../../../kernel/text/escape.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { FixSummary, TaskStatus } from "../model.ts";
import type { FixRun } from "./context.ts";

const TITLE = 100;

/** The fixer's words, made safe for a page that others read; only its code spans stay what they are. */
const said = (text: string, max = 6000): string =>
  redact(clamp(text.trim(), max))
    .split(/(`[^`\n]{1,300}`)/)
    .map((part, index) => (index % 2 === 1 ? markdownCode(part.slice(1, -1)) : escapeMarkdown(part)))
    .join("");

/** True when the fixer says that the product itself is at fault. */
export const blamesProduct = (summary: FixSummary): boolean =>
  typeof summary.product_at_fault === "boolean"
    ? summary.product_at_fault
    : /^\s*(?:yes|true)\b/i.test(summary.product_at_fault);

/** The pull request's title, one line of plain text. */
export function pullTitle(run: FixRun): string {
  const { test, objective, titlePrefix } = run.input;
  const what =
    test === null
      ? firstLine(objective ?? run.input.taskId, TITLE)
      : `make ${/\s/.test(test.name) ? `"${test.name}"` : test.name} stable`;
  return clamp(
    redact(`${titlePrefix ?? "test:"} ${what}`)
      .replace(/\s+/g, " ")
      .trim(),
    TITLE,
  );
}

/** The commit's message: the title, then what changed and why. */
export function commitMessage(run: FixRun, summary: FixSummary | null): string {
  const body = summary === null ? [] : [plain(summary.mechanism), plain(summary.change)];
  return `${[pullTitle(run), ...body].join("\n\n")}\n`;
}

/** A message is not Markdown: only secrets, control characters and what git takes for its own trailers go. */
const plain = (text: string): string =>
  redact(clamp(text.trim(), 3000))
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
    .replace(
      /^(?=(?:signed-off-by|co-authored-by|reviewed-by|closes?|fix(?:es|ed)?|resolves?)\b[: ])/gim,
      "| ",
    );

/** `pr.md`: mechanism first, then product, change, earlier fixes, proof, gates, cost and how to ask for changes. */
export function pullBody(run: FixRun, status: TaskStatus, summary: FixSummary | null): string {
  const { input, record } = run;
  const sections: [string, string][] = [
    ["Why it failed, and why it can't now", summary === null ? "Not known." : said(summary.mechanism)],
    ["Is the product at fault?", productText(summary)],
    ["What changed", summary === null ? "Nothing to publish." : said(summary.change)],
    [
      input.test === null ? "Earlier fixes of it" : "Earlier fixes of this test",
      input.earlierFixes.map((fix) => `- ${said(fix, 300)}`).join("\n"),
    ],
    [
      "Proof",
      input.test === null
        ? record.notes.map((note) => `- ${note}`).join("\n")
        : proofText(status, record.notes),
    ],
    ["Gates", gateTable(status)],
    ["Cost", costText(status)],
    [
      "How to ask for changes",
      "Comment on the lines in question. A committer then has all remarks worked through, in one commit, with a comment `/flaky address` or the button on the Slack card.",
    ],
  ];
  return `${sections
    .filter(([, text]) => text !== "")
    .map(([title, text]) => `## ${title}\n\n${text}`)
    .join("\n\n")}\n`;
}

function productText(summary: FixSummary | null): string {
  if (summary === null) return "Not known.";
  const { product_at_fault: fault } = summary;
  if (typeof fault === "string") return said(fault);
  return fault
    ? "Yes, says the fixer: look at the product before merging."
    : "No, says the fixer: see the mechanism.";
}

function proofText(status: TaskStatus, notes: readonly string[]): string {
  const { before, after, bound } = status.reproduction;
  const lines = [
    before === null
      ? "Not run before the change."
      : `Before: ${before.failures} of ${before.runs} runs failed.`,
    after === null ? "Not run after the change." : `After: ${after.failures} of ${after.runs} runs failed.`,
  ];
  if (bound !== null && after !== null) {
    lines.push(
      `With no failure in ${after.runs} runs the rate is below ${(bound * 100).toFixed(1)} % at 95 % confidence (3/n).`,
    );
  }
  if (status.sandbox === "none") lines.push("These runs were not in a sandbox.");
  return [...lines, ...notes].map((line) => `- ${line}`).join("\n");
}

function gateTable(status: TaskStatus): string {
  const rows = status.gates.map(
    (gate) => `| ${gate.name} | ${gate.ok ? "ok" : "**look**"} | ${markdownCell(clamp(gate.detail, 400))} |`,
  );
  return ["| gate | | |", "|---|---|---|", ...rows].join("\n");
}

function costText(status: TaskStatus): string {
  const seconds = Math.round(status.phases.reduce((sum, phase) => sum + phase.seconds, 0));
  return `${status.cost.tokens} tokens, about $${status.cost.usd.toFixed(2)}, ${status.steps} steps, ${seconds} s.`;
}
