import type { Db } from "../../../../db/client.ts";
import { DAY } from "../../../kernel/clock.ts";
import type { Question } from "./model.ts";
import { endedSince, lastTurnOfOthers } from "./store.ts";

export type Turn = "answer" | "stop" | "silence";

/** However many take part, a finding gets no more than so many times `bot_turns` answers in a day. */
const MOST_TIMES = 10;

/**
 * Whose turn it is. One and the same asker gets `limits.bot_turns` answers in a row about a finding, then a sentence
 * that it stops, then silence. Anew it begins once somebody else speaks, something is decided (a command, a click, a
 * state), or a day went by: so two programs cannot keep each other talking, the other one under a person's name.
 */
export async function turnOf(db: Db, now: Date, turns: number, question: Question): Promise<Turn> {
  const { findingId, author } = question;
  const yesterday = new Date(now.getTime() - DAY);
  const since = await lastTurnOfOthers(db, findingId, author, yesterday);
  const day = await endedSince(db, findingId, yesterday);
  if (day.length >= turns * MOST_TIMES && turns > 0) return "silence";
  const mine = day.filter((one) => one.author === author && one.endedAt !== null && one.endedAt > since);
  if (mine.some((one) => one.state === "stopped")) return "silence";
  return mine.length < turns ? "answer" : "stop";
}
