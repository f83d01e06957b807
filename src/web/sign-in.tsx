/** @jsxImportSource hono/jsx */
import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import type { Child } from "hono/jsx";
import { publicUrl } from "../config/index.ts";
import { bot } from "../kernel/actor.ts";
import { MINUTE } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import { sameSecret } from "../kernel/secret.ts";
import { record } from "../platform/audit.ts";
import type { DeviceSignIn, SignIn } from "../ports/identity.ts";
import { localPath } from "./auth.ts";
import type { ConsoleDeps, Proven } from "./deps.ts";
import { webAddress } from "./format.ts";
import { guarded } from "./headers.ts";
import { Plain } from "./layout.tsx";
import { loginCookie, setCookie } from "./people.ts";

const COOKIE = "flaky_signin";
/** Sign-ins that may wait at once: each costs the forge's limit for one. */
const MOST_OPEN = 50;

type Open = { flow: SignIn; next: string; askAt: number };

/**
 * Signing in: by a redirect where a client secret is set, else by a code that is entered there. Only logins that may read
 * are let in; no scope is asked for, and the token is forgotten at once.
 */
export function signInRoutes(deps: ConsoleDeps): Hono {
  const app = new Hono();
  const open = new Map<string, Open>();
  app.get("/signin", guarded, (c) => begin(deps, c, open));
  app.get("/signin/wait", guarded, (c) => wait(deps, c, open));
  app.get("/signin/callback", guarded, (c) => callback(deps, c));
  return app;
}

const ticket = (): string => randomBytes(24).toString("base64url");
const backUrl = (deps: ConsoleDeps): string => `${publicUrl(deps.config.env)}/signin/callback`;

async function begin(deps: ConsoleDeps, c: Context, open: Map<string, Open>): Promise<Response> {
  const next = localPath(c.req.query("next") ?? "/");
  const { identity } = deps.actions;
  if (identity === null) return plain(c, "No sign-in", 404, <Unset />);
  const { forge, web, device } = identity;
  const id = ticket();
  if (web !== null) {
    remember(c, deps, `${id}.${Buffer.from(next).toString("base64url")}`);
    return c.redirect(web.url(id, backUrl(deps)));
  }
  if (device === null) return plain(c, "No sign-in", 404, <Unset />);
  const now = deps.clock.now();
  for (const [key, { flow }] of open) if (flow.expiresAt <= now) open.delete(key);
  if (open.size >= MOST_OPEN)
    return plain(c, "Too many sign-ins", 503, <p>Too many wait already. Try again in some minutes.</p>);
  const flow = await tried(deps, () => device.begin());
  if (flow === null) return plain(c, `${forge} does not answer`, 503, <Again next={next} />);
  open.set(id, { flow, next, askAt: now.getTime() + flow.intervalMs });
  remember(c, deps, id);
  return c.redirect("/signin/wait");
}

/** The page with the code; it asks again by itself until the code was entered. */
async function wait(deps: ConsoleDeps, c: Context, open: Map<string, Open>): Promise<Response> {
  const id = getCookie(c, COOKIE) ?? "";
  const mine = open.get(id);
  const { device = null, forge = "" } = deps.actions.identity ?? {};
  if (mine === undefined || device === null)
    return plain(c, "This sign-in has ended", 401, <Again next="/" />);
  const outcome = await outcomeOf(deps, device, mine);
  if (outcome.kind === "pending") {
    const seconds = Math.ceil(mine.flow.intervalMs / 1000) + 1;
    c.header("Refresh", String(seconds));
    return plain(c, `Sign in with ${forge}`, 200, <Code flow={mine.flow} />);
  }
  open.delete(id);
  if (outcome.kind === "ended") {
    const why = outcome.why === "denied" ? `You declined on ${forge}.` : "The code was not entered in time.";
    return plain(c, "Not signed in", 401, <Again next={mine.next} why={why} />);
  }
  return admit(deps, c, { login: outcome.login, forge }, mine.next);
}

