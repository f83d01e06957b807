import { afterEach, expect, test } from "bun:test";
import type { Context } from "../../../src/features/context.ts";
import { startCron } from "../../../src/inbound/cron.ts";
import { until } from "../../harness/until.ts";

interface Sent {
  name: string;
  payload: unknown;
  key: string | undefined;
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A scheduler whose queue notes what it is sent; `send` may do something else. */
function scheduler(schedule: { scan: string; sweep: string }, send?: () => Promise<void>) {
  const sent: Sent[] = [];
  const warned: string[] = [];
  const deps = {
    db: null,
    config: { file: { schedule, repos: [{ source: "acme/shop" }, { source: "acme/stock" }] } },
    queue: {
      send: async (_db: unknown, name: string, payload: unknown, options?: { key?: string }) => {
        await send?.();
        sent.push({ name, payload, key: options?.key });
      },
    },
    log: { warn: (fields: { error: string }) => warned.push(fields.error) },
  };
  // the scheduler uses nothing else of the context
  const { stop } = startCron(deps as unknown as Context);
  stops.push(stop);
  return { sent, warned, stop };
}

const NEVER = "0 0 1 1 *";

test("a scan of every repository, each under its own key", async () => {
  const { sent } = scheduler({ scan: "* * * * * *", sweep: NEVER });
  await until("two scans were enqueued", () => sent.length >= 2);
  expect(sent.slice(0, 2)).toEqual([
    { name: "scan.sweep", payload: { repo: "acme/shop", since: null }, key: "acme/shop" },
    { name: "scan.sweep", payload: { repo: "acme/stock", since: null }, key: "acme/stock" },
  ]);
});

test("a sweep under one key for all processes", async () => {
  const { sent } = scheduler({ scan: NEVER, sweep: "* * * * * *" });
  await until("a sweep was enqueued", () => sent.length >= 1);
  expect(sent[0]).toEqual({ name: "sweep", payload: {}, key: "sweep" });
});

test("a fault is told, and the next slot comes all the same", async () => {
  let slots = 0;
  const { sent, warned } = scheduler({ scan: NEVER, sweep: "* * * * * *" }, async () => {
    slots += 1;
    if (slots === 1) throw new Error("the database is away");
  });
  await until("the second slot came", () => sent.length >= 1);
  expect(warned).toEqual(["the database is away"]);
});

test("nothing comes after it was stopped", async () => {
  const { sent, stop } = scheduler({ scan: "* * * * * *", sweep: NEVER });
  await until("it began", () => sent.length >= 2);
  stop();
  const before = sent.length;
  const other = scheduler({ scan: NEVER, sweep: "* * * * * *" });
  await until("another one's second slot came", () => other.sent.length >= 2);
  expect(sent).toHaveLength(before);
});
