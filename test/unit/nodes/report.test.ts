import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { type Database, openDatabase } from "../../../db/client.ts";
import { findings, nodeRuns, outbox, tasks } from "../../../db/schema.ts";
import type { Context } from "../../../src/features/context.ts";
import { closeNode } from "../../../src/features/fixes/nodes/close.ts";
import { lend } from "../../../src/features/fixes/nodes/credential.ts";
import { NodeReport, takeReport } from "../../../src/features/fixes/nodes/report.ts";
import { digestOf } from "../../../src/features/fixes/nodes/store.ts";
import { watchNodes } from "../../../src/features/fixes/nodes/watch.ts";
import { RepoName, TaskId } from "../../../src/kernel/ids.ts";
import { freshDatabase } from "../../harness/database.ts";
import { VALUES } from "../findings/sample.ts";
import { HandClock } from "../platform/clock.ts";
import { talkDeps } from "../threads/talk.ts";

const URL_ = "http://node.test";
const TASK = TaskId.parse("f1-fix-1");
const SECRET = `ghp_${"a".repeat(36)}`;
const PATCH = "diff --git a/x b/x";
const summary = { mechanism: `Saw ${SECRET}.`, change: "Waits.", product_at_fault: SECRET };
const good = NodeReport.parse({ task_id: TASK, status: "success", branch_name: "b", patch: PATCH, summary });

let database: Database;
const clock = new HandClock();
let sent: string[] = [];
let cancelled: string[] = [];
let health: () => Promise<{ version: string; sandbox: string; capacity: number; tasks: [] }>;
let deps: Context;
beforeAll(async () => {
  database = await openDatabase({ url: null, dataDir: "memory://", ...(await freshDatabase("pglite")) });
  await database.db.insert(findings).values({ ...VALUES, state: "fixing", stateAt: clock.now() });
  const base = talkDeps(database.db, clock, { ask: () => Promise.reject(new Error("nobody is asked")) });
  const queue = {
    send: async (_: unknown, name: string) => void sent.push(name),
    sendTask: async () => void sent.push("task"),
  };
  const nodes = {
    health: () => health(),
    cancel: async (...what: unknown[]) => void cancelled.push(what.join(" ")),
  };
  base.config.file.nodes = [{ url: URL_, labels: [], capacity: 1, push: false }];
  // nothing else of all that a stage is given is used here
  deps = { ...base, queue, nodes } as unknown as Context;
}, 60_000);
afterAll(() => database.close());

/** The task runs its first attempt on the node, with that token. */
beforeEach(async () => {
  const { db } = database;
  [sent, cancelled] = [[], []];
  health = () => Promise.reject(new Error("nobody there"));
  for (const table of [nodeRuns, tasks, outbox]) await db.delete(table);
  await db.update(findings).set({ state: "fixing" });
  const at = clock.now();
  await db.insert(tasks).values({
    ...{ id: TASK, findingId: 1, kind: "fix", state: "running", requestedBy: "bob", labels: [] },
    ...{ attempt: 1, worker: `node:${URL_}`, branch: "b", createdAt: at, heartbeatAt: at },
  });
  await db.insert(nodeRuns).values({
    ...{ taskId: TASK, attempt: 1, node: URL_, state: "running", token: digestOf("first") },
    ...{ startedAt: at, seenAt: at },
  });
});

const task = async () => (await database.db.select().from(tasks))[0];
const run = async () => (await database.db.select().from(nodeRuns).where(eq(nodeRuns.attempt, 1)))[0];

test("a report is taken once, without the secrets in its words; the same again changes nothing", async () => {
  expect(await takeReport(deps, "first", good)).toEqual({ status: "queued" });
  expect(await takeReport(deps, "first", good)).toEqual({ status: "queued" });
  expect(sent.filter((name) => name === "task")).toHaveLength(1);
  expect(await task()).toMatchObject({ state: "queued", worker: null });
  const kept = await run();
  expect(kept).toMatchObject({ state: "reported", patch: PATCH });
  expect(JSON.stringify(kept?.summary)).not.toContain(SECRET);
  const other = { ...good, patch: `${PATCH} ` };
  await expect(takeReport(deps, "first", other)).rejects.toThrow("Another report of this attempt");
});

