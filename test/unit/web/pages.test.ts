import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import type { Hono } from "hono";
import { fillConsole } from "../../../bench/console/fill.ts";
import { wholeReads } from "../../../bench/console/plans.ts";
import type { Database } from "../../../db/client.ts";
import { findingDays, findings, settings } from "../../../db/schema.ts";
import { recount } from "../../../src/features/flakes/recount.ts";
import { ranOnOf } from "../../../src/features/insights/ran-on.ts";
import { FindingId, Login } from "../../../src/kernel/ids.ts";
import { writePause } from "../../../src/platform/pause.ts";
import { consoleRoutes } from "../../../src/web/index.ts";
import { loginCookie } from "../../../src/web/people.ts";
import { seed } from "./seed.ts";
import { HOSTILE, LONG } from "./texts.ts";
import { clock, depsOn, NOW, OPENING, openEmpty } from "./world.ts";

const ALICE = { login: Login.parse("alice"), forge: "GitHub" };

let full: Database;
let bare: Database;
let app: Hono;
let empty: Hono;
beforeAll(async () => {
  [full, bare] = [await openEmpty(), await openEmpty()];
  await seed(full.db);
  app = consoleRoutes(depsOn(full));
  empty = consoleRoutes(depsOn(bare));
}, OPENING);
afterAll(async () => {
  await full.close();
  await bare.close();
});

const page = async (path: string, from = app): Promise<string> => {
  const answer = await from.request(path);
  expect(answer.status).toBe(200);
  return answer.text();
};

const PATHS = ["/", "/findings/F1", "/flakes/F1", "/stats", "/pulls", "/tasks", "/workers", "/audit"];

