import { stressWords } from "../../../kernel/stress.ts";
import { clamp, firstLine } from "../../../kernel/text/clamp.ts";
import { escapeMarkdown, markdownCell, markdownCode } from "../../../kernel/text/escape.ts";
import { failedText } from "../../../kernel/text/figures.ts";
import { forceless, noOrders } from "../../../kernel/text/harmless.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { FailureReport, FixSummary, TaskStatus } from "../model.ts";
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
  const title = redact(`${titlePrefix ?? "test:"} ${what}`).replace(/\s+/g, " ");
  return clamp(forceless(title.trim()), TITLE);
}

/** The commit's message: the title, then what changed and why. */
export function commitMessage(run: FixRun, summary: FixSummary | null): string {
  const body = summary === null ? [] : [plain(summary.mechanism), plain(summary.change)];
  return `${[pullTitle(run), ...body].join("\n\n")}\n`;
}

/** The message of one batch of several: what the task is for, and which files. */
export function batchMessage(run: FixRun, files: readonly string[], summary: FixSummary | null): string {
  const where = files.length === 1 ? (files[0] ?? "") : `${files.length} files`;
  const room = Math.max(20, TITLE - where.length - 3);
  const title = `${clamp(pullTitle(run), room)} (${where})`;
  return `${[title, ...(summary === null ? [] : [plain(summary.change)])].join("\n\n")}\n`;
}

/** A message is not Markdown: secrets, control characters, words with force and what git takes for its own trailers go. */
const plain = (text: string): string =>
  forceless(redact(clamp(text.trim(), 3000)))
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
    .replace(
      /^(?=(?:signed-off-by|co-authored-by|reviewed-by|closes?|fix(?:es|ed)?|resolves?)\b[: ])/gim,
      "| ",
    );

/** `pr.md`: mechanism first, then product, change, earlier fixes, proof, gates, cost and how to ask for changes. */
export function pullBody(run: FixRun, status: TaskStatus, summary: FixSummary | null): string {
  const { input, record } = run;
  const sections: [string, string][] = [
    ["Only a part of the aim", partText(status)],
    ["Failing tests", failingText(status, record.trace)],
    [
      input.test === null ? "What it rests on" : "Why it failed, and why it can't now",
      summary === null ? "Not known." : said(summary.mechanism),
    ],
    ["Is the product at fault?", productText(summary)],
    ["What changed", summary === null ? "Nothing to publish." : said(summary.change)],
    [
      input.test === null ? "Earlier fixes of it" : "Earlier fixes of this test",
      input.earlierFixes.map((fix) => `- ${said(fix, 300)}`).join("\n"),
    ],
    ["Proof", input.test === null ? "" : proofText(status)],
    ["To note", record.notes.map((note) => `- ${said(note, 1000)}`).join("\n")],
    ["Overruled", overruledText(run)],
    ["Rolled back", rolledBackText(status)],
    ["Gates", gateTable(status)],
    ["Cost", costText(status)],
    [
      "How to ask for changes",
      "Comment on the lines in question. A committer then has all remarks worked through, in one commit, with a comment `/flaky address` or the button on the Slack card.",
    ],
  ];
  const body = sections
    .filter(([, text]) => text !== "")
    .map(([title, text]) => `## ${title}\n\n${text}`)
    .join("\n\n");
  return `${noOrders(body)}\n`;
}

/** What the gates objected to, and who let it stand, and why. */
const overruledText = (run: FixRun): string =>
  run.record.overruled
    .map(({ rule, path, line, text, overruled = "" }) => {
      const place = markdownCode(line === 0 ? path : `${path}:${line}`);
      return `- ${markdownCode(rule)} at ${place}, ${said(text, 300)}. Overruled by ${said(overruled, 700)}`;
    })
    .join("\n");

function productText(summary: FixSummary | null): string {
  if (summary === null) return "Not known.";
  const { product_at_fault: fault } = summary;
  if (typeof fault === "string") return said(fault);
  return fault
    ? "Yes, says the fixer: look at the product before merging."
    : "No, says the fixer: see the mechanism.";
}

/** How much was done where not all of it was. */
function partText(status: TaskStatus): string {
  if (!status.partial || status.commits === 0) return "";
  const { progress } = status;
  const share =
    progress === undefined || progress.total === 0
      ? ""
      : ` This covers only ${Math.floor((100 * progress.done) / progress.total)} % of the aim: ${progress.done} of ${progress.total} targets.`;
  return `The task ended before it was through (${said(status.reason, 300)}).${share}`;
}

/** The end of what failing tests said, where they were kept. */
function failingText(status: TaskStatus, trace: string): string {
  if (!status.risk_labels.includes("tests-failed") || status.commits === 0 || trace === "") return "";
  return folded("End of their output", trace.slice(-4000));
}

function rolledBackText(status: TaskStatus): string {
  return (status.rolled_back ?? [])
    .map(
      ({ files, gate, why }) =>
        `- ${files.map(markdownCode).join(", ")} (${gate}): ${said(firstLine(why, 300))}`,
    )
    .join("\n");
}

/** Output of strangers' programs, inside a fence that it cannot end. */
function folded(title: string, text: string): string {
  const fence = "~".repeat(4);
  const inside = redact(text).replace(/~{3,}/g, "---").trim();
  return `<details><summary>${title}</summary>\n\n${fence}text\n${inside}\n${fence}\n\n</details>`;
}

/** `FAILURE.md` and `trace.txt` of a task that came to nothing. */
export function failureReport(run: FixRun, status: TaskStatus): FailureReport {
  const [code = "failed", ...words] = status.reason.split(": ");
  const at = status.phases.at(-1)?.name ?? "PREPARE";
  const next =
    code === "network"
      ? "Start the task again when the network is there."
      : "Look at trace.txt and status.json; mend the task or the code by hand, then start it again.";
  const report = [
    "# Task failure report",
    "",
    `- Task: ${markdownCode(status.id)}`,
    `- Phase: ${at}`,
    `- Failure: ${markdownCode(code)}`,
    `- Base: ${markdownCode(status.base_sha ?? "none")}`,
    "",
    "## Summary",
    "",
    said(words.join(": "), 2000) || "No reason was given.",
    "",
    "## Next steps",
    "",
    next,
    "",
    "## Gates",
    "",
    gateTable(status),
    "",
  ].join("\n");
  const trace = redact(run.record.trace).split("\n").slice(-200).join("\n").trimEnd();
  return { report, trace: `${trace || words.join(": ")}\n` };
}

function proofText(status: TaskStatus): string {
  const { before, after, bound } = status.reproduction;
  const lines = [
    before === null ? "Not run before the change." : `Before: ${failedText(before)}.`,
    after === null ? "Not run after the change." : `After: ${failedText(after)}.`,
  ];
  const under = after?.stress === undefined ? "" : ` ${stressWords(after.stress)}`;
  if (before?.repeat !== undefined)
    lines.push(
      `The order in which it failed comes again by ${markdownCode(before.repeat)}; the runs after the change had the same orders, seeds 1 to ${after?.runs ?? 0}.`,
    );
  if (bound !== null && after !== null) {
    lines.push(
      `With no failure in ${after.runs} runs${under} the rate${under === "" ? "" : " under that stress"} is below ${(bound * 100).toFixed(1)} % at 95 % confidence (3/n).`,
    );
  }
  if (status.sandbox === "none") lines.push("These runs were not in a sandbox.");
  return lines.map((line) => `- ${line}`).join("\n");
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
