/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import { csrf } from "hono/csrf";
import { z } from "zod";
import { type Env, HttpError } from "../http.ts";
import type { World } from "../world.ts";
import { pageOf } from "./context.ts";
import { Layout } from "./layout.tsx";
import { show } from "./show.ts";

/** The least seconds between two questions for a token. */
const INTERVAL = 1;

const Ask = z.object({
  client_id: z.string().min(1),
  device_code: z.string().optional(),
  code: z.string().optional(),
});

/** A program's fields, sent as JSON or as a form. */
const asked = async (c: Context<Env>): Promise<z.output<typeof Ask>> => {
  const isJson = (c.req.header("content-type") ?? "").includes("json");
  const parsed = Ask.safeParse(isJson ? await c.req.json() : await c.req.parseBody());
  if (!parsed.success) throw new HttpError(404, "Not Found");
  return parsed.data;
};

/** GitHub answers programs in form encoding unless they ask for JSON. */
const answer = (c: Context<Env>, fields: Record<string, string | number>): Response => {
  if ((c.req.header("accept") ?? "").includes("json")) return c.json(fields);
  const pairs = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
  return c.body(new URLSearchParams(pairs).toString(), 200, {
    "content-type": "application/x-www-form-urlencoded",
  });
};

/** Signing in: the device flow for programs without a browser, and the web flow with a redirect. */
export const loginRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.post("/login/device/code", async (c) => {
    await asked(c);
    const { deviceCode, userCode, seconds } = world.logins.start();
    return answer(c, {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: `${world.origin}/login/device`,
      expires_in: seconds,
      interval: INTERVAL,
    });
  });
  app.post("/login/oauth/access_token", async (c) => {
    const { device_code, code } = await asked(c);
    const result = world.logins.exchange(device_code ?? code ?? "");
    if ("error" in result)
      return answer(c, { ...result, error_description: result.error.replaceAll("_", " ") });
    return answer(c, { access_token: result.token, token_type: "bearer", scope: "" });
  });
  devicePages(app, world);
  webPages(app, world);
  return app;
};

const devicePages = (app: Hono<Env>, world: World): void => {
  app.get("/login/device", (c) => {
    const page = pageOf(world, c);
    const done = c.req.query("done");
    return show(
      c,
      <Layout page={page} title="Connect a device">
        <h1>Connect a device</h1>
        {done ? <p>Done. {page.viewer.login} is connected; you can close this page.</p> : null}
        <form method="post" action="/login/device" class="stack boxed">
          <label>
            {`The code it shows, confirmed as ${page.viewer.login}`}
            <input name="user_code" required value={c.req.query("user_code") ?? ""} placeholder="ABCD-1234" />
          </label>
          <button type="submit" class="primary">
            Connect
          </button>
        </form>
      </Layout>,
    );
  });
  app.post("/login/device", csrf(), async (c) => {
    const userCode = String((await c.req.formData()).get("user_code") ?? "");
    const isKnown = world.logins.confirm(userCode, pageOf(world, c).viewer.login);
    return c.redirect(
      isKnown ? "/login/device?done=1" : "/login/device?error=No+device+waits+for+this+code.",
      303,
    );
  });
};

const webPages = (app: Hono<Env>, world: World): void => {
  app.get("/login/oauth/authorize", (c) => {
    const page = pageOf(world, c);
    return show(
      c,
      <Layout page={page} title="Sign in">
        <h1>Sign in to {c.req.query("client_id")}</h1>
        <form method="post" action="/login/oauth/authorize" class="stack boxed">
          <input type="hidden" name="redirect_uri" value={c.req.query("redirect_uri") ?? ""} />
          <input type="hidden" name="state" value={c.req.query("state") ?? ""} />
          <p>It will know you as {page.viewer.login}.</p>
          <button type="submit" class="primary">
            Authorize
          </button>
        </form>
      </Layout>,
    );
  });
  app.post("/login/oauth/authorize", csrf(), async (c) => {
    const form = await c.req.formData();
    const target = URL.parse(String(form.get("redirect_uri") ?? ""));
    if (!target || !/^https?:$/.test(target.protocol))
      throw new HttpError(422, "redirect_uri is missing or no address");
    const { deviceCode, userCode } = world.logins.start();
    world.logins.confirm(userCode, pageOf(world, c).viewer.login);
    target.searchParams.set("code", deviceCode);
    target.searchParams.set("state", String(form.get("state") ?? ""));
    return c.redirect(target.href, 303);
  });
};
