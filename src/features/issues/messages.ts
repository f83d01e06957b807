import { clamp, clampLines, firstLine } from "../../kernel/text/clamp.ts";
import {
  disarm,
  escapeMarkdown,
  markdownBlock,
  markdownCell,
  markdownCode,
} from "../../kernel/text/escape.ts";
import { percent, plural } from "../../kernel/text/figures.ts";
import type { Sighting } from "../failures/store.ts";
import type { Finding } from "../findings/model.ts";
import type { BlockName } from "./blocks.ts";

/** All that the issue's text is made from. */
export interface IssueFacts {
  finding: Finding;
  fingerprints: string[];
  /** Newest first. */
  sightings: Sighting[];
  independent: number;
  reproduce: string | null;
  console: string;
  pullUrl: string | null;
}

const ROWS = 30;
const EXCERPTS = 3;
/** GitHub takes 65,536 characters; excerpts get what the rest leaves. */
const EXCERPT_CHARS = 12_000;

/** `[flaky] <test> — <short signature>`, on one line. */
export function issueTitle(finding: Finding): string {
  const signature = firstLine(finding.signature.replace(/\s+/g, " "), 80);
  const title = `[flaky] ${clamp(finding.test.replace(/\s+/g, " "), 150)} — ${signature || "no message"}`;
  return disarm(title);
}

/** The bot's blocks of the issue. Pure: equal facts give equal text, so an update that changes nothing is not sent. */
export function issueBlocks(facts: IssueFacts): Record<BlockName, string> {
  return {
    Summary: summary(facts),
    Evidence: evidence(facts),
    "Log excerpts": excerpts(facts),
    "Next actions": nextActions(facts),
    Automation: automation(facts),
  };
}

const day = (at: Date) => at.toISOString().replace("T", " ").slice(0, 16);

function summary({ finding, sightings, independent }: IssueFacts): string {
  const where = [finding.package, finding.file].filter((part) => part !== null).map(markdownCode);
  return [
    "## Summary",
    "",
    `${markdownCode(finding.test)}${where.length > 0 ? ` (${where.join(", ")})` : ""} fails now and then without a change to blame.`,
    "",
    `- **Verdict:** ${finding.class}, confidence ${percent(finding.confidence)}`,
    `- **Seen:** ${plural(sightings.length, "time")}, ${independent} of them independent; first ${day(finding.firstSeen)}, last ${day(finding.lastSeen)} UTC`,
    `- **Signature:** ${markdownCode(firstLine(finding.signature, 200) || "none")}`,
    "",
    "**Why it is taken for that**",
    "",
    ...finding.reasons.map((reason) => `- ${escapeMarkdown(reason.text)} (\`${reason.rule}\`)`),
  ].join("\n");
}

function evidence({ sightings }: IssueFacts): string {
  const rows = sightings.slice(0, ROWS).map((seen) => {
    const pull = seen.pull === null ? markdownCell(seen.branch) : `PR ${seen.pull}`;
    const retried = seen.retriedOk ? "passed on retry" : "failed";
    return `| [${seen.run}](${seen.url}) | ${seen.attempt} | \`${seen.sha.slice(0, 10)}\` | ${pull} | ${markdownCell(seen.jobName)} | ${day(seen.at)} | ${retried} |`;
  });
  const more = sightings.length > ROWS ? [``, `… and ${sightings.length - ROWS} more, see the console.`] : [];
  return [
    "## Evidence",
    "",
    "| run | attempt | commit | PR or branch | job | when (UTC) | how |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    ...more,
  ].join("\n");
}

function excerpts({ sightings }: IssueFacts): string {
  const shown = sightings.filter((seen) => seen.excerpt !== null).slice(0, EXCERPTS);
  if (shown.length === 0) return "## Log excerpts\n\nNone is kept any more; the runs above have the logs.";
  const folded = shown.map((seen) => {
    const text = clampLines(clamp(seen.excerpt ?? "", EXCERPT_CHARS), 120);
    const title = `run ${seen.run}, attempt ${seen.attempt}, line ${seen.line}`;
    return `<details><summary>${title}</summary>\n\n${markdownBlock(text, "text")}\n\n</details>`;
  });
  return ["## Log excerpts", "", ...folded].join("\n");
}

function nextActions({ finding, reproduce, pullUrl }: IssueFacts): string {
  const lines = ["## Next actions", ""];
  if (reproduce !== null) lines.push(`- Reproduce: ${markdownCode(reproduce)}`);
  lines.push(...(ACTIONS[finding.state] ?? []));
  if (pullUrl !== null) lines.push(`- Pull request: ${pullUrl}`);
  return lines.join("\n");
}

const ACTIONS: Partial<Record<Finding["state"], string[]>> = {
  open: [
    "- Talk it over here or in the Slack thread: what is said on one side shows on the other.",
    "- A committer starts the fix with a comment `/flaky approve`, the label `flaky-test-cleaner/ai-fix-approved`, or the button on the Slack card.",
    "- Not a flake? Comment `/flaky dismiss` with the reason.",
  ],
  approved: ["- Approved: the fix is queued. `/flaky revoke` takes it back."],
  fixing: ["- A fixer works on it: it reproduces the failure first, and proves the fix after."],
  pending_review: ["- Review the pull request; `/flaky address` has the bot work through the comments."],
  merged: ["- Merged. The bot watches the runs that contain the fix."],
  deployed: ["- Deployed. The bot watches the runs that contain the fix."],
  failed: ["- The last attempt did not come to a fix. `/flaky fix` starts again."],
  dismissed: ["- Dismissed. `/flaky reopen` takes it up again."],
};

function automation({ finding, fingerprints, console }: IssueFacts): string {
  return [
    "## Automation",
    "",
    `- Finding: [F${finding.id}](${console}/findings/F${finding.id}), state \`${finding.state}\``,
    `- Fingerprint: ${fingerprints.map((fingerprint) => `\`${fingerprint}\``).join(", ")}`,
    ...(finding.threadUrl === null ? [] : [`- Slack thread: ${finding.threadUrl}`]),
    "- The bot keeps the text between its marks up to date; write above or below them.",
  ].join("\n");
}
