import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../../db/client.ts";
import { bearerOf } from "../../../src/kernel/secret.ts";
import { localPath } from "../../../src/web/auth.ts";
import { consoleRoutes } from "../../../src/web/index.ts";
import { sealSession, sessionHolds } from "../../../src/web/secret.ts";
import { depsOn, NOW, OPENING, openEmpty } from "./world.ts";

const TOKEN = "console-token-for-tests";
const PUBLIC = { HOST: "0.0.0.0", PUBLIC_URL: "https://flaky.acme.test", CONSOLE_TOKEN: TOKEN };

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

const site = (env: Record<string, string>) => consoleRoutes(depsOn(database, env));
const signIn = (token: string, next = "/stats") =>
  site(PUBLIC).request("https://flaky.acme.test/login", {
    method: "POST",
    body: new URLSearchParams({ token, next }),
  });

const GUARDED = ["/", "/findings/F1", "/stats", "/pulls", "/tasks", "/workers", "/audit", "/events"];

describe("on loopback", () => {
  test("reading is open", async () => {
    expect((await site({}).request("http://127.0.0.1:3000/")).status).toBe(200);
    expect((await site({}).request("http://localhost/stats")).status).toBe(200);
  });

  test("but not under a name of elsewhere, as through a proxy or a rebound name", async () => {
    for (const host of ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test"]) {
      expect((await site({}).request(`http://${host}/`)).status).toBe(401);
    }
  });
});

describe("elsewhere", () => {
  for (const path of GUARDED) {
    test(`${path} needs signing in`, async () => {
      const answer = await site(PUBLIC).request(`https://flaky.acme.test${path}`);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    });
  }

  test("without a token configured, nothing opens it and the page says what to set", async () => {
    const { CONSOLE_TOKEN: _, ...env } = PUBLIC;
    const answer = await site(env).request("https://flaky.acme.test/", {
      headers: { authorization: "Bearer ", cookie: "flaky_console=9999999999." },
    });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("CONSOLE_TOKEN=");
    const tried = await site(env).request("https://flaky.acme.test/login", {
      method: "POST",
      body: new URLSearchParams({ token: "" }),
    });
    expect(tried.status).toBe(401);
  });

  test("the token in a header reads", async () => {
    const asked = (token: string) =>
      site(PUBLIC).request("https://flaky.acme.test/", { headers: { authorization: `Bearer ${token}` } });
    expect((await asked(TOKEN)).status).toBe(200);
    expect((await asked(`${TOKEN}x`)).status).toBe(401);
  });

  test("the token in the form gives a session, which reads until one signs out", async () => {
    const answer = await signIn(TOKEN);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/stats");
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax; Secure$/);
    expect(cookie).not.toContain(TOKEN);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    const page = await site(PUBLIC).request("https://flaky.acme.test/", { headers });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Sign out");
    const changed = { ...PUBLIC, CONSOLE_TOKEN: "another" };
    expect((await site(changed).request("https://flaky.acme.test/", { headers })).status).toBe(401);
    const out = await site(PUBLIC).request("https://flaky.acme.test/logout", { method: "POST", headers });
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
  });

  test("a wrong token is told so, and what was written is not repeated", async () => {
    const answer = await signIn("guess<b>");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("set-cookie")).toBeNull();
    const html = await answer.text();
    expect(html).toContain("That is not the token.");
    expect(html).not.toContain("guess");
  });

  test("signing in leads nowhere else", async () => {
    for (const next of ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"]) {
      expect((await signIn(TOKEN, next)).headers.get("location")).toBe("/");
    }
  });
});

test("a session holds until its end, for its secret only", () => {
  const later = new Date(NOW.getTime() + 60_000);
  const value = sealSession("secret", later);
  expect(sessionHolds("secret", value, NOW)).toBe(true);
  expect(sessionHolds("secret", value, later)).toBe(false);
  expect(sessionHolds("other", value, NOW)).toBe(false);
  const [seconds, proof] = value.split(".");
  expect(sessionHolds("secret", `${Number(seconds) + 1}.${proof}`, NOW)).toBe(false);
  expect(sessionHolds("secret", "", NOW)).toBe(false);
});

test("what a bearer header is", () => {
  expect(bearerOf("Bearer abc")).toBe("abc");
  expect(bearerOf("bearer abc")).toBe("abc");
  expect(bearerOf("Basic abc")).toBeUndefined();
  expect(bearerOf("Bearer")).toBeUndefined();
  expect(bearerOf(undefined)).toBeUndefined();
  expect(localPath("/findings/F1?a=b")).toBe("/findings/F1?a=b");
});
