import { afterEach } from "bun:test";
import { createHmac } from "node:crypto";
import { LogLevel, WebClient } from "@slack/web-api";
import type { Clock } from "../../../src/kernel/clock.ts";
import { type SlackOptions, startSlack } from "../../../src/playground/slack/index.ts";

export const SECRET = "signing-secret";
export const BOT_TOKEN = "xoxb-playground";
export const APP_TOKEN = "xapp-playground";
export const ALICE = "U0ALICE000";
export const BOB = "U0BOB00000";
export const CI = "C0CI000000";

/** A clock that stands still until it is turned; sleepers wake when their time has come. */
export class HandClock implements Clock {
  #now = Date.UTC(2026, 0, 5, 9);
  #sleepers: { at: number; wake: () => void }[] = [];

  now(): Date {
    return new Date(this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  get sleeping(): number {
    return this.#sleepers.length;
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter((one) => one.at <= this.#now);
    this.#sleepers = this.#sleepers.filter((one) => one.at > this.#now);
    for (const one of due) one.wake();
  }
}

export interface Received {
  headers: Headers;
  raw: string;
  /** The event body, the form fields of a command, or the payload of an interaction. */
  body: Record<string, unknown>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Registers something to stop after the test. */
export const onEnd = (close: () => Promise<void>): void => void closers.push(close);

/** An app's HTTP endpoint that refuses a wrong signature and keeps what it got; `answer` may be replaced. */
export function startReceiver() {
  const got: Received[] = [];
  const receiver = {
    got,
    answer: (_received: Received): Response | Promise<Response> => new Response(""),
    url: "",
    events: (type: string) => got.map((one) => eventOf(one)).filter((event) => event.type === type),
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const raw = await request.text();
      const stamp = request.headers.get("x-slack-request-timestamp") ?? "";
      const mac = createHmac("sha256", SECRET).update(`v0:${stamp}:${raw}`).digest("hex");
      if (request.headers.get("x-slack-signature") !== `v0=${mac}`) return new Response("", { status: 401 });
      const received = { headers: request.headers, raw, body: decode(request, raw) };
      got.push(received);
      return receiver.answer(received);
    },
  });
  receiver.url = `http://127.0.0.1:${server.port}`;
  onEnd(() => server.stop(true));
  return receiver;
}

function decode(request: Request, raw: string): Record<string, unknown> {
  if (request.headers.get("content-type") === "application/json") return JSON.parse(raw);
  const form = Object.fromEntries(new URLSearchParams(raw));
  return form.payload ? JSON.parse(form.payload) : form;
}

/** The inner event of a delivery, as plain text fields for assertions. */
export function eventOf(received: Received): Record<string, unknown> {
  return Object(received.body.event);
}

/** A playground with Alice and Bob in #ci, a receiver and the real WebClient. */
export async function startWorld(extra: Partial<SlackOptions> = {}) {
  const clock = new HandClock();
  const receiver = startReceiver();
  let seed = 1;
  const slack = await startSlack({
    clock,
    random: () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    },
    appUrl: () => receiver.url,
    signingSecret: SECRET,
    botToken: BOT_TOKEN,
    people: [
      { id: ALICE, name: "alice", realName: "Alice Ames", title: "maintainer", color: "#b5651d" },
      { id: BOB, name: "bob", realName: "Bob Brand", title: "no rights", color: "#2b7a78" },
    ],
    channels: [
      { id: CI, name: "ci" },
      { id: "C0OTHER000", name: "other", botJoined: false },
    ],
    retryDelaysMs: [0, 60_000],
    ...extra,
  });
  onEnd(() => slack.stop());
  return { clock, receiver, slack, client: makeClient(slack.apiUrl) };
}

/** The product's client, without retries and quiet. */
export function makeClient(slackApiUrl: string, token = BOT_TOKEN): WebClient {
  return new WebClient(token, {
    slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      getLevel: () => LogLevel.ERROR,
      setName() {},
    },
  });
}

/** The error name Slack gave, or what else went wrong. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "no error";
  } catch (error) {
    const data: { error?: string } = Object(Object(error).data);
    return data.error ?? String(Object(error).code ?? error);
  }
}

/** Waits for a condition by yielding to the event loop; fails after two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 2000;
  while (!condition()) {
    if (performance.now() > end) throw new Error("The condition did not come true within 2 s");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
