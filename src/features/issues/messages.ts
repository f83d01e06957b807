import { clamp, firstLine } from "../../kernel/text/clamp.ts";
import { disarm, escapeMarkdown, markdownBlock, markdownCell } from "../../kernel/text/escape.ts";
import { percent, plural } from "../../kernel/text/figures.ts";
import { noOrders } from "../../kernel/text/harmless.ts";
import type { Sighting } from "../failures/store.ts";
import { wordsOf } from "../findings/kinds.ts";
import type { Finding } from "../findings/model.ts";
import type { RanOn } from "../insights/ran-on.ts";
import { type BlockName, replaceBlocks } from "./blocks.ts";
import type { EarlierIssue } from "./earlier.ts";
import { type ErrorFacts, errorEvidence, errorExcerpts, errorSummary } from "./error-sections.ts";
import { markedExcerpt } from "./excerpt.ts";
import { andMore, asFits, linked, nameCode } from "./lists.ts";

/** All that the issue's text is made from. */
export interface IssueFacts {
  finding: Finding;
  fingerprints: string[];
  /** Newest first. */
  sightings: Sighting[];
  /** On which kinds of machines, the most frequent first. */
  ranOn: RanOn[];
  independent: number;
  /** Of a runtime error, which has no sightings in CI; null for others. */
  errors: ErrorFacts | null;
  /** A shell line; null where nothing useful is known. */
  reproduce: string | null;
  /** Newest first. */
  earlier: EarlierIssue[];
  /** Whether what is said on the issue and in the Slack thread shows on the other side. */
  relay: boolean;
  console: string;
  pullUrl: string | null;
}

/** Of the 65,536 characters that GitHub takes; some are left for the marks of the blocks and for the key. */
const ROOM = 64_000;

/** GitHub takes 256. */
const MOST_TITLE = 250;
const ROWS = 20;
const MACHINES = 5;
const FELLED = 20;
const EXCERPTS = 3;
const EXCERPT_CHARS = 12_000;
/** A command beyond that is nothing to paste. */
const COMMAND_CHARS = 1500;
/** Most characters of each list: together with the names they leave the excerpts a third of the room at the least. */
const LIST_CHARS = { reasons: 6000, rows: 14_000, machines: 1500, felled: 6000, earlier: 3000 };

/** On one line, and without what cannot be seen, or turns a line around. */
const shown = (text: string): string => text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();

/** `[flaky] <test> — <short signature>`, or `[error] <type: message>`, on one line. */
export function issueTitle(finding: Finding): string {
  const name = `${wordsOf(finding).tag} ${clamp(shown(finding.test), 150)}`;
  // the name of an error is its message
  if (finding.kind === "runtime_error") return clamp(disarm(name), MOST_TITLE);
  const signature = firstLine(shown(finding.signature), 80);
  return clamp(disarm(`${name} — ${signature || "no message"}`), MOST_TITLE);
}

/**
 * The bot's blocks of the issue, in at most `room` characters, whatever stands in the facts. Pure: equal facts give
 * equal text, so an update that changes nothing is not sent.
 */
export function issueBlocks(facts: IssueFacts, room = ROOM): Record<BlockName, string> {
  const blocks = {
    Summary: facts.errors === null ? summary(facts) : errorSummary(facts.finding, facts.errors),
    Evidence: facts.errors === null ? evidence(facts) : errorEvidence(facts.errors),
    "Next actions": nextActions(facts),
    Automation: automation(facts),
  };
  const used = Object.values(blocks).reduce((sum, text) => sum + text.length, 0);
  const left = room - used;
  const logs =
    facts.errors === null ? excerpts(facts, left) : errorExcerpts(facts.finding, facts.errors, left);
  return { ...blocks, "Log excerpts": logs };
}

const MOST_BODY = 65_536;
const NOTHING = { Summary: "", Evidence: "", "Log excerpts": "", "Next actions": "", Automation: "" };

/**
 * The issue's text with our blocks brought up to date; what people wrote around them stays, and ours gives way to it:
 * excerpts first. Null where even that does not fit.
 */
export function updatedBody(body: string, facts: IssueFacts): string | null {
  const theirs = replaceBlocks(body, NOTHING).length;
  const next = replaceBlocks(body, issueBlocks(facts, Math.min(ROOM, MOST_BODY - theirs)));
  return next.length <= MOST_BODY ? next : null;
}

