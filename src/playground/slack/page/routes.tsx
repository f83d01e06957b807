/** @jsxImportSource hono/jsx */
import { Hono } from "hono";
import { z } from "zod";
import type { SlackPlayground } from "../verbs.ts";
import { readPlace, renderFrame } from "./frame.tsx";
import { Shell } from "./shell.tsx";
import { changeStream } from "./stream.ts";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

const Given = z.union([z.string(), z.array(z.string())]);
const Act = z.discriminatedUnion("act", [
  z.object({ act: z.literal("say"), channel: z.string(), text: z.string().min(1), thread: z.string() }),
  z.object({ act: z.literal("click"), target: z.string(), action: z.string(), value: Given.optional() }),
  z.object({ act: z.literal("submit"), target: z.string(), values: z.record(z.string(), Given) }),
  z.object({ act: z.literal("close-view"), target: z.string() }),
  z.object({ act: z.literal("react"), ts: z.string(), name: z.string() }),
  z.object({ act: z.literal("edit"), ts: z.string(), text: z.string().min(1) }),
  z.object({ act: z.literal("remove"), ts: z.string() }),
  z.object({ act: z.literal("dismiss"), ts: z.string() }),
  z.object({ act: z.literal("shortcut"), ts: z.string(), callback: z.string() }),
]);
type Act = z.infer<typeof Act>;
const Body = z.object({ as: z.string() }).and(Act);

/** The page, its assets, what it shows and what people do on it. */
export function pageRoutes(slack: SlackPlayground): Hono {
  const app = new Hono();
  const { world, picks } = slack;
  app.use(async (c, next) => {
    await next();
    c.header("content-security-policy", POLICY);
    c.header("referrer-policy", "no-referrer");
    c.header("x-content-type-options", "nosniff");
  });
  app.get("/", (c) => {
    const frame = renderFrame(world, picks, readPlace(world, c.req.query()));
    return c.html(`<!doctype html>${String(<Shell world={world} frame={frame} />)}`);
  });
  app.get("/archives/:channel/:message?", (c) => {
    const digits = (c.req.param("message") ?? "").replace(/^p/, "");
    const query = new URLSearchParams({ channel: c.req.param("channel") });
    if (digits) query.set("focus", `${digits.slice(0, -6)}.${digits.slice(-6)}`);
    const thread = c.req.query("thread_ts");
    if (thread) query.set("thread", thread);
    return c.redirect(`/?${query}`);
  });
  app.get("/assets/:name", async (c) => {
    const [, name = "", extension = ""] = /^([a-z]+)\.([a-z]+)$/.exec(c.req.param("name")) ?? [];
    const file = Bun.file(new URL(`./assets/${name}.${extension}`, import.meta.url));
    const type = TYPES[extension];
    if (!type || !(await file.exists())) return c.notFound();
    return new Response(file, { headers: { "content-type": type, "cache-control": "no-cache" } });
  });
  app.get("/ui/frame", (c) => c.json(renderFrame(world, picks, readPlace(world, c.req.query()))));
  app.get("/ui/changes", () => changeStream((listener) => slack.onChange(listener)));
  app.post("/ui/act", async (c) => {
    // JSON only: a form of another site cannot send it without asking first.
    if (!c.req.header("content-type")?.startsWith("application/json"))
      return c.json({ error: "JSON only" }, 415);
    const parsed = Body.safeParse(await c.req.json().catch(() => null));
    if (!parsed.success) return c.json({ error: "That was not understood." }, 400);
    try {
      await perform(slack, parsed.data.as, parsed.data);
      return c.json({ ok: true });
    } catch (error) {
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 400);
    }
  });
  return app;
}

async function perform(slack: SlackPlayground, as: string, act: Act): Promise<void> {
  switch (act.act) {
    case "say":
      return void (await slack.type(as, act.channel, act.text, act.thread ? { threadTs: act.thread } : {}));
    case "click":
      return void (await slack.click(as, act.target, act.action, act.value));
    case "submit":
      return void (await slack.submitView(as, act.target, act.values));
    case "close-view":
      return await slack.closeView(as, act.target);
    case "react":
      return slack.react(as, act.ts, act.name);
    case "edit":
      return slack.edit(as, act.ts, act.text);
    case "remove":
      return slack.remove(as, act.ts);
    case "dismiss":
      return slack.dismiss(as, act.ts);
    case "shortcut":
      return void (await slack.shortcut(as, act.ts, act.callback));
  }
}
