import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import type { Browser } from "playwright-core";
import type { Db } from "../../db/client.ts";
import { approvals, audit, findings, tasks } from "../../db/schema.ts";
import { Login } from "../../src/kernel/ids.ts";
import { loginCookie } from "../../src/web/people.ts";
import { seriousFaults } from "../harness/axe.ts";
import { browserPath, LACKS_BROWSER, startBrowser, Window } from "../harness/browser.ts";
import { World } from "../harness/world.ts";
import { seed } from "../unit/web/seed.ts";
import { HOSTILE } from "../unit/web/texts.ts";
import { NOW } from "../unit/web/world.ts";

setDefaultTimeout(120_000);

/** One of each kind of page; what is made of the same parts is looked at once. */
const WIDE = ["/", "/findings/F1", "/tasks", "/stats?days=30"];
const NARROW = ["/", "/findings/F3", "/tasks/fix-1-a", "/workers", "/stats", "/audit"];

let world: World;
let db: Db;
let browser: Browser;
let base: string;
let reader: Window;

describe.if(browserPath() !== null)("the console in a browser", () => {
  beforeAll(async () => {
    [world, browser] = await Promise.all([World.start({ worker: false }), startBrowser()]);
    const opened = world.product.db;
    if (opened === null) throw new Error("this world's database is in this process");
    db = opened;
    base = world.product.url;
    reader = await Window.open(browser, base);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.unheard();
    await world?.end();
  });

  test("empty pages say how to begin", async () => {
    const empty: Record<string, string> = {
      "/": "No flaky test has been found yet",
      "/pulls": "No open pull request of dave",
      "/tasks": "No task yet",
      "/stats": "nothing ended yet",
      "/audit": "Nothing has happened yet",
    };
    for (const [path, words] of Object.entries(empty)) {
      await reader.go(path);
      expect(await reader.page.textContent("main")).toContain(words);
    }
    await seed(db, world.product.context?.config.file.repos[0]?.source);
    await bringForward(db);
  });

  test("no page has a serious fault, wide and light", async () => {
    for (const path of WIDE) {
      await reader.go(path);
      expect([path, ...(await seriousFaults(reader.page, "all"))]).toEqual([path]);
    }
  });

  test("nor narrow and dark; nothing is wider than a phone, and what is hostile stays text", async () => {
    const phone = await Window.open(browser, base, { dark: true, phone: true });
    for (const path of NARROW) {
      await phone.go(path);
      expect([path, ...(await seriousFaults(phone.page, "look"))]).toEqual([path]);
      expect([path, await phone.overflow()]).toEqual([path, 0]);
    }
    const colour = (window: Window) =>
      window.page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await colour(phone)).not.toBe(await colour(reader));
    await phone.go("/findings/F3");
    expect(await phone.page.textContent("h1")).toBe(HOSTILE);
    expect(phone.faults).toEqual([]);
    expect([...phone.hosts]).toEqual([new URL(base).host]);
    await phone.context.close();
  });

  test("a first look at the list needs less than 100 KB", async () => {
    const fresh = await Window.open(browser, base);
    let bytes = 0;
    const sizes: Promise<void>[] = [];
    fresh.page.on("response", (response) => {
      // the stream of events never ends
      if (response.url().endsWith("/events")) return;
      sizes.push(
        response.body().then((body) => {
          bytes += body.length;
        }),
      );
    });
    await fresh.go("/");
    await Promise.all(sizes);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(100_000);
    await fresh.context.close();
  });

  test("by keyboard alone: past the navigation, a search, into a finding", async () => {
    const { page } = reader;
    await reader.go("/");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    await page.keyboard.press("/");
    await page.keyboard.type("pickup");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/?*q=pickup");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/findings/F2");
    expect(await page.textContent("h1")).toBe("TestPickupWindow/late_order");
  });

  test("a page shows what changes while it is open", async () => {
    const { page } = reader;
    await reader.go("/tasks");
    await page.waitForSelector("#live.on");
    await db.update(tasks).set({ detail: "run 99 of 120", done: 99 }).where(eq(tasks.id, "fix-4-a"));
    await page.waitForSelector("text=run 99 of 120");
  });

  test("an error says what it is, and leads back", async () => {
    await reader.go("/findings/F999");
    expect(await reader.page.textContent("main")).toContain("No such finding");
    await reader.page.click("main a");
    await reader.page.waitForURL(`${base}/`);
  });

  test("who signs in approves by keyboard; the state and the audit have it", async () => {
    const bob = await signedIn("bob");
    const { page } = bob;
    await bob.go("/findings/F2");
    await page.focus("summary:has-text('Approve fix')");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("keep it small");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".said.ok");
    expect(await page.textContent(".said")).toContain("is approved");
    const [yes] = await db.select().from(approvals).where(eq(approvals.findingId, 2));
    expect(yes).toMatchObject({ login: "bob", via: "console", note: "keep it small" });
    const log = await db.select().from(audit).where(eq(audit.findingId, 2));
    expect(log.map((entry) => [entry.actor, entry.action])).toContainEqual(["github:bob", "state.approved"]);
    // what stands in the way is said: the checks of this one fail
    await bob.go("/findings/F1");
    await page.click("summary:has-text('Approve and merge')");
    await page.click("button:has-text('Approve and merge')");
    await page.waitForSelector(".said.no[role=alert]");
    expect(await page.textContent(".said")).toContain("The checks of #131 are failing");
    expect(bob.faults).toEqual([]);
    await bob.context.close();
  });

  test("who may not is told so, and nothing changes", async () => {
    const { context } = world.product;
    if (context === null) throw new Error("this world's product is in this process");
    const cookie = await loginCookie(context, Login.parse("dave"));
    const dave = await Window.open(browser, base);
    await dave.context.addCookies([
      { name: "flaky_login", value: /=([^;]+)/.exec(cookie)?.[1] ?? "", url: base },
    ]);
    const { page } = dave;
    await dave.go("/findings/F3");
    await page.click("summary:has-text('Not flaky')");
    await page.fill("details[open] textarea", "it is mine");
    await page.click("details[open] button:has-text('Not flaky')");
    await page.waitForSelector(".said.no[role=alert]");
    expect(await page.textContent(".said")).toContain("This needs");
    const [finding] = await db.select().from(findings).where(eq(findings.id, 3));
    expect(finding?.state).toBe("open");
    await dave.context.close();
  });

  test("ten thousand findings: pages by key, there and back", async () => {
    await addMany(db);
    const { page } = reader;
    const shown = () => page.locator("[data-row]").allTextContents();
    await reader.go("/");
    const first = await shown();
    await page.click("text=Next →");
    await page.waitForURL("**/?after=*");
    const second = await shown();
    expect(second).toHaveLength(first.length);
    expect(second.filter((one) => first.includes(one))).toEqual([]);
    await page.click("text=← Back");
    await page.waitForURL("**/?before=*");
    expect(await shown()).toEqual(first);
    expect(reader.faults).toEqual([]);
    expect([...reader.hosts]).toEqual([new URL(base).host]);
  });
});

