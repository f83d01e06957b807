import type { Button, KnownBlock } from "@slack/types";
import { type Stress, stressWords } from "../../kernel/stress.ts";
import { clamp, firstLine } from "../../kernel/text/clamp.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { percent, plural } from "../../kernel/text/figures.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import { clampMarkup } from "../../ports/chat-limits.ts";
import { wordsOf } from "../findings/kinds.ts";
import type { Finding } from "../findings/model.ts";
import type { CardView } from "../insights/card-view.ts";
import { toMrkdwn } from "./convert.ts";
import { lookOf } from "./states.ts";

/** The card of a finding, in every state of its life. Pure: what it shows is all in the view. */
export function cardMessage(view: CardView, links: { console: string }): ChatMessage {
  const { finding } = view;
  const look = { ...lookOf(finding), word: wordOf(view) };
  const blocks: KnownBlock[] = [
    { type: "section", text: { type: "mrkdwn", text: headline(view, look.emoji, look.word) } },
  ];
  const facts = fields(view).map((text) => ({ type: "mrkdwn" as const, text: clampMarkup(text, 1900) }));
  if (facts.length > 0) blocks.push({ type: "section", fields: facts });
  for (const text of [storyOf(view), causeOf(view)]) {
    if (text !== null)
      blocks.push({ type: "section", text: { type: "mrkdwn", text: clampMarkup(text, 2900) } });
  }
  const elements = buttons(view);
  if (elements.length > 0) blocks.push({ type: "actions", block_id: "finding", elements });
  blocks.push({
    type: "context",
    elements: [{ type: "mrkdwn", text: clampMarkup(footer(view, links.console), 1900) }],
  });
  return { text: `${look.word}: ${wordsOf(finding).name} ${escapeSlack(clamp(finding.test, 150))}`, blocks };
}

/** What a finding waits for, in words: in review, that is not always a reviewer. */
function wordOf({ finding, task, pull }: CardView): string {
  if (finding.state !== "pending_review" || pull === null) return lookOf(finding).word;
  if (isAtWork(task)) return "Fix being reworked";
  if (pull.openComments > 0) return "Review remarks to address";
  if (pull.conflicting) return "Conflict to resolve";
  if (pull.redByNew) return "Red checks to address";
  return pull.review === "approved" && pull.checks === "passed"
    ? "Approved, waits to be merged"
    : lookOf(finding).word;
}

function headline(view: CardView, emoji: string, word: string): string {
  const { finding } = view;
  const where = [finding.package, finding.file]
    .filter((part) => part !== null)
    .map((part) => escapeSlack(part));
  const place = where.length > 0 ? `\n${clampMarkup(where.join(" · "), 300)}` : "";
  // the name of a runtime error is its message
  const error =
    finding.kind === "runtime_error" ? "" : firstLine(finding.signature.replace(/\s+/g, " "), 200);
  const said = error === "" ? "" : `\n> ${slackCode(error)}`;
  return `:${emoji}: *${word}* — ${slackCode(clamp(finding.test, 300))}${place}${said}`;
}

function fields(view: CardView): string[] {
  const { finding } = view;
  const list = SEEN[finding.kind](view);
  if (view.issue === null) return list;
  const { issue, pull } = view;
  const none = ASKABLE.includes(finding.state) ? "none yet" : "none";
  const pullText = pull === null ? none : `<${pull.url}|#${pull.number}> · ${pullState(pull)}`;
  return [
    ...list,
    `*Issue*\n<${issue.url}|#${issue.number}>`,
    `*Pull request*\n${pullText}`,
    ...ownersField(finding),
  ];
}

/** Owners that are named; the rest is counted. */
const MOST_OWNERS = 3;
/** States in which somebody who knows the file may still be asked. */
const ASKABLE: readonly Finding["state"][] = [
  "new",
  "open",
  "approved",
  "fixing",
  "failed",
  "pending_review",
];

function ownersField({ owners, state }: Finding): string[] {
  if (owners === null || owners.length === 0 || !ASKABLE.includes(state)) return [];
  const left = owners.length - MOST_OWNERS;
  const names = owners.slice(0, MOST_OWNERS).map(escapeSlack).join(", ");
  return [`*Owners of the file*\n${names}${left > 0 ? ` and ${left} more` : ""}`];
}

const SEEN: Record<Finding["kind"], (view: CardView) => string[]> = {
  flaky_test: ({ finding, sightings, independent }) => [
    `*Verdict*\n${finding.class}, ${percent(finding.confidence)} sure`,
    `*Seen*\n${plural(sightings, "time")}, ${independent} independent`,
  ],
  runtime_error: ({ sightings, environments }) => [
    `*Logged by*\n${environments.map(escapeSlack).join(", ") || "a running service"}`,
    `*Seen*\n${plural(sightings, "time")}`,
  ],
  issue: () => [],
};

function pullState(pull: NonNullable<CardView["pull"]>): string {
  if (pull.state !== "open") return pull.state;
  const by = pull.redByNew ? " by something new" : "";
  const checks = pull.checks === "none" ? "no checks yet" : `checks ${pull.checks}${by}`;
  const review = pull.review === "none" ? "no review yet" : `review: ${pull.review.replace("_", " ")}`;
  return `${pull.conflicting ? "conflicts with its base, " : ""}${checks}, ${review}`;
}

/** Why there is no fix: a fault of the attempt, or its pull request was closed, whatever became of a round on it. */
function whyFailed({ task, pull }: CardView): string {
  if (task !== null && task.error !== null && task.kind !== "address") return task.error;
  if (pull?.state === "closed") return `#${pull.number} was closed without merging.`;
  return task?.error ?? "The attempt ended without a fix.";
}

