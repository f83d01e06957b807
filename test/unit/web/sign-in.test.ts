import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { asc } from "drizzle-orm";
import type { Database } from "../../../db/client.ts";
import { audit } from "../../../db/schema.ts";
import { SECOND } from "../../../src/kernel/clock.ts";
import { RefusedError } from "../../../src/kernel/errors.ts";
import { Login, type RepoName } from "../../../src/kernel/ids.ts";
import type { Identity, SignInOutcome } from "../../../src/ports/identity.ts";
import { type ConsoleActions, consoleRoutes } from "../../../src/web/index.ts";
import { depsOn, NOW, OPENING, openEmpty } from "./world.ts";

const BASE = "https://flaky.acme.test";
/** Token of a page that links whoever asked for it. */
const PAGE = "p".repeat(32);
const PUBLIC = { HOST: "0.0.0.0", PUBLIC_URL: BASE };

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.delete(audit);
});

/** GitHub, as far as it says who somebody is: alice is one of us, mallory is not. */
class Forge implements Identity {
  readonly forge = "GitHub";
  readonly device = this;
  begun = 0;
  asked = 0;
  outcomes: (SignInOutcome | Error)[] = [];
  readonly web: Identity["web"];

  constructor({ web }: { web: boolean }) {
    const login = async (code: string, back: string) =>
      code.startsWith("code-of-") && back === `${BASE}/signin/callback` ? Login.parse(code.slice(8)) : null;
    const url = (state: string, back: string) =>
      `https://github.com/login?${new URLSearchParams({ state, back })}`;
    this.web = web ? { url, login } : null;
  }

  async begin() {
    this.begun += 1;
    const expiresAt = new Date(NOW.getTime() + 900 * SECOND);
    const url = "https://github.com/login/device";
    return { secret: `s${this.begun}`, code: "WDJB-MJHT", url, expiresAt, intervalMs: 5 * SECOND };
  }

  async outcome(): Promise<SignInOutcome> {
    this.asked += 1;
    const next = this.outcomes.shift() ?? { kind: "pending", slower: false };
    if (next instanceof Error) throw next;
    return next;
  }
}

/** A browser at the console: it keeps cookies, follows nothing by itself, and has a clock of its own. */
class Visitor {
  readonly cookies = new Map<string, string>();
  readonly ran: [login: string, typed: string, repos: readonly RepoName[]][] = [];
  readonly linked: [token: string, login: string, forge: string][] = [];
  private at = NOW;
  private readonly app;

  constructor(
    forge: Forge,
    mayRead: ConsoleActions["mayRead"] = async ({ login }) => login === "alice",
    env: Record<string, string> = PUBLIC,
  ) {
    const deps = depsOn(database, env);
    const run: ConsoleActions["run"] = async ({ login }, typed, repos) => {
      this.ran.push([login, typed, repos]);
      return { ok: true, text: "It is done." };
    };
    const clock = { ...deps.clock, now: () => this.at };
    const linkAsker = async (token: string) => (token === PAGE ? "Bob <b>Tanaka" : null);
    const link: ConsoleActions["link"] = async (token, person) => {
      this.linked.push([token, person.login, person.forge]);
      return token === PAGE ? `You are *${person.login}* from now on.` : null;
    };
    const actions = { ...deps.actions, identity: forge, run, mayRead, linkAsker, link };
    this.app = consoleRoutes({ ...deps, clock, actions });
  }

  waits(ms: number): void {
    this.at = new Date(this.at.getTime() + ms);
  }

  async get(path: string) {
    return this.ask(path, {});
  }

  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    return this.ask(path, { method: "POST", body: new URLSearchParams(fields), headers });
  }

  private async ask(path: string, init: RequestInit & { headers?: Record<string, string> }) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.app.request(`${BASE}${path}`, {
      ...init,
      headers: { ...init.headers, cookie },
    });
    const set = answer.headers.getSetCookie();
    for (const line of set) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (line.includes("Max-Age=0")) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const to = answer.headers.get("location");
    const refresh = answer.headers.get("refresh");
    return { status: answer.status, to, refresh, set, text: await answer.text() };
  }
}

