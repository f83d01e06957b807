import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Database } from "../../../db/client.ts";
import { dispatch } from "../../../src/commands/dispatch.ts";
import type { Context } from "../../../src/features/context.ts";
import { Login } from "../../../src/kernel/ids.ts";
import { auditTrail } from "../../../src/platform/audit.ts";
import { readPause } from "../../../src/platform/pause.ts";
import { clock, configWith, OPENING, openEmpty } from "../web/world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

test("a secret among a command's words is kept nowhere and said to nobody", async () => {
  const { db } = database;
  const forge = { name: () => "GitHub", permission: async () => "admin" };
  // nothing else is asked for a pause
  const deps = { db, clock, config: configWith(), forge } as unknown as Context;
  const who = {
    login: Login.parse("alice"),
    forge: null,
    chatUser: null,
    name: "alice",
    via: "slack",
  } as const;
  const secret = `ghp_${"a1B2".repeat(9)}`;
  const place = { here: null, pull: null, channel: null, repos: [] };
  const typed = `pause the token ${secret} leaked`;
  const reply = await dispatch(deps, { typed, actor: { kind: "person", ...who }, ...place });
  const kept = [reply, await readPause(db), await auditTrail(db, null, 10)];
  expect(JSON.stringify(kept)).not.toContain(secret);
  expect((await readPause(db))?.reason).toContain("leaked");
});
