/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { sameSecret } from "../kernel/secret.ts";
import { endedCookie, localPath, readerOf, sessionCookie } from "./auth.ts";
import type { ConsoleDeps } from "./deps.ts";
import { guarded } from "./headers.ts";
import { Plain } from "./layout.tsx";
import { endedLogin } from "./people.ts";

const MOST_BYTES = 8 * 1024;

/** Signing in with `CONSOLE_TOKEN`, and out again. */
export function loginRoutes(deps: ConsoleDeps): Hono {
  const app = new Hono();
  app.get("/login", guarded, async (c) => {
    const next = localPath(c.req.query("next") ?? "/");
    return readerOf(c, deps) === null ? form(c, deps, next, null) : c.redirect(next);
  });
  app.post("/login", guarded, bodyLimit({ maxSize: MOST_BYTES }), async (c) => {
    const body = await c.req.parseBody();
    const next = localPath(typeof body.next === "string" ? body.next : "/");
    const secret = deps.config.env.CONSOLE_TOKEN;
    if (secret === undefined) return form(c, deps, next, null);
    if (typeof body.token !== "string" || !sameSecret(body.token, secret))
      return form(c, deps, next, "That is not the token.");
    c.header("Set-Cookie", sessionCookie(deps, secret));
    return c.redirect(next, 303);
  });
  app.post("/logout", guarded, (c) => {
    c.header("Set-Cookie", endedCookie(deps));
    c.header("Set-Cookie", endedLogin(deps), { append: true });
    return c.redirect("/", 303);
  });
  return app;
}

/** Answers one who may not read: a form, or what to set. */
export function refusal(c: Context, deps: ConsoleDeps): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  return form(c, deps, localPath(`${pathname}${search}`), null);
}

async function form(c: Context, deps: ConsoleDeps, next: string, fault: string | null): Promise<Response> {
  const { identity } = deps.actions;
  const way =
    identity === null ? null : { forge: identity.forge, href: `/signin?next=${encodeURIComponent(next)}` };
  const token = deps.config.env.CONSOLE_TOKEN !== undefined;
  const node = !token && way === null ? <Closed /> : <SignIn {...{ next, fault, way, token }} />;
  return c.html(`<!doctype html>${await node.toString()}`, 401);
}

const Closed = () => (
  <Plain title="The console is closed">
    <p>
      It is reached from other machines, and no <code>CONSOLE_TOKEN</code> is set. Set it to a long random
      word, start again, and sign in here with it:
    </p>
    <pre>CONSOLE_TOKEN=$(openssl rand -hex 24)</pre>
    <p>
      Or leave <code>HOST</code> and <code>PUBLIC_URL</code> unset and open it on its own machine under{" "}
      <code>http://127.0.0.1</code>: there reading is open.
    </p>
  </Plain>
);

interface SignInProps {
  next: string;
  fault: string | null;
  /** Where signing in with the forge begins; null where nobody can. */
  way: { forge: string; href: string } | null;
  /** Whether a console token is set. */
  token: boolean;
}

const SignIn = ({ next, fault, way, token }: SignInProps) => (
  <Plain title="Sign in">
    {way === null ? null : (
      <p>
        <a class="button main" href={way.href}>
          Sign in with {way.forge}
        </a>{" "}
        <span class="muted">to read, and to act as you may there.</span>
      </p>
    )}
    {token ? <TokenForm next={next} fault={fault} first={way === null} /> : null}
  </Plain>
);

const TokenForm = ({ next, fault, first }: { next: string; fault: string | null; first: boolean }) => (
  <form method="post" action="/login" class="login">
    <input type="hidden" name="next" value={next} />
    <label for="token">Console token</label>
    <input
      id="token"
      name="token"
      type="password"
      autocomplete="current-password"
      required
      autofocus={first}
      aria-describedby="token-help"
      aria-invalid={fault === null ? undefined : "true"}
    />
    <p id="token-help" class={fault === null ? "muted" : "error"} role={fault === null ? undefined : "alert"}>
      {fault ?? "The value of CONSOLE_TOKEN; whoever runs the service has it."}
    </p>
    <button type="submit">Sign in</button>
  </form>
);
