import { systemClock } from "../../../src/kernel/clock.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createSlack } from "../../../src/outbound/slack/index.ts";
import { type SlackPlayground, startSlack } from "../../../src/playground/slack/index.ts";
import type { Chat } from "../../../src/ports/chat.ts";
import { stoppedClock } from "./support.ts";

export const CI = "C0CI";
export const ALICE = "U0ALICE";
const BOT_TOKEN = "xoxb-test-token-0123456789";

export interface Workspace {
  slack: SlackPlayground;
  chat: Chat;
  /** The adapter's clock; the workspace has the machine's. */
  clock: ReturnType<typeof stoppedClock>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A workspace with one person and two channels, and the adapter in it. Its events go nowhere. */
export async function startWorkspace(): Promise<Workspace> {
  const slack = await startSlack({
    clock: systemClock,
    random: Math.random,
    appUrl: () => "http://127.0.0.1:9",
    signingSecret: "secret",
    botToken: BOT_TOKEN,
    retryDelaysMs: [],
    people: [{ id: ALICE, name: "alice", realName: "Alice A", title: "may all", color: "#112233" }],
    channels: [
      { id: CI, name: "ci" },
      { id: "C0DEV", name: "dev", botJoined: false },
    ],
  });
  const clock = stoppedClock();
  const chat = createSlack({ apiUrl: slack.apiUrl, botToken: BOT_TOKEN, clock, log: silentLog });
  return { slack, chat, clock, [Symbol.asyncDispose]: () => slack.stop() };
}