const trail = async () =>
  (await database.db.select().from(audit).orderBy(asc(audit.id))).map(({ action, detail }) => [
    action,
    detail,
  ]);

/** Leaves for GitHub. @returns the state that GitHub gives back. */
async function leaves(visitor: Visitor, next: string): Promise<string> {
  const left = await visitor.get(`/signin?next=${encodeURIComponent(next)}`);
  expect(left.status).toBe(302);
  return new URL(left.to ?? "").searchParams.get("state") ?? "";
}

test("by a redirect: who comes back from GitHub reads, and acts with a form of their own", async () => {
  const visitor = new Visitor(new Forge({ web: true }));
  const closed = await visitor.get("/audit");
  expect([closed.status, closed.text]).toEqual([401, expect.stringContaining("/signin?next=%2Faudit")]);
  const state = await leaves(visitor, "/audit");
  const back = await visitor.get(`/signin/callback?code=code-of-alice&state=${state}`);
  expect([back.status, back.to]).toEqual([302, "/audit"]);
  for (const line of back.set) expect(line).toMatch(/HttpOnly; SameSite=Lax; Secure$/);
  const page = await visitor.get("/audit");
  expect(page.status).toBe(200);
  expect(page.text).toContain("<b>alice</b>");
  expect(await trail()).toEqual([["console.signin", { login: "alice", may: true }]]);
  const form = { do: "dismiss", on: "F1", note: "it is  mine", repo: "acme/shop", back: "/findings/F1" };
  const csrf = (await visitor.get("/tasks")).text.match(/name="csrf" value="([^"]+)"/)?.[1] ?? "";
  expect((await visitor.post("/act", { ...form, csrf: `${csrf}x` })).status).toBe(403);
  const elsewhere = await visitor.post("/act", { ...form, csrf }, { "sec-fetch-site": "cross-site" });
  expect(elsewhere.status).toBe(403);
  expect(visitor.ran).toEqual([]);
  const acted = await visitor.post("/act", { ...form, csrf });
  expect([acted.status, acted.to]).toEqual([303, "/findings/F1"]);
  expect(visitor.ran).toMatchObject([["alice", "dismiss F1 it is mine", ["acme/shop"]]]);
  expect((await visitor.get("/")).text).toContain("It is done.");
  await visitor.post("/logout", {});
  expect((await visitor.get("/")).status).toBe(401);
  expect((await visitor.post("/act", { ...form, csrf })).to).toBe("/signin?next=%2Ffindings%2FF1");
});

test("an answer that this browser did not ask for, or a code that is none, lets nobody in", async () => {
  const visitor = new Visitor(new Forge({ web: true }));
  expect((await visitor.get("/signin/callback?code=code-of-alice&state=")).status).toBe(401);
  const state = await leaves(visitor, "/");
  for (const answer of [`code=code-of-alice&state=${state}x`, `state=${state}`, `code=guess&state=${state}`])
    expect((await visitor.get(`/signin/callback?${answer}`)).status).toBe(401);
  const another = new Visitor(new Forge({ web: true }));
  expect((await another.get(`/signin/callback?code=code-of-alice&state=${state}`)).status).toBe(401);
  expect((await visitor.get("/")).status).toBe(401);
  expect(await trail()).toEqual([]);
});

test("who is a stranger here is told so; signing in leads nowhere else", async () => {
  const visitor = new Visitor(new Forge({ web: true }));
  const refused = await visitor.get(
    `/signin/callback?code=code-of-mallory&state=${await leaves(visitor, "/")}`,
  );
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("<b>mallory</b>")]);
  expect((await visitor.get("/")).status).toBe(401);
  expect(await trail()).toEqual([["console.signin.refused", { login: "mallory", may: false }]]);
  const away = await leaves(visitor, "//evil.test/x");
  expect((await visitor.get(`/signin/callback?code=code-of-alice&state=${away}`)).to).toBe("/");
  const asked = async () => {
    throw new RefusedError("503");
  };
  const silent = new Visitor(new Forge({ web: true }), asked);
  const unknown = await silent.get(`/signin/callback?code=code-of-alice&state=${await leaves(silent, "/")}`);
  expect([unknown.status, unknown.text]).toEqual([503, expect.stringContaining("GitHub does not answer")]);
});

