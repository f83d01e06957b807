import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import type { Browser } from "playwright-core";
import type { Db } from "../../db/client.ts";
import { approvals, audit, findings, tasks } from "../../db/schema.ts";
import { HOUR, MINUTE } from "../../src/kernel/clock.ts";
import { Login } from "../../src/kernel/ids.ts";
import { SCRIPT, STYLE } from "../../src/web/assets.ts";
import { loginCookie } from "../../src/web/people.ts";
import { browserPath, LACKS_BROWSER, startBrowser, Window } from "../harness/browser.ts";
import { LAKE, Lake } from "../harness/lake.ts";
import { Looks } from "../harness/looks.ts";
import { World } from "../harness/world.ts";
import { HOSTILE } from "../unit/web/texts.ts";
import { CLOSED, ClosedConsole } from "./closed.ts";
import { cancelTests, keyboardReading, keyboardTests } from "./keyboard.ts";
import { EMPTY, FAULTS, FILLED, fill, type Look, PULLS } from "./pages.ts";

setDefaultTimeout(120_000);

let world: World;
let db: Db;
let browser: Browser;
let base: string;
let reader: Window;
let lake: Lake;
const looks = new Looks();

describe.if(browserPath() !== null)("the console in a browser", () => {
  beforeAll(async () => {
    const targets = [
      { label: "Orchard", user: "dave", repos: ["playground/orchard"] },
      { label: "Lake", user: "dave", repos: [LAKE.name] },
    ];
    const starting = World.start({ worker: false, settings: { targets, pipelines: {} } });
    [world, browser] = await Promise.all([starting, startBrowser()]);
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
    await lookAt(reader, EMPTY);
    if (world.product.context === null) throw new Error("this world's product is in this process");
    lake = await Lake.fill(world.playground);
    await fill(db, world.product.context, lake);
  });

  test("each page is for everybody: full of what was found, and where something is not there", async () => {
    const bob = await as("bob");
    await lookAt(bob, FILLED);
    await lookAt(bob, FAULTS);
    expect(await bob.page.locator("script").count()).toBe(1);
    await bob.go("/findings/F3");
    expect(await bob.page.textContent("h1")).toBe(HOSTILE);
    expect(bob.faults).toEqual([]);
    expect([...bob.hosts]).toEqual([new URL(base).host]);
    await bob.context.close();
  });

  test("so are the pages of a closed console, and one that could not be made", async () => {
    const closed = new ClosedConsole(world);
    const window = await Window.open(browser, closed.url);
    await lookAt(window, CLOSED);
    await window.go("/login");
    await window.page.fill("#token", "a guess");
    await window.page.keyboard.press("Enter");
    await window.page.waitForSelector("text=That is not the token.");
    expect(await looks.faults(window.page)).toEqual([]);
    await window.page.focus("#token");
    await window.page.keyboard.type("the token");
    await window.page.keyboard.press("Enter");
    await window.page.waitForSelector("h1:has-text('Findings')");
    await window.context.close();
    await closed.stop();
    await db.execute(sql`alter table review_comments rename to away`);
    await lookAt(reader, [["/findings/F1?broken", "Something went wrong here"]]);
    await db.execute(sql`alter table away rename to review_comments`);
    await reader.page.click("text=Try again");
    await reader.page.waitForSelector("h1:has-text('TestTransferLeader')");
  });

  test("a theme and a phone change what is seen", async () => {
    const phone = await Window.open(browser, base, { dark: true, phone: true });
    await phone.go("/findings/F4");
    expect(await phone.overflow()).toBe(0);
    const colour = (window: Window) =>
      window.page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await colour(phone)).not.toBe(await colour(reader));
    await phone.context.close();
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

  test("a rerun by keyboard; the same from a page that is older says that it was asked for", async () => {
    const [bob, older] = [await as("bob"), await as("bob")];
    const button = `[aria-label^="run performance for"]`;
    for (const window of [bob, older]) {
      await window.go(PULLS);
      await window.page.focus(button);
    }
    await older.hide(true);
    const before = (await lake.commands()).length;
    await bob.page.keyboard.press("Enter");
    await bob.page.waitForSelector(".said.ok");
    expect(await bob.page.textContent(".said")).toContain("run performance is commented on #58845");
    expect(await bob.page.locator(button).count()).toBe(0);
    await older.page.keyboard.press("Enter");
    await older.page.waitForSelector(".said.no");
    expect(await older.page.textContent(".said")).toContain("was asked for less than two minutes ago");
    await world.settled();
    expect((await lake.commands()).slice(before)).toEqual(["run performance"]);
    await Promise.all([bob.context.close(), older.context.close()]);
  });

  test("a page shows what changes while it is open", async () => {
    const { page } = reader;
    await reader.go("/tasks");
    await page.waitForSelector("#live.on");
    await db.update(tasks).set({ detail: "run 99 of 120", done: 99 }).where(eq(tasks.id, "fix-4-a"));
    await page.waitForSelector("text=run 99 of 120");
  });

  test("a page left open finds its way back, and what changed meanwhile is told to it", async () => {
    const { page } = reader;
    const streams: string[] = [];
    page.on("request", (request) => request.url().includes("/events") && streams.push(request.url()));
    const goes = (done: number) =>
      db
        .update(tasks)
        .set({ detail: `run ${done} of 120`, done })
        .where(eq(tasks.id, "fix-4-a"));
    // a tab that nobody looks at holds no connection
    await page.waitForSelector("#live.on");
    await reader.hide(true);
    await goes(100);
    await reader.hide(false);
    await page.waitForSelector("text=run 100 of 120");
    expect(streams).toHaveLength(1);
    expect(streams[0]).toMatch(/\?since=[0-9a-f]{32}$/);
    // a browser gives up a stream that is refused, as by a proxy whose server is away
    await page.route("**/events*", (route) => route.fulfill({ status: 502 }));
    await reader.hide(true);
    await reader.hide(false);
    await page.waitForSelector("#live.off");
    await page.unroute("**/events*");
    await goes(101);
    await page.waitForSelector("text=run 101 of 120");
    await page.waitForSelector("#live.on");
    page.removeAllListeners("request");
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
    const dave = await as("dave");
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

  for (const flows of [keyboardTests, keyboardReading, cancelTests]) flows(() => ({ world, db, reader, as }));

  test("a page open while the service ends and begins anew finds it again, and shows what is true by then", async () => {
    const served = new ClosedConsole(world, "open");
    const window = await Window.open(browser, served.url);
    const { page } = window;
    await window.go("/tasks");
    await page.waitForSelector("#live.on");
    const before = await page.textContent("h1");
    await served.stop();
    await page.waitForSelector("#live.off");
    await db.update(tasks).set({ detail: "run 110 of 120", done: 110 }).where(eq(tasks.id, "fix-4-a"));
    served.start();
    await page.waitForSelector("text=run 110 of 120");
    await page.waitForSelector("#live.on");
    expect([await page.textContent("h1"), await page.locator("[role=alert]").count()]).toEqual([before, 0]);
    // the browser itself tells of each try that met nobody
    expect(window.faults.filter((fault) => !/net::ERR_/.test(fault))).toEqual([]);
    await window.context.close();
    await served.stop();
  });

  test("ten thousand findings: pages by key, there and back", async () => {
    await addMany(db);
    const { page } = reader;
    const shown = () => page.locator("[data-row]").allTextContents();
    await lookAt(reader, [["/", "TestOfMany/1"]]);
    const first = await shown();
    await page.click("text=Next →");
    await page.waitForURL("**/?after=*");
    const second = await shown();
    expect(second).toHaveLength(first.length);
    expect(second.filter((one) => first.includes(one))).toEqual([]);
    await page.click("text=← Back");
    await page.waitForURL("**/?before=*");
    expect(await shown()).toEqual(first);
    expect([...reader.hosts]).toEqual([new URL(base).host]);
  });

  test("GitHub's limit is said above what was read before it", async () => {
    world.passes(2 * MINUTE);
    const reset = String(Math.floor(Date.now() / 1000) + HOUR / 1000);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    const match = { method: "POST", path: /graphql/ };
    world.playground.github.faults.next({ match, status: 403, headers });
    await lookAt(reader, [[PULLS, "request limit is used up until"]]);
    expect(await reader.page.textContent("main")).toContain("Spill hash joins to disk");
  });
});

if (browserPath() === null) test.skipIf(true)(LACKS_BROWSER, () => {});

/** A window of somebody who signed in before. */
async function as(login: string): Promise<Window> {
  const { context } = world.product;
  if (context === null) throw new Error("this world's product is in this process");
  const cookie = await loginCookie(context, { login: Login.parse(login), forge: "GitHub" });
  const window = await Window.open(browser, base);
  const value = /=([^;]+)/.exec(cookie)?.[1] ?? "";
  await window.context.addCookies([{ name: "flaky_login", value, url: base }]);
  return window;
}

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

/** Each page is in its state, weighs little at first sight, and has no fault in any look. */
async function lookAt({ page }: Window, pages: readonly Look[]): Promise<void> {
  for (const [path, words] of pages) {
    const answer = await page.goto(path, { waitUntil: "load" });
    const said = await page.textContent("main");
    expect([path, said?.includes(words) === true ? words : said]).toEqual([path, words]);
    const weight = ((await answer?.body())?.length ?? 0) + STYLE.body.length + SCRIPT.body.length;
    expect([path, weight < 100_000 ? "light" : weight]).toEqual([path, "light"]);
    expect([path, ...(await looks.faults(page))]).toEqual([path]);
  }
}

async function addMany(on: Db): Promise<void> {
  await on.execute(sql`
    insert into findings (kind, repo, test, framework, signature, state, class, confidence, reasons, first_seen, last_seen,
      state_at)
    select 'flaky_test', 'acme/shop', 'TestOfMany/' || n, 'go-test', 'x', 'open', 'flaky-test', 0.9, '[]', now(),
      now() - n * interval '1 minute', now() from generate_series(1, 10000) n`);
}