/** What the state has to tell: why it is taken for flaky, how far the fix is, or what was proven. */
function storyOf(view: CardView): string | null {
  const { finding, task, proof } = view;
  switch (finding.state) {
    case "new":
    case "open":
      return finding.reasons.map((reason) => `• ${escapeSlack(reason.text)}`).join("\n") || null;
    case "approved":
      return `Approved by *${escapeSlack(view.approvedBy ?? "a committer")}*. A worker takes it up next.`;
    case "fixing":
      return task === null ? null : progress(task);
    case "failed":
      return `:warning: ${escapeSlack(firstLine(whyFailed(view), 500))}`;
    case "pending_review":
      return task !== null && isAtWork(task) ? progress(task) : proof && proven(proof);
    case "merged":
    case "deployed":
      return [proof && proven(proof), heldStory(finding)].filter((part) => part !== null).join("\n") || null;
    case "dismissed":
      return view.dismissed === null
        ? null
        : `Dismissed by *${escapeSlack(view.dismissed.by)}*: ${escapeSlack(firstLine(view.dismissed.why, 500))}`;
  }
}

/** The cause that the analysis names: with the evidence it is what a committer decides on. */
function causeOf({ finding, issue }: CardView): string | null {
  const cause = issue?.analysis?.match(CAUSE)?.[1];
  return finding.state === "open" && cause !== undefined
    ? `*Cause:* ${toMrkdwn(firstLine(cause, 500))}`
    : null;
}

/** First paragraph under the analysis's heading of that name. */
const CAUSE = /^### Cause\n+(.+)$/m;

function progress(task: NonNullable<CardView["task"]>): string {
  const bar =
    task.done === null || task.total === null || task.total === 0
      ? ""
      : `\n${"▰".repeat(Math.round((10 * task.done) / task.total)).padEnd(10, "▱")} ${task.done}/${task.total}`;
  const what = escapeSlack(firstLine(task.detail ?? task.state, 300));
  const doing = PHASES[task.phase ?? ""] ?? task.phase ?? "Queued";
  return `*${escapeSlack(doing)}* — ${what}${bar}`;
}

/** Whether a round on the review has not come to its end yet. */
const isAtWork = (task: CardView["task"]): boolean =>
  task !== null && task.kind === "address" && !["done", "failed", "cancelled"].includes(task.state);

/** The phases in words. */
const PHASES: Record<string, string> = {
  PREPARE: "Preparing",
  ANALYZE: "Reproducing the failure",
  GENERATE: "Writing the fix",
  VALIDATE: "Proving the fix",
  COMMIT: "Handing over",
  AGGREGATE: "Handing over",
  PR: "Handing over",
  EXIT: "Handing over",
};

const proven = (proof: NonNullable<CardView["proof"]>): string =>
  `*Proof:* failed ${proof.before.failures} of ${proof.before.runs} runs before${under(proof.before)}, ` +
  `${proof.after.failures} of ${proof.after.runs} after${under(proof.after)}` +
  (proof.after.failures === 0
    ? ` (failure rate below ${percent(3 / Math.max(1, proof.after.runs))}, 95 % sure).`
    : ".");

const under = ({ stress }: { stress?: Stress | undefined }): string =>
  stress === undefined ? "" : ` ${stressWords(stress)}`;

const heldStory = (finding: Finding): string | null =>
  finding.heldAt === null
    ? wordsOf(finding).watching
    : `*Held:* ${wordsOf(finding).held}. The issue is closed with the figures.`;

function buttons(view: CardView): Button[] {
  const { finding } = view;
  const button = (action: string, text: string, style?: "primary" | "danger"): Button => ({
    type: "button",
    action_id: `finding.${action}`,
    text: { type: "plain_text", text },
    value: `F${finding.id}`,
    ...(style === undefined ? {} : { style }),
  });
  const explain = button("explain", "Explain");
  const stop = button("cancel", "Stop", "danger");
  switch (finding.state) {
    case "open":
      return [
        button("approve", "Approve fix", "primary"),
        explain,
        button("mute", "Mute"),
        button("dismiss", wordsOf(finding).dismiss, "danger"),
      ];
    case "approved":
      return [explain, button("revoke", "Take back", "danger")];
    case "failed":
      return [
        button("fix", "Try again", "primary"),
        explain,
        button("dismiss", wordsOf(finding).dismiss, "danger"),
      ];
    case "pending_review": {
      const open = view.pull?.openComments ?? 0;
      return [
        ...(open > 0 ? [button("address", `Address comments (${open})`, "primary")] : []),
        ...(open === 0 && view.pull?.conflicting ? [button("address", "Resolve conflict", "primary")] : []),
        ...(open === 0 && !view.pull?.conflicting && view.pull?.redByNew
          ? [button("address", "Address red checks", "primary")]
          : []),
        explain,
        ...(isAtWork(view.task) ? [stop] : []),
      ];
    }
    case "fixing":
      return [explain, stop];
    default:
      return [];
  }
}

function footer(view: CardView, console: string): string {
  const { finding } = view;
  const parts = [`F${finding.id}`, escapeSlack(finding.repo), `<${console}/findings/F${finding.id}|console>`];
  if (finding.mutedUntil !== null && ASKABLE.includes(finding.state))
    parts.push(`muted until ${finding.mutedUntil.toISOString().slice(0, 10)}`);
  return parts.join(" · ");
}
