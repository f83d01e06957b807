import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byLoad } from "../../../src/features/fixes/nodes/choose.ts";
import { inputOf, Order } from "../../../src/features/fixes/nodes/order.ts";
import { nodeServer } from "../../../src/inbound/node/server.ts";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createGit } from "../../../src/outbound/git/index.ts";
import { createNodes } from "../../../src/outbound/nodes/index.ts";
import type { NodeOrder } from "../../../src/ports/nodes.ts";
import { until } from "../../harness/until.ts";
import { stoppedClock } from "../outbound/support.ts";

const SECRET = "shared-with-the-nodes";
const dir = mkdtempSync(join(tmpdir(), "flaky-node-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const fix = {
  taskId: "f1-fix-1",
  kind: "fix",
  repo: "acme/shop",
  source: { cloneUrl: "https://github.test/acme/shop.git" },
  base: "main",
  branch: "flaky/1",
  test: { name: "TestCart", framework: "go-test" },
  objective: null,
  evidence: "",
  analysis: null,
  context: null,
  discussion: [],
  toolchain: { test: "go test" },
  prove: { runs: 20 },
  paths: { allow: [], deny: [], product: "deny" },
  budget: { usd: 1, steps: 10, minutes: 5 },
  earlierFixes: [],
};
const order = (attempt: number, more: object = {}): NodeOrder => ({
  issue_id: "F1",
  task_id: "f1-fix-1",
  attempt,
  repository_url: "https://github.test/acme/shop.git",
  issue_number: 1,
  issue_title: "TestCart",
  issue_description: "",
  credential_token: "",
  command: "fix #1",
  push_branch: null,
  report_url: "http://127.0.0.1:1/report",
  report_token: "t".repeat(40),
  fix,
  ...more,
});

/** A node whose clones never come to an end, and what it sends. */
function idleNode(sent: { url: string; init: RequestInit }[] = [], more: object = {}) {
  const ending = new AbortController();
  const deps = {
    git: {
      ...createGit({ mirrorsDir: join(dir, "mirrors") }),
      checkout: ({ signal }: { signal?: AbortSignal }) =>
        new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
    },
    sandbox: { kind: "none" as const, run: () => Promise.reject(new Error("nothing is run")) },
    model: { ask: () => Promise.reject(new Error("nobody is asked")) },
    clock: systemClock,
    log: silentLog,
    workDir: join(dir, "work"),
    artifactsDir: join(dir, "artifacts"),
    prompts: () => "",
    capacity: 1,
    own: null,
    signal: ending.signal,
    fetch: async (url: string, init: RequestInit) => {
      sent.push({ url, init });
      return new Response();
    },
    ...more,
  };
  const app = nodeServer(deps, { secret: SECRET, version: "1" });
  return { fetch: async (url: string, init?: RequestInit) => app.fetch(new Request(url, init)), ending };
}

const nodes = (node: ReturnType<typeof idleNode>, secret = SECRET, clock: Clock = systemClock) =>
  createNodes({ secret, clock, fetch: node.fetch });

test("a node takes what fits, the same twice as one, and lists it until it is over", async () => {
  const sent: { url: string; init: RequestInit }[] = [];
  const node = idleNode(sent);
  const port = nodes(node);
  expect(await port.health("http://n")).toEqual({ version: "1", sandbox: "none", capacity: 1, tasks: [] });
  expect(await port.process("http://n", order(1))).toBe("taken");
  expect(await port.process("http://n", order(1))).toBe("taken");
  expect(await port.process("http://n", order(2))).toBe("full");
  expect((await port.health("http://n")).tasks).toMatchObject([{ task: "f1-fix-1", attempt: 1 }]);
  await port.cancel("http://n", "f1-fix-1", 2);
  expect((await port.health("http://n")).tasks).toHaveLength(1);
  await port.cancel("http://n", "f1-fix-1", 1);
  await until("it is over", async () => (await port.health("http://n")).tasks.length === 0);
  expect(sent).toEqual([]);
});

test("a report is told again until the service itself has answered, not what stands before it", async () => {
  const sent: string[] = [];
  const answers = [502, 404, 429, 408, 409, 200];
  const node = idleNode([], {
    git: { ...createGit({ mirrorsDir: dir }), checkout: () => Promise.reject(new Error("no such place")) },
    clock: stoppedClock(new Date().toISOString()),
    fetch: async (_: string, init: RequestInit) => {
      sent.push(String(init.body));
      return new Response(null, { status: answers.shift() ?? 500 });
    },
  });
  const port = nodes(node);
  await port.process("http://n", order(1));
  await until("it was told", async () => (await port.health("http://n")).tasks.length === 0);
  expect(sent).toHaveLength(5);
  expect(new Set(sent).size).toBe(1);
  expect(JSON.parse(sent[0] ?? "")).toMatchObject({ task_id: "f1-fix-1", status: "failed" });
});

test("who does not know the secret, or says it again much later, is not heard", async () => {
  const node = idleNode();
  await expect(nodes(node, "another-secret-here").health("http://n")).rejects.toThrow("another NODE_SECRET");
  const late = { ...systemClock, now: () => new Date(Date.now() - 6 * 60_000) };
  await expect(nodes(node, SECRET, late).health("http://n")).rejects.toThrow("its clock is off");
  await expect(nodes(node, "another-secret-here").process("http://n", order(1))).rejects.toThrow("401");
  expect((await node.fetch("http://n/process-issue", { method: "POST", body: "{}" })).status).toBe(401);
});

test.each([
  ["a program as an address", { repository_url: "ext::sh -c id" }],
  ["a file as an address", { repository_url: "file:///etc" }],
  ["a report to no web address", { report_url: "ftp://x/y" }],
  ["a name that leaves its folder", { task_id: "../../x" }],
  ["an option as a branch", { fix: { ...fix, base: "--upload-pack=id" } }],
  ["a fixer of the sender's", { fix: { ...fix, kind: "address" } }],
])("an order is refused: %s", async (_, more) => {
  await expect(nodes(idleNode()).process("http://n", order(1, more))).rejects.toThrow("400");
});

test("an order cannot choose what makes the change, nor a folder of the node", () => {
  const words = { ...fix, fixer: { kind: "command", command: ["id"] }, resumePatch: "x" };
  const input = inputOf(Order.parse(order(1, { fix: words })), null);
  expect([input.fixer, input.resumePatch]).toEqual([{ kind: "model" }, undefined]);
  expect(Order.safeParse(order(1, { fix: { ...fix, source: { localDir: "/" } } })).success).toBe(false);
});

test("a node's own token goes to its own site alone", () => {
  const own = { token: "mine", origin: "https://github.test" };
  const address = (more: object) => inputOf(Order.parse(order(1, more)), own).source;
  expect(address({})).toEqual({ cloneUrl: "https://x-access-token:mine@github.test/acme/shop.git" });
  expect(address({ credential_token: "lent" })).toEqual({
    cloneUrl: "https://x-access-token:lent@github.test/acme/shop.git",
  });
  expect(address({ repository_url: "https://evil.test/acme/shop.git" })).toEqual({
    cloneUrl: "https://evil.test/acme/shop.git",
  });
});

test("a redirect is not followed, and what is no answer of a node is a fault that may pass", async () => {
  const asked: RequestInit[] = [];
  const answers = [
    new Response("<html>"),
    new Response("", { status: 500 }),
    new Response("", { status: 404 }),
    new Response("x".repeat(2 * 1024 * 1024)),
  ];
  const port = createNodes({
    secret: SECRET,
    clock: systemClock,
    fetch: async (_, init) => {
      asked.push(init);
      return answers.shift() ?? new Response();
    },
  });
  await expect(port.health("http://n")).rejects.toMatchObject({ name: "TransientError" });
  await expect(port.process("http://n", order(1))).rejects.toMatchObject({ name: "TransientError" });
  await expect(port.process("http://n", order(1))).rejects.toMatchObject({ name: "RefusedError" });
  await expect(port.health("http://n")).rejects.toThrow("larger than 1048576 bytes");
  expect(asked.map(({ redirect }) => redirect)).toEqual(Array(4).fill("error"));
});

test("the least loaded node comes first, a full one not at all", () => {
  const one = (url: string, capacity: number, given: number, listed: number, own = 9) => ({
    node: { url, labels: [], capacity, push: false },
    health: {
      version: "1",
      sandbox: "none",
      capacity: own,
      tasks: Array.from({ length: listed }, () => ({ task: "t", attempt: 1, phase: null, detail: null })),
    },
    given,
  });
  const all = [one("half", 2, 1, 1), one("idle", 1, 0, 0), one("full", 2, 0, 2), one("small", 4, 1, 0, 1)];
  expect(byLoad(all)).toEqual(["idle", "half"]);
  expect(byLoad([one("a", 4, 1, 2), one("b", 4, 1, 0)])).toEqual(["b", "a"]);
});