const minute = (at: Date) => at.toISOString().replace("T", " ").slice(0, 16);

/** Failures of one job count once: a crash fells many tests, and is one failure. */
function byJob(sightings: readonly Sighting[]): Sighting[] {
  const jobs = new Map<number, Sighting>();
  for (const seen of sightings) {
    const known = jobs.get(seen.job);
    if (known === undefined || (known.cascadeOf !== null && seen.cascadeOf === null))
      jobs.set(seen.job, seen);
  }
  return [...jobs.values()];
}

function summary({ finding, sightings, independent }: IssueFacts): string {
  const where = [finding.package, finding.file]
    .filter((part) => part !== null)
    .map((part) => nameCode(part, 200));
  const what =
    finding.class === "flaky-test"
      ? "fails now and then without a change to blame."
      : "fails, and the evidence does not settle yet whether it is flaky.";
  const reasons = asFits(
    finding.reasons.map(
      (reason) =>
        `- ${escapeMarkdown(clamp(reason.text.replace(/\s+/g, " "), 500))} (${nameCode(reason.rule, 60)})`,
    ),
    12,
    LIST_CHARS.reasons,
  );
  return [
    "## Summary",
    "",
    `${nameCode(finding.test)}${where.length > 0 ? ` (${where.join(", ")})` : ""} ${what}`,
    "",
    `- **Verdict:** ${finding.class}, confidence ${percent(finding.confidence)}`,
    `- **Seen:** ${plural(byJob(sightings).length, "time")}, ${independent} of them independent; first ${minute(finding.firstSeen)}, last ${minute(finding.lastSeen)} UTC`,
    `- **Signature:** ${nameCode(firstLine(finding.signature, 200) || "none")}`,
    ...(reasons.shown.length === 0 ? [] : ["", "**Why it is taken for that**", "", ...reasons.shown]),
  ].join("\n");
}

function evidence({ finding, sightings, ranOn, earlier }: IssueFacts): string {
  const rows = asFits(byJob(sightings).map(row), ROWS, LIST_CHARS.rows);
  return [
    "## Evidence",
    "",
    "| run | attempt | commit | PR or branch | job | when (UTC) | how |",
    "|---|---|---|---|---|---|---|",
    ...rows.shown,
    ...(rows.left === 0 ? [] : ["", `… and ${plural(rows.left, "more", "more")}, see the console.`]),
    ...machines(ranOn),
    ...felled(finding, sightings),
    ...earlierList(earlier),
  ].join("\n");
}

function row(seen: Sighting): string {
  const short = (text: string) => markdownCell(clamp(text.replace(/[\p{Cc}\p{Cf}]+/gu, " "), 100));
  const pull = seen.pull === null ? short(seen.branch) : `PR ${seen.pull}`;
  const how = seen.retriedOk ? "passed on retry" : "failed";
  return `| ${linked(String(seen.run), seen.url)} | ${seen.attempt} | ${short(seen.sha.slice(0, 10))} | ${pull} | ${short(seen.jobName)} | ${minute(seen.at)} | ${how} |`;
}

/** Where it failed, as far as the jobs told: how often on each, where there are several. */
function machines(ranOn: readonly RanOn[]): string[] {
  if (ranOn.every(({ platform }) => platform === null)) return [];
  const names = ranOn.map(({ platform, jobs }) => {
    const name = platform === null ? "not known" : nameCode(platform, 150);
    return ranOn.length === 1 ? name : `${name} (${plural(jobs, "time")})`;
  });
  const list = asFits(names, MACHINES, LIST_CHARS.machines);
  return ["", `**Ran on:** ${[...list.shown, ...andMore(list.left)].join("; ")}`];
}

/** Other tests that one crash took down with this one. */
function felled(finding: Finding, sightings: readonly Sighting[]): string[] {
  const names = [...new Set(sightings.filter((seen) => seen.cascadeOf !== null).map((seen) => seen.test))];
  const others = names.filter((name) => name !== finding.test).sort();
  if (others.length === 0) return [];
  const list = asFits(
    others.map((name) => `- ${nameCode(name, 200)}`),
    FELLED,
    LIST_CHARS.felled,
  );
  const title = `${plural(others.length, "other test")} fell with it`;
  return [
    "",
    `<details><summary>${title}</summary>`,
    "",
    ...list.shown,
    ...andMore(list.left).map((more) => `- ${more}`),
    "",
    "</details>",
  ];
}

