import { afterAll, beforeAll, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { type Database, openDatabase } from "../../../db/client.ts";
import { nodeRuns } from "../../../db/schema.ts";
import type { Config } from "../../../src/config/index.ts";
import { closeRun, lend, takeBack } from "../../../src/features/fixes/nodes/credential.ts";
import {
  addRun,
  broughtPatch,
  lostRuns,
  NOT_TAKEN,
  runOfToken,
} from "../../../src/features/fixes/nodes/store.ts";
import { RepoName, TaskId } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { seal, unseal } from "../../../src/kernel/seal.ts";
import { createGitHub } from "../../../src/outbound/github/index.ts";
import type { Queue } from "../../../src/platform/queue.ts";
import { freshDatabase } from "../../harness/database.ts";
import { serve, stoppedClock } from "../outbound/support.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const REPO = RepoName.parse("acme/shop");
const TASK = TaskId.parse("f1-fix-1");
const SECRET = "shared-with-the-nodes";
const config = { env: { NODE_SECRET: SECRET } };

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: null, dataDir: "memory://", ...(await freshDatabase("pglite")) });
}, 60_000);
afterAll(() => database.close());

const run = (attempt: number, more: object = {}) => ({
  taskId: TASK,
  attempt,
  node: "http://n",
  state: "running" as const,
  token: `digest ${attempt}`,
  startedAt: new Date(0),
  seenAt: new Date(0),
  ...more,
});

const unused = () => Promise.reject(new Error("not asked for here"));

/** GitHub as an App sees it: tokens are numbered in the order in which they are made. */
const appServer = () => {
  const made: unknown[] = [];
  return serve(({ method, path, body }) => {
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (path.endsWith("/installation")) return Response.json({ id: 11 });
    made.push(body);
    return Response.json(
      { token: `ghs_${made.length}`, expires_at: "2099-01-01T00:00:00Z" },
      { status: 201 },
    );
  });
};

test("what a run is lent reads one repository, lies sealed, and is taken back once", async () => {
  using server = appServer();
  const options = { apiUrl: server.url, clock: stoppedClock(), log: silentLog };
  const { forge } = createGitHub({ ...options, app: { id: "9", privateKey } });
  const { db } = database;
  await addRun(db, run(1));
  await addRun(db, run(2));
  const deps = { db, forge, config };
  const first = await lend(deps, REPO, { taskId: TASK, attempt: 1 }, "read");
  const second = await lend(deps, REPO, { taskId: TASK, attempt: 2 }, "push");
  expect(first).not.toBe(second);
  const asked = server.seen.filter(({ path }) => path.endsWith("/access_tokens")).map(({ body }) => body);
  const only = { repositories: ["shop"] };
  expect(asked).toEqual([
    { ...only, permissions: { contents: "read" } },
    { ...only, permissions: { contents: "write" } },
  ]);
  expect(JSON.stringify(await db.select().from(nodeRuns))).not.toContain("ghs_");

  const sent: unknown[] = [];
  const queue: Queue = {
    send: async (_, name, payload) => void sent.push([name, payload]),
    sendTask: unused,
    work: unused,
    workTasks: unused,
    pending: unused,
    stop: unused,
  };
  const over = { state: "ended", why: "lost", endedAt: new Date(0) } as const;
  // nothing else of the settings is asked here
  const about = { queue, config: { file: { nodes: [] } } as unknown as Config };
  const ended = { taskId: TASK, attempt: 1, node: "http://n" };
  expect(await closeRun(about, db, ended, over)).toBe(true);
  expect(await closeRun(about, db, ended, over)).toBe(false);
  expect(sent).toEqual([["node.close", { task: TASK, attempt: 1 }]]);
  for (let times = 0; times < 2; times++) await takeBack(deps, TASK, 1);
  const gone = server.seen.filter(({ method }) => method === "DELETE");
  expect(gone.map(({ path, headers }) => `${path} ${headers.get("authorization")}`)).toEqual([
    `/installation/token token ${first}`,
  ]);
});

test("a person's token is lent to nobody", async () => {
  using server = serve(() => Response.json({}, { status: 500 }));
  const options = { apiUrl: server.url, clock: stoppedClock(), log: silentLog };
  const { forge } = createGitHub({ ...options, tokens: { read: "r", issue: "i", code: "c" } });
  const lent = await lend({ db: database.db, forge, config }, REPO, { taskId: TASK, attempt: 2 }, "read");
  expect([lent, server.seen.length]).toEqual(["", 0]);
});

test("what was sealed opens under the same secret and purpose alone, whole", () => {
  const sealed = seal(SECRET, "a", "ghs_1");
  expect(sealed).not.toBe(seal(SECRET, "a", "ghs_1"));
  expect(unseal(SECRET, "a", sealed)).toBe("ghs_1");
  expect(unseal(SECRET, "b", sealed)).toBeNull();
  expect(unseal("another-secret-here", "a", sealed)).toBeNull();
  expect(
    unseal(SECRET, "a", `${sealed.slice(0, 20)}${sealed[20] === "A" ? "B" : "A"}${sealed.slice(21)}`),
  ).toBeNull();
  expect(unseal(SECRET, "a", "short")).toBeNull();
});

test("only the newest run's patch counts, and a run that was never taken up is not a lost one", async () => {
  const { db } = database;
  const task = TaskId.parse("f2-fix-1");
  const patch = "diff --git a/x b/x";
  await addRun(db, run(1, { taskId: task, state: "reported", patch, token: "one" }));
  expect(await broughtPatch(db, task)).toEqual({ kind: "patch", patch, summary: null });
  await addRun(db, run(2, { taskId: task, state: "ended", why: NOT_TAKEN, token: "two" }));
  expect(await broughtPatch(db, task)).toBeNull();
  expect(await lostRuns(db, task)).toBe(0);
  await addRun(db, run(3, { taskId: task, state: "ended", why: "the node is away", token: "three" }));
  expect(await lostRuns(db, task)).toBe(1);
  expect(await runOfToken(db, "three")).toBeNull();
});