test("by a code: the page asks no oftener than it may, and goes on when the code was entered", async () => {
  const forge = new Forge({ web: false });
  const visitor = new Visitor(forge);
  expect((await visitor.get("/signin?next=%2Fstats")).to).toBe("/signin/wait");
  const first = await visitor.get("/signin/wait");
  expect([first.status, first.refresh]).toEqual([200, "6"]);
  expect(first.text).toContain("WDJB-MJHT");
  expect(forge.asked).toBe(0);
  forge.outcomes = [
    { kind: "pending", slower: true },
    new RefusedError("502"),
    { kind: "login", login: Login.parse("alice") },
  ];
  visitor.waits(6 * SECOND);
  expect((await visitor.get("/signin/wait")).refresh).toBe("11");
  visitor.waits(6 * SECOND);
  await visitor.get("/signin/wait");
  expect(forge.asked).toBe(1);
  visitor.waits(5 * SECOND);
  // GitHub does not answer: it is asked again later
  expect((await visitor.get("/signin/wait")).status).toBe(200);
  visitor.waits(11 * SECOND);
  expect((await visitor.get("/signin/wait")).to).toBe("/stats");
  expect((await visitor.get("/stats")).status).toBe(200);
  expect((await visitor.get("/signin/wait")).status).toBe(401);
});

test("a code that was declined or ran out is said, and another browser has no part in it", async () => {
  const forge = new Forge({ web: false });
  const visitor = new Visitor(forge);
  await visitor.get("/signin");
  expect((await new Visitor(forge).get("/signin/wait")).status).toBe(401);
  forge.outcomes = [{ kind: "ended", why: "denied" }];
  visitor.waits(6 * SECOND);
  expect((await visitor.get("/signin/wait")).text).toContain("You declined on GitHub.");
  await visitor.get("/signin");
  visitor.waits(901 * SECOND);
  expect((await visitor.get("/signin/wait")).text).toContain("The code was not entered in time.");
});

test("many who begin and never end do not use up GitHub's limit", async () => {
  const forge = new Forge({ web: false });
  const visitor = new Visitor(forge);
  for (let n = 0; n < 50; n += 1) expect((await visitor.get("/signin")).status).toBe(302);
  expect((await visitor.get("/signin")).status).toBe(503);
  expect(forge.begun).toBe(50);
  visitor.waits(901 * SECOND);
  expect((await visitor.get("/signin")).status).toBe(302);
});

test("a page that links: who asked is named, and nothing is linked before a button of this browser's own is pressed", async () => {
  const visitor = new Visitor(new Forge({ web: true }));
  const [path, gone] = [`/link/${PAGE}`, `/link/${"x".repeat(32)}`];
  expect((await visitor.get(gone)).status).toBe(404);
  const first = await visitor.get(path);
  expect(first.text).toContain("Bob &lt;b&gt;Tanaka");
  expect(first.text).toContain(`/signin?next=${encodeURIComponent(path)}`);
  expect((await visitor.post(path, { csrf: "" })).status).toBe(403);
  const state = await leaves(visitor, path);
  expect((await visitor.get(`/signin/callback?code=code-of-alice&state=${state}`)).to).toBe(path);
  const asks = await visitor.get(path);
  expect(asks.text).toContain("You are <b>alice</b> on GitHub.");
  expect(visitor.linked).toEqual([]);
  const csrf = asks.text.match(/name="csrf" value="([^"]+)"/)?.[1] ?? "";
  expect((await visitor.post(path, { csrf: `${csrf}x` })).status).toBe(403);
  expect((await visitor.post(path, { csrf }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect(visitor.linked).toEqual([]);
  expect((await visitor.post(path, { csrf })).text).toContain("from now on");
  expect((await visitor.post(gone, { csrf })).status).toBe(404);
  expect(visitor.linked).toEqual([
    [PAGE, "alice", "GitHub"],
    ["x".repeat(32), "alice", "GitHub"],
  ]);
});