describe("every page", () => {
  for (const path of PATHS) {
    test(`${path} is guarded, whole and without hostile markup`, async () => {
      const answer = await app.request(path);
      expect(answer.headers.get("content-security-policy")).toBe(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      const html = await answer.text();
      expect(html).toStartWith("<!doctype html><html");
      expect(html).toContain('<main id="main"');
      expect(html).not.toContain("<script>");
      expect(html).not.toMatch(/<[^>]+\s(?:style|onerror|onclick)=/);
      expect(html).not.toContain('href="javascript:');
      expect(html.match(/<script/g)).toHaveLength(1);
    });
  }

  test("what it links to for style and script is there, for long, under a name of its content", async () => {
    const html = await page("/");
    const links = html.match(/\/assets\/console\.[0-9a-f]{12}\.(?:css|js)/g) ?? [];
    expect(links).toHaveLength(2);
    for (const link of links) {
      const asset = await app.request(link);
      expect(asset.status).toBe(200);
      expect(asset.headers.get("cache-control")).toContain("immutable");
    }
    expect((await app.request("/assets/console.000000000000.css")).status).toBe(404);
  });

  test("weighs less than 100 KB with style and script", async () => {
    const html = await page("/findings/F1");
    let bytes = html.length;
    for (const link of new Set(html.match(/\/assets\/[\w.]+/g))) {
      bytes += (await (await app.request(link)).text()).length;
    }
    expect(bytes).toBeLessThan(100_000);
  });
});

describe("findings", () => {
  test("what waits for a person comes first, then the rest by what is to be done", async () => {
    const headings = [...(await page("/")).matchAll(/<h2 id="group-(\w+)"/g)].map((match) => match[1]);
    expect(headings).toEqual(["waiting", "working", "failed", "new", "merged", "deployed", "dismissed"]);
  });

  test("filters, search and both", async () => {
    const tests = async (path: string) =>
      [...(await page(path)).matchAll(/data-row[^>]*>([^<]+)</g)].map((match) => match[1]);
    expect(await tests("/?show=waiting")).toHaveLength(3);
    expect(await tests("/?state=failed")).toEqual(["queue › drains in order"]);
    expect(await tests("/?q=pickup")).toEqual(["TestPickupWindow/late_order"]);
    expect(await tests("/?q=pickup&show=merged")).toEqual([]);
    // the counts are of what fits the other filters
    expect(await page("/?q=pickup&show=merged")).toMatch(/All <b>1<\/b>/);
    expect(await tests("/?repo=acme/stock")).toEqual(["TestStockSync"]);
    expect(await tests("/?page=99999999999&show=constructor")).toHaveLength(10);
  });

  test("what is yours stands once, on top", async () => {
    const cookie = (await loginCookie(depsOn(full), ALICE)).split(";")[0] ?? "";
    const html = await (await app.request("/", { headers: { cookie } })).text();
    const shown = [...html.matchAll(/href="\/findings\/(F\d+)" data-row/g)].map((match) => match[1]);
    expect(shown[0]).toBe("F1");
    expect(html.indexOf('id="yours"')).toBeLessThan(html.indexOf('href="/findings/F1" data-row'));
    expect(shown).toHaveLength(10);
    expect(new Set(shown).size).toBe(10);
  });

  test("a search for a number goes to the finding", async () => {
    for (const query of ["F2", "%23102"]) {
      const answer = await app.request(`/?q=${query}`);
      expect(answer.status).toBe(302);
      expect(answer.headers.get("location")).toBe("/findings/F2");
    }
  });

  test("none yet says how to begin", async () => {
    expect(await page("/", empty)).toContain("No flaky test has been found yet");
    expect(await page("/pulls", empty)).toContain("No pull request yet");
    expect(await page("/tasks", empty)).toContain("No task yet");
    expect(await page("/workers", empty)).toContain("No worker");
    expect(await page("/stats", empty)).toContain("nothing ended yet");
    expect(await page("/audit", empty)).toContain("Nothing has happened yet");
  });
});

describe("a finding", () => {
  test("shows verdict, sightings, analysis, talk, proof, patch and log", async () => {
    const html = await page("/findings/F1");
    expect(html).toContain("<b>97 %</b> sure that this is <b>flaky-test</b>");
    expect(html).toMatch(/aria-current="step">pending review/);
    expect(html).toContain("14, 3 passed on retry");
    expect(html).toMatch(/<mark>[^<]*Not equal/);
    expect(html).toContain("<strong>before</strong>");
    expect(html).toContain('<a href="https://example.com/docs" rel="noopener noreferrer">the docs</a>');
    expect(html.match(/<small class="ran-on">[^<]*/g)).toEqual([
      '<small class="ran-on">Ubuntu 24.04.3 LTS, x64, go 1.23.4',
      `<small class="ran-on">${HOSTILE.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")}`,
    ]);
    expect(html).toContain("19 of 60 runs failed (2 more in another way)");
    expect(html).toContain("0 of 120 runs failed");
    expect(html).toContain("<b>restraint</b>");
    expect(html).toMatch(/class="add">\+\ttestutil/);
    expect(html).toContain("state.pending_review");
  });

  test("was seen on machines that are counted, the unknown last", async () => {
    expect(await ranOnOf(full.db, FindingId.parse(1))).toEqual([
      { platform: HOSTILE, jobs: 1 },
      { platform: "Ubuntu 24.04.3 LTS, x64, go 1.23.4", jobs: 1 },
      { platform: null, jobs: 12 },
    ]);
  });

  test("hostile text stays text everywhere", async () => {
    const html = await page("/findings/F3");
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toContain(HOSTILE);
    expect(html).not.toContain("<img");
    expect(await page("/findings/F4")).toContain(LONG);
  });

  test("a result that is no result leaves out the report only", async () => {
    expect(await page("/findings/F5")).toContain("gate_refused");
  });

  test("by issue and pull request; unknown ones are 404, doubtful ones 409", async () => {
    expect(await page("/findings/131")).toContain("TestTransferLeader");
    for (const name of ["999", "F999", "nonsense", "%3Cscript%3E"]) {
      expect((await app.request(`/findings/${name}`)).status).toBe(404);
    }
    expect((await app.request("/findings/101")).status).toBe(409);
  });
});

test("a finding says what it cost, and where it can be acted on", async () => {
  await full.db.update(findings).set({ lostSeconds: 5400 }).where(eq(findings.id, 2));
  await full.db.update(findingDays).set({ reruns: 1 }).where(eq(findingDays.findingId, 2));
  const days = await full.db.$count(findingDays, eq(findingDays.findingId, 2));
  const html = await page("/findings/F2");
  expect(html).toContain(`<dd>1.5 h of CI time, ${days} reruns</dd>`);
  expect(html).not.toContain("approve the fix below");
  const cookie = (await loginCookie(depsOn(full), ALICE)).split(";")[0] ?? "";
  const mine = await (await app.request("/findings/F2", { headers: { cookie } })).text();
  expect(mine).toContain("approve the fix below, in");
});

test("a worker leads to its tasks, those that run first", async () => {
  const html = await page("/workers");
  const links = [...html.matchAll(/href="\/tasks\/([\w-]+)"/g)].map((match) => match[1]);
  expect(links).toEqual(["fix-4-a", "fix-1-a", "fix-5-a"]);
});

test("a task that is done says that its pull request waits for its merge", async () => {
  expect((await page("/tasks")).match(/waits for its merge/g)).toHaveLength(1);
});

test("steps of a long log come in pages, newest first, with the way to the older ones", async () => {
  const at = NOW.toISOString();
  const asked: (number | null)[] = [];
  const deps = depsOn(full);
  const steps = async (_: unknown, before: number | null) => {
    asked.push(before);
    return {
      text: `${JSON.stringify({ step: 7, at, text: "I look" })}\n{"step":8,"at":`,
      from: before === null ? 640 : 0,
    };
  };
  const long = consoleRoutes({ ...deps, actions: { ...deps.actions, steps } });
  const newest = await page("/tasks/fix-1-a", long);
  expect(newest).toContain("Step 7");
  expect(newest).toContain('href="?before=640#steps"');
  expect(newest).not.toContain("Newest steps");
  const oldest = await page("/tasks/fix-1-a?before=640", long);
  expect(oldest).not.toContain("Older steps");
  expect(oldest).toContain("Newest steps");
  await page("/tasks/fix-1-a?before=-1", long);
  expect(asked).toEqual([null, 640, null]);
});

describe("audit", () => {
  test("by finding and by action; a wildcard is no wildcard", async () => {
    expect(await page("/audit?finding=F1&action=state.")).not.toContain("github:alice");
    expect(await page("/audit?action=approve")).toContain("github:alice");
    expect(await page("/audit?action=%25")).toContain("Nothing fits");
    expect(await page("/audit?finding=F999")).toContain("Nothing fits");
  });
});

test("a pause is said on every page", async () => {
  await writePause(full.db, clock, { by: "alice", reason: "release <b>", at: clock.now().toISOString() });
  expect(await page("/stats")).toContain("By alice: release &lt;b&gt;.");
  await full.db.delete(settings).where(eq(settings.name, "pause"));
  expect(await page("/stats")).not.toContain("Paused.");
});

test("list, detail and figures read no table whole that grows with time", async () => {
  const size = { findings: 100, sightings: 5000 };
  await fillConsole(bare.db, NOW, size);
  await recount(bare.db, "all");
  await bare.db.execute(sql`analyze`);
  const lists = ["/", "/?q=case 3", "/?source=prow", "/?source=errors", "/findings/F1", "/findings/F99"];
  const figures = ["/stats?days=7", "/stats?days=90", "/stats?days=30&source=actions"];
  const pages = [...lists, ...figures];
  const growing = ["sightings", "audit", "finding_days"];
  expect(await wholeReads(bare, pages, growing)).toEqual([]);
  expect(await wholeReads(bare, figures, ["model_calls"])).toEqual([]);
  // it would be seen
  await bare.db.execute(sql`drop index sightings_plot`);
  expect(await wholeReads(bare, ["/findings/F99"], growing)).toEqual(["sightings"]);
}, 60_000);
