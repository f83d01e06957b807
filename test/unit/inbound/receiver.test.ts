import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { App } from "@slack/bolt";
import { type Database, openDatabase } from "../../../db/client.ts";
import { inbox } from "../../../db/schema.ts";
import { COMMANDS } from "../../../src/commands/registry.ts";
import { asksOnly } from "../../../src/inbound/slack/command.ts";
import { InboxReceiver } from "../../../src/inbound/slack/receiver.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { Queue } from "../../../src/platform/queue.ts";
import { freshDatabase } from "../../harness/database.ts";

let database: Database;
let receiver: InboxReceiver;
let runs: string[] = [];

beforeAll(async () => {
  database = await openDatabase({ url: null, dataDir: "memory://", ...(await freshDatabase("pglite")) });
  // commands are worked on at once: nothing is enqueued
  const queue = {} as Queue;
  receiver = new InboxReceiver({ db: database.db, clock: systemClock, queue, log: silentLog, asksOnly });
  const authorize = async () => ({ botToken: "none", botId: "B1", botUserId: "U1", teamId: "T1" });
  const app = new App({ receiver, authorize });
  app.error(async (error) => {
    throw error;
  });
  app.command("/flaky", async ({ command, ack }) => {
    runs.push(command.text);
    if (command.text === "show F9") throw new Error("a fault");
    await ack(`done: ${command.text}`);
  });
});
beforeEach(async () => {
  runs = [];
  await database.db.delete(inbox);
});
afterAll(() => database.close());

const ask = (text: string, trigger: string) =>
  receiver.intake({
    command: "/flaky",
    text,
    trigger_id: trigger,
    team_id: "T1",
    user_id: "U2",
    channel_id: "C1",
  });
const refused = { text: expect.stringContaining("nothing is done a second time") };
const kept = () => database.db.select().from(inbox).orderBy(inbox.id);

test("a command that only tells is kept as done before it is answered, and a repeat is refused", async () => {
  expect((await ask("list", "1")).body).toBe("done: list");
  expect((await kept()).map(({ doneAt, error }) => [doneAt !== null, error])).toEqual([[true, null]]);
  expect((await ask("list", "1")).body).toMatchObject(refused);
  expect(await kept()).toHaveLength(1);
});

test("one that changes something is not begun for a repeat, and is done when its work is", async () => {
  expect((await ask("approve F1", "2")).body).toBe("done: approve F1");
  expect((await ask("approve F1", "2")).body).toMatchObject(refused);
  expect(runs).toEqual(["approve F1"]);
  await database.db.transaction(async () => {});
  expect((await kept()).map(({ doneAt }) => doneAt !== null)).toEqual([true]);
});

test("what cannot be kept is not answered, whatever it asks", async () => {
  // no text column takes it
  const trigger = "3\u0000";
  expect(await ask("list", trigger).then(String, () => "refused")).toBe("refused");
  expect(await ask("approve F1", trigger).then(String, () => "refused")).toBe("refused");
  expect(runs).toEqual(["list"]);
  expect(await kept()).toEqual([]);
});

test("a fault is said, and stays on the row", async () => {
  expect((await ask("show F9", "4")).body).toMatchObject({
    text: expect.stringContaining("the fault is mine"),
  });
  await database.db.transaction(async () => {});
  const [row] = await kept();
  expect(row?.error).toContain("a fault");
  expect(row?.doneAt).not.toBeNull();
});

test("the commands that only tell", () => {
  const telling = COMMANDS.filter(({ name }) => asksOnly({ command: "/flaky", text: `${name} F1` }));
  expect(telling.map(({ name }) => name)).toEqual([
    ...["help", "list", "show", "explain", "prs", "stats", "tasks", "workers", "whoami"],
  ]);
  expect(asksOnly({ command: "/flaky", text: "" })).toBe(true);
  expect(asksOnly({ type: "block_actions", trigger_id: "5" })).toBe(false);
});
