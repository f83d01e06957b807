import { clamp } from "../../kernel/text/clamp.ts";
import { slackCode } from "../../kernel/text/escape.ts";
import { percent, plural } from "../../kernel/text/figures.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import { clampMarkup } from "../../ports/chat-limits.ts";
import type { Finding } from "../findings/model.ts";

/** A finding that waits for its issue, as the digest names it. */
export interface DigestLine {
  finding: Pick<Finding, "id" | "kind" | "test" | "class" | "confidence">;
  /** Jobs that failed with it, of how many that ran since it was first seen. */
  failed: number;
  runs: number;
}

/** What a digest is made from: all that wait, and the first of them in their order. */
export interface Digest {
  total: number;
  first: readonly DigestLine[];
  limits: { scan: number; day: number };
  console: string;
}

/** How many are named; who wants all has the list and the console. */
export const MOST_NAMED = 10;

/** One message for all findings that the caps hold back. */
export function digestMessage({ total, first, limits, console }: Digest): ChatMessage {
  const wait = `${plural(total, "more finding")} ${total === 1 ? "waits" : "wait"} for an issue`;
  const lines = first.slice(0, MOST_NAMED).map(named);
  const left = total - lines.length;
  const text = [
    `:hourglass_flowing_sand: *${wait}.* I file at most ${limits.scan} an hour and ${limits.day} a day, the surest first:`,
    ...lines,
    ...(left > 0 ? [`… and ${plural(left, "more", "more")}`] : []),
  ].join("\n");
  const all = `All of them: \`/flaky list new\`, or the <${console}/?state=new|console>.`;
  return { text: wait, blocks: [section(text), section(all)] };
}

function named({ finding, failed, runs }: DigestLine): string {
  const name = `• *F${finding.id}* ${slackCode(clamp(finding.test, 120))} —`;
  if (finding.kind === "runtime_error") return `${name} runtime error, logged ${plural(failed, "time")}`;
  const share = runs < failed ? "" : ` of ${plural(runs, "run")} (${percent(failed / Math.max(1, runs))})`;
  const rate = share === "" ? plural(failed, "failure") : `failed ${failed}${share}`;
  return `${name} ${rate}, ${finding.class} ${percent(finding.confidence)}`;
}

/** What becomes of a digest when nothing that it named waits any more, or a newer one took its place. */
export const digestDone = (why: "over" | "newer"): ChatMessage => {
  const text =
    why === "over"
      ? ":white_check_mark: Nothing waits for an issue any more."
      : ":hourglass_flowing_sand: A newer list of what waits for an issue stands below.";
  return { text, blocks: [section(text)] };
};

/** A block of text, within Slack's limit. */
export const section = (text: string) => ({
  type: "section" as const,
  text: { type: "mrkdwn" as const, text: clampMarkup(text, 2900) },
});