test("two at once are one", async () => {
  const both = await Promise.allSettled([takeReport(deps, "first", good), takeReport(deps, "first", good)]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  expect(sent.filter((name) => name === "task")).toHaveLength(1);
});

test.each([
  ["of another task", { task_id: TaskId.parse("f2-fix-1") }, "belongs to another task"],
  ["of a success without a change", { patch: null }, "needs `patch`"],
  ["of a success with an empty change", { patch: "" }, "needs `patch`"],
])("one is refused: %s", async (_, more, why) => {
  await expect(takeReport(deps, "first", { ...good, ...more })).rejects.toThrow(why);
  expect(await run()).toMatchObject({ state: "running", patch: null });
});

describe("a branch instead of a patch", () => {
  const report = NodeReport.parse({ task_id: TASK, status: "success", branch_name: "feature/issue-1" });
  /** A repository whose branches have those changes, and what was asked of it. */
  const pushing = (branches: Record<string, string>, push = true) => {
    const asked: string[] = [];
    const git = {
      branchPatch: async ({ url, base, branch }: Record<string, string>) => {
        asked.push(`${url} ${base}...${branch}`);
        return branches[branch ?? ""] ?? null;
      },
      deleteBranch: async ({ url, branch }: Record<string, string>) => void asked.push(`${url} -${branch}`),
    };
    const forge = {
      repository: async () => ({ defaultBranch: "main" }),
      gitUrl: async (_: RepoName, use: string) => use,
    };
    const nodes = [{ url: URL_, labels: [], capacity: 1, push }];
    const config = { ...deps.config, file: { ...deps.config.file, nodes } };
    // nothing else of them is asked here
    return { asked, on: { ...deps, config, git, forge } as unknown as Context };
  };

  test("is read where the node may push, once; only the name it was given is taken away", async () => {
    const { asked, on } = pushing({ "feature/issue-1": PATCH });
    for (let times = 0; times < 2; times++)
      expect(await takeReport(on, "first", report)).toEqual({ status: "queued" });
    expect(await run()).toMatchObject({ state: "reported", patch: PATCH });
    expect(sent.filter((name) => name !== "card.refresh")).toEqual(["node.close", "task"]);
    await closeNode(on, TASK, 1);
    expect(asked).toEqual(["read main...feature/issue-1", `code -ai/node/${TASK}-1`]);
  });

  test("is not looked at where the node may not push, or the report is late", async () => {
    const { asked, on } = pushing({ "feature/issue-1": PATCH }, false);
    await expect(takeReport(on, "first", report)).rejects.toThrow("`push: true`");
    await closeNode(on, TASK, 1);
    const late = pushing({ "feature/issue-1": PATCH });
    await database.db.update(nodeRuns).set({ state: "ended" });
    await expect(takeReport(late.on, "first", report)).rejects.toThrow();
    expect([...asked, ...late.asked]).toEqual([]);
  });

  test.each([
    ["there is none", {}, "no branch of that name"],
    ["it changes nothing", { "feature/issue-1": "" }, "changes nothing"],
  ])("is refused: %s", async (_, branches, why) => {
    await expect(takeReport(pushing(branches).on, "first", report)).rejects.toThrow(why);
    expect(await run()).toMatchObject({ state: "running" });
  });

  test("is refused: it is the default branch", async () => {
    const { asked, on } = pushing({ main: PATCH });
    const main = { ...report, branch_name: "main" };
    await expect(takeReport(on, "first", main)).rejects.toThrow("default branch");
    expect(asked).toEqual([]);
  });
});

test("after the task was cancelled nothing is taken, and the node is told to stop", async () => {
  await database.db.update(tasks).set({ state: "cancelled" });
  await expect(takeReport(deps, "first", good)).rejects.toThrow("The task is cancelled");
  await watchNodes(deps, clock.now());
  expect(await run()).toMatchObject({ state: "ended", why: "not wanted any more", patch: null });
  expect(cancelled).toEqual([`${URL_} ${TASK} 1`]);
  await expect(takeReport(deps, "first", good)).rejects.toThrow("This attempt is over");
});

test("after a newer attempt began nothing of the older one is taken", async () => {
  await database.db.update(tasks).set({ attempt: 2 });
  await expect(takeReport(deps, "first", good)).rejects.toThrow("not taken any more");
  expect(await task()).toMatchObject({ state: "running", attempt: 2 });
});

test("a node is away after a minute in which somebody looked", async () => {
  clock.turn(10 * 60_000);
  const began = clock.now();
  await watchNodes(deps, began);
  clock.turn(50_000);
  await watchNodes(deps, began);
  expect(await run()).toMatchObject({ state: "running" });
  clock.turn(20_000);
  await watchNodes(deps, began);
  expect(await run()).toMatchObject({ state: "ended", why: "the node is away" });
  expect(await task()).toMatchObject({ state: "queued", worker: null });
  expect(sent).toContain("task.dispatch");
});

test("what is lent for a run that ended meanwhile is taken back at once", async () => {
  const taken: string[] = [];
  const forge = {
    lend: async () => "lent",
    takeBack: async (_: RepoName, token: string) => void taken.push(token),
  };
  await database.db.update(nodeRuns).set({ state: "ended" });
  const config = { env: { NODE_SECRET: "shared-with-the-nodes" } };
  // only these two are asked
  const about = { db: database.db, forge: forge as unknown as Context["forge"], config };
  const lent = await lend(about, RepoName.parse("acme/shop"), { taskId: TASK, attempt: 1 }, "read");
  expect([lent, taken]).toEqual(["", ["lent"]]);
});