async function outcomeOf(deps: ConsoleDeps, device: DeviceSignIn, mine: Open) {
  const pending = { kind: "pending", slower: false } as const;
  const now = deps.clock.now().getTime();
  if (mine.flow.expiresAt.getTime() <= now) return { kind: "ended", why: "expired" } as const;
  if (now < mine.askAt) return pending;
  const outcome = (await tried(deps, () => device.outcome(mine.flow.secret))) ?? pending;
  if (outcome.kind === "pending" && outcome.slower) mine.flow.intervalMs += 5000;
  mine.askAt = now + mine.flow.intervalMs;
  return outcome;
}

/** Coming back from the forge: the state has to be the one this browser left with. */
async function callback(deps: ConsoleDeps, c: Context): Promise<Response> {
  const [id = "", kept = ""] = (getCookie(c, COOKIE) ?? "").split(".");
  const next = localPath(Buffer.from(kept, "base64url").toString());
  const { web = null, forge = "" } = deps.actions.identity ?? {};
  const [state, code] = [c.req.query("state") ?? "", c.req.query("code") ?? ""];
  if (web === null || id === "" || !sameSecret(state, id) || code === "")
    return plain(
      c,
      "Not signed in",
      401,
      <Again next={next} why="That was no answer to a sign-in of this browser." />,
    );
  const login = await tried(deps, () => web.login(code, backUrl(deps)));
  if (login === null)
    return plain(c, "Not signed in", 401, <Again next={next} why={`${forge} did not confirm it.`} />);
  return admit(deps, c, { login, forge }, next);
}

async function admit(deps: ConsoleDeps, c: Context, person: Proven, next: string): Promise<Response> {
  const { login, forge } = person;
  const may = await tried(deps, () => deps.actions.mayRead(person));
  const detail = { login, may };
  const action = may === true ? "console.signin" : "console.signin.refused";
  await record(deps.db, { at: deps.clock.now(), actor: bot, action, finding: null, detail });
  if (may === null) return plain(c, `${forge} does not answer`, 503, <Again next={next} />);
  if (!may) return plain(c, "Not for you", 403, <Stranger person={person} />);
  c.header("Set-Cookie", setCookie(deps, COOKIE, "", 0), { append: true });
  c.header("Set-Cookie", await loginCookie(deps, person), { append: true });
  return c.redirect(next);
}

const remember = (c: Context, deps: ConsoleDeps, value: string): void =>
  c.header("Set-Cookie", setCookie(deps, COOKIE, value, (15 * MINUTE) / 1000), { append: true });

async function tried<T>(deps: ConsoleDeps, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    deps.log.warn({ error: errorText(error) }, "a sign-in failed");
    return null;
  }
}

async function plain(
  c: Context,
  title: string,
  status: 200 | 401 | 403 | 404 | 503,
  children: Child,
): Promise<Response> {
  const html = await (<Plain title={title}>{children}</Plain>).toString();
  return c.html(`<!doctype html>${html}`, status);
}

const Code = ({ flow }: { flow: SignIn }) => (
  <>
    <p>
      Open{" "}
      <a href={webAddress(flow.url) ?? "#"} target="_blank" rel="noopener noreferrer">
        {flow.url}
      </a>{" "}
      signed in as yourself, and enter this code:
    </p>
    <p class="code">{flow.code}</p>
    <p class="muted" role="status">
      This page goes on by itself once that is done. I learn your login and nothing else. Never enter a code
      that somebody else gave you.
    </p>
  </>
);

const Again = ({ next, why }: { next: string; why?: string }) => (
  <p>
    {why} <a href={`/signin?next=${encodeURIComponent(next)}`}>Sign in again</a> or <a href="/">go back</a>.
  </p>
);

const Stranger = ({ person: { login, forge } }: { person: Proven }) => (
  <p>
    {forge} says that you are <b>{login}</b>, who has no triage right on the repositories here. Ask a
    maintainer to give it to you, or to name you in <code>flaky.yaml</code>.
  </p>
);

const Unset = () => (
  <p>
    Nobody can sign in here: neither <code>GITHUB_CLIENT_ID</code> (an OAuth app on GitHub with the device
    flow) nor <code>GITEA_CLIENT_ID</code> and <code>GITEA_CLIENT_SECRET</code> (an OAuth2 application on
    Gitea) are set. Set what fits the repositories.
  </p>
);