if (browserPath() === null) test.skipIf(true)(LACKS_BROWSER, () => {});

/** Signs in as the code's page says, on GitHub's own page. */
async function signedIn(login: string): Promise<Window> {
  const window = await Window.open(browser, base);
  const { origin } = world.playground.github;
  await window.context.addCookies([{ name: "playground_login", value: login, url: origin }]);
  await window.go("/");
  await window.page.click("text=Sign in");
  const code = (await window.page.textContent(".code")) ?? "";
  const github = await window.context.newPage();
  await github.goto(`${origin}/login/device?user_code=${code}`);
  await github.click("button:has-text('Connect')");
  await github.close();
  await window.page.waitForURL(`${base}/`);
  expect(await window.page.textContent(".who b")).toBe(login);
  return window;
}

/** The seed is of a fixed day; the product's clock is today's. */
async function bringForward(on: Db): Promise<void> {
  const by = sql`make_interval(secs => ${(Date.now() - NOW.getTime()) / 1000})`;
  await on.execute(sql`update sightings set at = at + ${by}`);
  await on.execute(
    sql`update finding_days set day = day + ${Math.round((Date.now() - NOW.getTime()) / 86_400_000)}::int`,
  );
  await on.execute(sql`update findings set first_seen = first_seen + ${by}, last_seen = last_seen + ${by},
    state_at = state_at + ${by}, merged_at = merged_at + ${by}`);
  await on.execute(sql`update audit set at = at + ${by}`);
}

async function addMany(on: Db): Promise<void> {
  await on.execute(sql`
    insert into findings (kind, repo, test, framework, signature, state, class, confidence, reasons, first_seen, last_seen,
      state_at)
    select 'flaky_test', 'acme/shop', 'TestOfMany/' || n, 'go-test', 'x', 'open', 'flaky-test', 0.9, '[]', now(),
      now() - n * interval '1 minute', now() from generate_series(1, 10000) n`);
}
