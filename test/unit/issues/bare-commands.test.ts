import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "../../../db/client.ts";
import { outbox } from "../../../db/schema.ts";
import {
  commandKind,
  commandSender,
  enqueueCommand,
  isCommandOfOurs,
} from "../../../src/features/issues/bare-commands.ts";
import { isOurs } from "../../../src/features/threads/relay.ts";
import { MINUTE } from "../../../src/kernel/clock.ts";
import { IssueNumber, PullNumber } from "../../../src/kernel/ids.ts";
import { pruneOutbox } from "../../../src/platform/outbox/store.ts";
import { connect, REPO } from "../outbound/github-support.ts";
import { serve } from "../outbound/support.ts";
import { clock, NOW, OPENING, openEmpty } from "../web/world.ts";

const pull = PullNumber.parse(9);
let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.delete(outbox);
});

const Written = z.object({ body: z.string() });

/** Comments of a pull request on GitHub, oldest first; `minutes` after the command was decided. */
class Github {
  readonly comments: object[] = [];
  readonly server = serve(({ path, method, body }) => {
    if (path.endsWith("/user")) return Response.json({ login: "flaky-bot" });
    if (method === "POST") return Response.json(this.says("flaky-bot", Written.parse(body).body));
    return Response.json(this.comments);
  });

  says(login: string, body: string, minutes = 0): object {
    const at = new Date(NOW.getTime() + minutes * MINUTE).toISOString();
    const id = this.comments.length + 1;
    const comment = {
      ...{ id, user: { login }, body, html_url: `https://github.test/c/${id}` },
      ...{ created_at: at, updated_at: at },
    };
    this.comments.push(comment);
    return comment;
  }
}

async function decided(key: string, command = "/retest") {
  await enqueueCommand(database.db, clock, { key, repo: REPO, pull, command });
  const [row] = await database.db.select().from(outbox).where(eq(outbox.key, key));
  if (row === undefined) throw new Error("nothing was decided");
  return row;
}

test("a command stands alone in its comment: a bot may compare the whole of it", async () => {
  const github = new Github();
  using server = github.server;
  const sender = commandSender({ db: database.db, forge: connect(server.url).forge });
  await sender.send(await decided("a", "run buildall"));
  expect(github.comments).toMatchObject([{ user: { login: "flaky-bot" }, body: "run buildall" }]);
});

test("what an interrupted try left is found by its words, and never for two", async () => {
  const github = new Github();
  using server = github.server;
  const { db } = database;
  const sender = commandSender({ db, forge: connect(server.url).forge });
  const first = await decided("first");
  github.says("flaky-bot", "/retest", -5);
  github.says("carol", "/retest");
  github.says("flaky-bot", "/retest unit");
  github.says("flaky-bot", "/retest\n\nagain");
  expect(await sender.find(first)).toBeNull();
  github.says("flaky-bot", "/retest");
  const settle = await sender.find(first);
  expect(settle).not.toBeNull();
  await settle?.(db);
  const second = await decided("second");
  expect(await sender.find(second)).toBeNull();
  github.says("flaky-bot", "/retest");
  await (await sender.find(second))?.(db);
  const kept = await db.select({ payload: outbox.payload }).from(outbox).orderBy(outbox.id);
  expect(kept.map((row) => row.payload)).toMatchObject([{ comment: 5 }, { comment: 6 }]);
});

test("our own command is not taken for a person's words, however long ago it was", async () => {
  const github = new Github();
  using server = github.server;
  const { db } = database;
  const { forge } = connect(server.url);
  const row = await decided("a");
  const comment = { repo: REPO, issue: IssueNumber.parse(9), id: 3, author: "flaky-bot", body: "/retest\n" };
  // a webhook may be here before the answer to the write
  expect(await isOurs({ db, forge }, comment)).toBe(true);
  for (const other of [{ author: "carol" }, { body: "/retest unit" }, { issue: IssueNumber.parse(8) }])
    expect(await isOurs({ db, forge }, { ...comment, ...other })).toBe(false);
  await db.update(outbox).set({ state: "sent", sentAt: NOW }).where(eq(outbox.id, row.id));
  await pruneOutbox(db, new Date(NOW.getTime() + 1), [commandKind]);
  expect(await isCommandOfOurs(db, { repo: REPO, number: 9, body: "/retest" })).toBe(true);
});
