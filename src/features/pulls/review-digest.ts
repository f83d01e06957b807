import { repoConfig } from "../../config/index.ts";
import { DAY } from "../../kernel/clock.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { slackCode } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import type { Context } from "../context.ts";
import { findingById } from "../findings/store.ts";
import type { Teller } from "../threads/digest.ts";
import { MOST_NAMED, section } from "../threads/digest-message.ts";
import { openPulls, type Pull } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "config">;

/** Before that, the card and the thread have told of a pull request well enough. */
const PATIENT_MS = DAY;

/** Our pull requests of a channel's repositories that have waited a day and more for a person, the oldest first. */
async function waitingReviews(deps: Deps, channel: string): Promise<Pull[]> {
  const before = deps.clock.now().getTime() - PATIENT_MS;
  return (await openPulls(deps.db))
    .filter(({ repo }) => repoConfig(deps.config, repo)?.channel === channel)
    .filter(({ openedAt }) => openedAt.getTime() <= before)
    .filter(({ checks, review }) => ["passing", "none"].includes(checks) && review !== "changes_requested")
    .toSorted((a, b) => a.openedAt.getTime() - b.openedAt.getTime());
}

/** One message for all of them, instead of a ping each; null when none waits. */
async function render(deps: Deps, channel: string): Promise<ChatMessage | null> {
  const all = await waitingReviews(deps, channel);
  if (all.length === 0) return null;
  const wait = `${plural(all.length, "pull request")} of mine ${all.length === 1 ? "waits" : "wait"} for a person`;
  const lines = await Promise.all(all.slice(0, MOST_NAMED).map((pull) => named(deps, pull)));
  const left = all.length - lines.length;
  const text = [
    `:mag: *${wait}*`,
    ...lines,
    ...(left > 0 ? [`… and ${plural(left, "more", "more")}`] : []),
  ].join("\n");
  return { text: wait, blocks: [section(text)] };
}

async function named(
  { db, clock }: Deps,
  { findingId, url, number, openedAt, review }: Pull,
): Promise<string> {
  const finding = await findingById(db, findingId);
  const days = Math.floor((clock.now().getTime() - openedAt.getTime()) / DAY);
  const word = review === "approved" ? "approved, to be merged" : "to be reviewed";
  const test = finding === null ? "" : ` ${slackCode(clamp(finding.test, 120))} —`;
  return `• <${url}|#${number}>${test} open for ${plural(days, "day")}, ${word}`;
}

/** What becomes of such a message when none waits any more, or a newer one took its place. */
const done: Teller["done"] = (why) => {
  const text =
    why === "over"
      ? ":white_check_mark: No pull request of mine waits for a person any more."
      : ":mag: A newer list of pull requests that wait for a person stands below.";
  return { text, blocks: [section(text)] };
};

/** One message a channel for all that wait, and none once nothing does. */
export const reviewTeller: Teller = { render, done };
