import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Hono } from "hono";
import { z } from "zod";
import type { Database } from "../../../db/client.ts";
import { apiRoutes } from "../../../src/web/index.ts";
import { seed } from "./seed.ts";
import { depsOn, OPENING, openEmpty } from "./world.ts";

const TOKEN = "api-token-for-tests";
const AUTH = { authorization: `Bearer ${TOKEN}` };

let database: Database;
let app: Hono;
beforeAll(async () => {
  database = await openEmpty();
  await seed(database.db);
  app = apiRoutes(depsOn(database, { API_TOKEN: TOKEN }));
}, OPENING);
afterAll(() => database.close());

const read = async (path: string): Promise<unknown> => {
  const answer = await app.request(path, { headers: AUTH });
  expect(answer.status).toBe(200);
  return answer.json();
};

const PATHS = ["findings", "findings/F1", "flakes", "flakes/F1", "tasks", "workers", "stats", "pulls"];

describe("who may ask", () => {
  for (const path of PATHS) {
    test(`/${path} needs the token`, async () => {
      expect((await app.request(`/api/v1/${path}`)).status).toBe(401);
      const wrong = { authorization: `Bearer ${TOKEN}x` };
      expect((await app.request(`/api/v1/${path}`, { headers: wrong })).status).toBe(401);
      expect((await app.request(`/api/v1/${path}`, { headers: AUTH })).status).toBe(200);
    });
  }

  test("nobody where no token is set", async () => {
    const closed = apiRoutes(depsOn(database));
    expect((await closed.request("/api/v1/findings", { headers: AUTH })).status).toBe(401);
    const empty = { authorization: "Bearer " };
    expect((await closed.request("/api/v1/findings", { headers: empty })).status).toBe(401);
  });
});

describe("a finding", () => {
  const Finding = z.object({
    number: z.literal(1),
    id: z.literal("F1"),
    state: z.literal("pending_review"),
    test: z.literal("TestTransferLeader"),
    issue: z.literal(101),
    pull: z.literal(131),
    held_at: z.null(),
    repo: z.literal("acme/shop"),
    class: z.literal("flaky-test"),
    confidence: z.number().min(0.96).max(0.98),
    reasons: z.array(z.object({ rule: z.string(), text: z.string() })).length(2),
    sightings: z.literal(14),
    first_seen: z.iso.datetime(),
    last_seen: z.iso.datetime(),
    merge_commit: z.null(),
  });

  const names = ["F1", "%23131", "131", "acme%2Fshop%23101", "101?repo=acme/shop"];
  for (const name of names) {
    test(`as ${name}`, async () => {
      Finding.parse(await read(`/api/v1/findings/${name}`));
      Finding.parse(await read(`/api/v1/flakes/${name}`));
    });
  }

  test("by the name of the repository that was scanned, its issues being elsewhere", async () => {
    expect(await read("/api/v1/findings/101?repo=acme/stock")).toMatchObject({ id: "F9", issue: 101 });
  });

  test("held and merged say when and with which commit", async () => {
    const held = await read("/api/v1/findings/F9");
    expect(held).toMatchObject({ state: "deployed", held_at: "2026-03-14T11:00:00.000Z" });
    expect(held).toMatchObject({ merge_commit: "9".padStart(40, "0") });
  });

  for (const name of ["999", "F999", "nonsense", "F1?repo=acme/stock", "1?repo=..%2F.."]) {
    test(`404 for ${name}`, async () => {
      const answer = await app.request(`/api/v1/findings/${name}`, { headers: AUTH });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toHaveProperty("error");
    });
  }

  test("409 for a number that two repositories have", async () => {
    const answer = await app.request("/api/v1/findings/101", { headers: AUTH });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain("several repositories");
  });
});

describe("lists", () => {
  test("findings by state, search, limit", async () => {
    const List = z.object({ findings: z.array(z.object({ id: z.string() })), total: z.number() });
    const ids = async (query: string) =>
      List.parse(await read(`/api/v1/findings${query}`)).findings.map((one) => one.id);
    expect(await ids("")).toHaveLength(10);
    expect(await ids("?state=open")).toEqual(["F2", "F3"]);
    expect(await ids("?q=transferleader")).toEqual(["F1"]);
    expect(await ids("?q=%25")).toEqual([]);
    expect(await ids("?repo=acme/stock")).toEqual(["F9"]);
    expect(await ids("?limit=2&offset=1")).toEqual(["F2", "F3"]);
  });

  test("a long list is read in pages, each from where the one before ended", async () => {
    const Page = z.object({
      findings: z.array(z.object({ id: z.string() })),
      total: z.literal(10),
      after: z.string().nullable(),
    });
    const all = Page.parse(await read("/api/v1/findings"));
    expect(all.after).toBeNull();
    const seen: string[] = [];
    let after: string | null = "";
    for (let pages = 0; after !== null && pages < 9; pages += 1) {
      const from = after === "" ? "" : `&after=${after}`;
      const page = Page.parse(await read(`/api/v1/findings?limit=4${from}`));
      seen.push(...page.findings.map((one) => one.id));
      after = page.after;
    }
    expect(seen).toEqual(all.findings.map((one) => one.id));
  });

  test("400 for what a query cannot be", async () => {
    for (const query of ["state=gone", "limit=0", "limit=x", "offset=-1", "after=x", "after="]) {
      const answer = await app.request(`/api/v1/findings?${query}`, { headers: AUTH });
      expect(answer.status).toBe(400);
    }
    expect((await app.request("/api/v1/stats?days=0", { headers: AUTH })).status).toBe(400);
  });

  test("tasks, pull requests and workers", async () => {
    expect(await read("/api/v1/tasks")).toMatchObject({
      tasks: [
        { id: "fix-4-a", state: "running", phase: "VALIDATE", done: 84, total: 120, finding_id: "F4" },
        { id: "fix-1-a" },
        { id: "fix-5-a" },
      ],
    });
    expect(await read("/api/v1/pulls")).toMatchObject({
      pulls: [{ number: 131, state: "open", checks: "failing", review: "changes_requested" }, {}, {}],
    });
    expect(await read("/api/v1/workers")).toMatchObject({
      workers: [
        { id: "w-1", health: "healthy", running: 1, capacity: 2 },
        { id: "w-2", health: "lost", running: 0 },
      ],
    });
  });

  test("figures of seven days", async () => {
    expect(await read("/api/v1/stats")).toMatchObject({
      days: 7,
      found: 4,
      fixed: 2,
      failed: 1,
      success_rate: 2 / 3,
      held: 1,
      by_state: { open: 2, new: 2, merged: 1 },
      cost: { usd: 0.352, tokens: 58_010 },
    });
  });
});
