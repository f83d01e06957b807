import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Database } from "../../../db/client.ts";
import type { Context } from "../../../src/features/context.ts";
import { mergeOurs } from "../../../src/features/pulls/decide.ts";
import { decisionOn } from "../../../src/features/pulls/decided.ts";
import type { Pull } from "../../../src/features/pulls/store.ts";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import { Login } from "../../../src/kernel/ids.ts";
import { clock, configWith, OPENING, openEmpty } from "../web/world.ts";
import { inReview } from "./seed.ts";

let database: Database;
let pull: Pull;
beforeAll(async () => {
  database = await openEmpty();
  pull = await inReview(database.db);
}, OPENING);
afterAll(() => database.close());

const ALICE = {
  login: Login.parse("alice"),
  forge: null,
  chatUser: null,
  name: "alice",
  via: "slack",
} as const;

/** Alice has it merged, and the forge answers so. @returns whose decision it is then, and which jobs follow. */
async function merged(answer: Error) {
  const jobs: unknown[] = [];
  const queue = { send: async (_: unknown, name: unknown) => void jobs.push(name) };
  const forge = {
    name: () => "GitHub",
    permission: async () => "write",
    mergePull: () => Promise.reject(answer),
  };
  // nothing else is asked for a merge
  const deps = { db: database.db, clock, config: configWith(), forge, queue } as unknown as Context;
  const ask = { repo: pull.repo, pull: pull.number, actor: { kind: "person", ...ALICE } } as const;
  await mergeOurs(deps, ask).catch(() => {});
  return { by: (await decisionOn(database.db, pull, "pull.merge"))?.by ?? null, jobs };
}

test("a merge whose answer is lost is still the decision of who asked for it, and is looked after", async () => {
  expect(await merged(new TransientError("PUT merge: the time is over"))).toEqual({
    by: ALICE.login,
    jobs: ["pull.follow"],
  });
});

test("a merge that is refused is nobody's decision", async () => {
  expect(await merged(new RefusedError("405 not mergeable", 405))).toEqual({ by: null, jobs: [] });
});
