import { afterAll, beforeAll, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import type { Database } from "../../../db/client.ts";
import { findings, outbox, tasks } from "../../../db/schema.ts";
import type { Context } from "../../../src/features/context.ts";
import { taskById, wasPushed } from "../../../src/features/fixes/store.ts";
import { pullCreateSender } from "../../../src/features/pulls/open.ts";
import { Sha, TaskId } from "../../../src/kernel/ids.ts";
import { VALUES } from "../findings/sample.ts";
import { clock, configWith, NOW, OPENING, openEmpty } from "../web/world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

const SHA = Sha.parse("a".repeat(40));

test("a pull request that is refused for good ends its task, and the branch stays ours to go on from", async () => {
  const { db } = database;
  const [finding] = await db
    .insert(findings)
    .values({ ...VALUES, state: "fixing", stateAt: NOW })
    .returning();
  const task = TaskId.parse("f1-fix-0a1b2c3d");
  const branch = "ai/flaky/0a1b2c3d";
  await db.insert(tasks).values({
    ...{ id: task, findingId: finding?.id ?? 0, kind: "fix", state: "publishing", attempt: 1 },
    ...{ requestedBy: "alice", labels: [], branch, createdAt: NOW },
  });
  const payload = { finding: finding?.id, task, repo: VALUES.repo, head: branch, branch, sha: SHA };
  const [row] = await db
    .insert(outbox)
    .values({
      ...{ key: `pull:${task}`, kind: "pull.create", destination: "github", lane: "acme/shop#F1" },
      ...{ payload: { ...payload, issue: null, link: "ref" }, nextAt: NOW, createdAt: NOW },
    })
    .returning();
  // nothing else is asked when a write is given up
  const deps = { db, clock, config: configWith(), queue: { send: async () => {} } } as unknown as Context;
  if (row === undefined) throw new Error("nothing was written");
  const error = "POST /repos/acme/shop/pulls: 403 Resource not accessible";
  await db.transaction((tx) => pullCreateSender(deps).refused(tx, error, row));
  expect(await taskById(db, task)).toMatchObject({
    state: "failed",
    error: `the change is on the branch ${branch}, but its pull request could not be opened: ${error}`,
  });
  const [after] = await db
    .select()
    .from(findings)
    .where(eq(findings.id, finding?.id ?? 0));
  expect(after?.state).toBe("failed");
  expect(await wasPushed(db, branch, SHA)).toBe(true);
  expect(await wasPushed(db, branch, Sha.parse("b".repeat(40)))).toBe(false);
});
