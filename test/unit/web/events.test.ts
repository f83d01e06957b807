import { afterAll, beforeAll, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import type { Database } from "../../../db/client.ts";
import { tasks } from "../../../db/schema.ts";
import { bot } from "../../../src/kernel/actor.ts";
import { record } from "../../../src/platform/audit.ts";
import { Changes } from "../../../src/web/events.ts";
import { seed } from "./seed.ts";
import { clock, depsOn, NOW, OPENING, openEmpty } from "./world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
  await seed(database.db);
}, OPENING);
afterAll(() => database.close());

/** Reads a stream until `wanted` was said. */
async function until(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: string): Promise<string> {
  let said = "";
  while (!said.includes(wanted)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended after ${said}`);
    said += new TextDecoder().decode(value);
  }
  return said;
}

test("what changed while nobody listened is told first, once, and numbered", async () => {
  const changes = new Changes(depsOn(database));
  const app = new Hono().get("/events", (c) => changes.stream(c));
  const connect = async (path: string, headers: Record<string, string> = {}) => {
    const reader = (await app.request(path, { headers })).body?.getReader();
    if (reader === undefined) throw new Error("no stream");
    return reader;
  };
  const made = await changes.mark();
  await record(database.db, { at: NOW, actor: bot, action: "test", finding: null, detail: {} });
  const late = await connect(`/events?since=${made}`);
  const [, id = ""] = /id: ([0-9a-f]{32})\nevent: changed/.exec(await until(late, "event: changed\n")) ?? [];
  expect(id).toBe(await changes.mark());
  expect(id).not.toBe(made);
  await late.cancel();
  // what a browser says that connects again by itself counts more than the address it began with
  const again = await connect(`/events?since=${made}`, { "last-event-id": id });
  expect(await until(again, "event: beat")).not.toContain("changed");
  await again.cancel();
});

test("a page hears of a change, of progress of a task, and of life in between; then nobody asks any more", async () => {
  const changes = new Changes(depsOn(database));
  const app = new Hono().get("/events", (c) => changes.stream(c));
  expect(changes.polling).toBe(false);
  const answer = await app.request("/events");
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  const reader = answer.body?.getReader();
  if (reader === undefined) throw new Error("no stream");

  const quiet = await until(reader, "event: beat");
  expect(quiet).not.toContain("changed");
  await record(database.db, { at: NOW, actor: bot, action: "test", finding: null, detail: {} });
  await until(reader, "event: changed");
  await database.db.update(tasks).set({ done: 85 }).where(eq(tasks.id, "fix-4-a"));
  await until(reader, "event: changed");
  expect(changes.polling).toBe(true);

  await reader.cancel();
  while (changes.polling) await clock.sleep(5);
  expect(changes.polling).toBe(false);
});