function earlierList(earlier: readonly EarlierIssue[]): string[] {
  if (earlier.length === 0) return [];
  const list = asFits(
    earlier.map(({ number, outcome }) => `- #${number}: ${outcome}`),
    10,
    LIST_CHARS.earlier,
  );
  return ["", "**Earlier issues of this test**", "", ...list.shown, ...andMore(list.left)];
}

/** The newest excerpt of each way of failing; further ones say the same. */
function excerpts({ finding, sightings }: IssueFacts, room: number): string {
  const kept = sightings.filter((seen) => seen.excerpt !== null);
  const own = kept.filter((seen) => seen.test === finding.test);
  const ways = new Map<string, Sighting>();
  for (const seen of own.length > 0 ? own : kept)
    if (!ways.has(seen.fingerprint)) ways.set(seen.fingerprint, seen);
  const shown = [...ways.values()].slice(0, EXCERPTS);
  const each = Math.min(EXCERPT_CHARS, Math.floor((room - 200) / Math.max(1, shown.length)) - 400);
  if (shown.length === 0 || each < 500)
    return "## Log excerpts\n\nNone is kept any more; the runs above have the logs.";
  const folded = shown.map((seen) => {
    const title = `run ${seen.run}, attempt ${seen.attempt}, line ${seen.line} of the log`;
    return `<details><summary>${title}</summary>\n\n${fenced(seen, each)}\n\n</details>`;
  });
  return ["## Log excerpts", "", ...folded].join("\n");
}

/** A fence is longer than what it holds: a log of nothing but back ticks would be three times as long. */
function fenced(seen: Sighting, most: number): string {
  const block = (chars: number) => markdownBlock(noOrders(markedExcerpt(seen, chars)), "text");
  const text = block(most);
  return text.length <= most + 150 ? text : block(Math.floor(most / 3));
}

function nextActions({ finding, reproduce, relay, pullUrl }: IssueFacts): string {
  const lines = ["## Next actions", ""];
  lines.push(...(actions(finding)[finding.state] ?? []));
  if (finding.state === "open" && relay)
    lines.push("- Talk it over here or in the Slack thread: what is said on one side shows on the other.");
  if (pullUrl !== null) lines.push(`- Pull request: ${pullUrl}`);
  if (reproduce !== null && reproduce.length <= COMMAND_CHARS)
    lines.push(...(lines.length > 2 ? [""] : []), "To reproduce:", "", markdownBlock(reproduce, "sh"));
  return lines.join("\n").trimEnd();
}

const actions = (finding: Finding): Partial<Record<Finding["state"], string[]>> => ({
  open: [
    "- A committer starts the fix with a comment `/flaky approve`, the label `flaky-test-cleaner/ai-fix-approved`, or the button on the Slack card.",
    `- ${wordsOf(finding).notOne} Comment \`/flaky dismiss\` with the reason.`,
  ],
  approved: ["- Approved: the fix is queued. `/flaky revoke` takes it back."],
  fixing: [`- A fixer works on it: ${wordsOf(finding).fixing}.`],
  pending_review: ["- Review the pull request; `/flaky address` has the bot work through the comments."],
  merged: [`- Merged. The bot watches ${wordsOf(finding).watched}.`],
  deployed: [`- Deployed. The bot watches ${wordsOf(finding).watched}.`],
  failed: ["- The last attempt did not come to a fix. `/flaky fix` starts again."],
  dismissed: ["- Dismissed. `/flaky reopen` takes it up again."],
});

function automation({ finding, fingerprints, console }: IssueFacts): string {
  const some = fingerprints.slice(0, 5);
  return [
    "## Automation",
    "",
    `- Finding: [F${finding.id}](${console}/findings/F${finding.id}), state \`${finding.state}\``,
    `- Fingerprint: ${[...some.map((fingerprint) => `\`${fingerprint}\``), ...andMore(fingerprints.length - some.length)].join(", ")}`,
    ...(finding.threadUrl === null ? [] : [`- ${linked("Slack thread", finding.threadUrl)}`]),
    "- The bot keeps the text between its marks up to date; write above or below them.",
  ].join("\n");
}
