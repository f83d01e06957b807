/** @jsxImportSource hono/jsx */
import { type Context, type Handler, Hono } from "hono";
import { workersBoard } from "../features/insights/operations.ts";
import { errorText } from "../kernel/errors.ts";
import { readPause } from "../platform/pause.ts";
import { actRoutes } from "./act.ts";
import type { Answer } from "./answer.ts";
import { auditPage, figures, figuresAsCsv, findingPage, taskPage, tasksPage } from "./answers.tsx";
import { serveAsset } from "./assets.ts";
import { localPath } from "./auth.ts";
import type { ConsoleDeps } from "./deps.ts";
import { Changes } from "./events.ts";
import { broken, noSuchPage } from "./faults.tsx";
import { findingsList } from "./findings-list.tsx";
import { guarded } from "./headers.ts";
import { Page } from "./layout.tsx";
import { linkRoutes } from "./link.tsx";
import { loginRoutes, refusal } from "./login.tsx";
import { WorkersPage } from "./pages/boards.tsx";
import { pullsPage } from "./prs.tsx";
import type { BoardDeps } from "./prs-api.ts";
import { takeSaid } from "./said.ts";
import { signInRoutes } from "./sign-in.tsx";
import { type Viewer, viewerOf } from "./viewer.ts";

type Build = (c: Context, now: Date, viewer: Viewer) => Promise<Answer>;

/**
 * The console: pages, their style and script, the stream that says when to look again, and the buttons. Reading is open on
 * loopback; elsewhere one signs in with the forge or has `CONSOLE_TOKEN`. Acting needs a login everywhere.
 */
export function consoleRoutes(deps: ConsoleDeps & Partial<BoardDeps>): Hono {
  const app = new Hono();
  const changes = new Changes(deps);
  const page = (path: string, build: Build) => app.get(path, guarded, pageHandler(deps, changes, build));

  page("/", (c, now, viewer) => findingsList(deps, c, now, viewer));
  page("/findings/:n", (c, now, viewer) => findingPage(deps, c, now, viewer));
  page("/flakes/:n", (c, now, viewer) => findingPage(deps, c, now, viewer));
  page("/pulls", (c, now, viewer) => pullsPage(deps, c, now, viewer));
  page("/tasks", (_, now, viewer) => tasksPage(deps, now, viewer));
  page("/tasks/:id", (c, now, viewer) => taskPage(deps, c, now, viewer));
  page("/workers", async (_, now) => ({
    title: "Workers",
    section: "/workers",
    body: <WorkersPage entries={await workersBoard(deps.db, now)} now={now} />,
  }));
  page("/stats", (c, now) => figures(deps, c, now));
  page("/stats.csv", (c, now) => figuresAsCsv(deps, c, now));
  page("/audit", (c, now) => auditPage(deps, c, now));
  app.get("/events", guarded, async (c) =>
    (await viewerOf(c, deps)) === null ? c.text("Sign in first", 401) : changes.stream(c),
  );
  app.get("/assets/*", guarded, serveAsset);
  app.route("/", loginRoutes(deps));
  app.route("/", signInRoutes(deps));
  app.route("/", linkRoutes(deps));
  app.route("/", actRoutes(deps));
  // what a program asks for is answered by whoever put this into a server
  app.get("*", guarded, (c, next) =>
    c.req.header("accept")?.includes("text/html") === true ? noSuchPage(c) : next(),
  );
  return app;
}

/** Lets readers in, builds the page and puts it into its frame. */
function pageHandler(deps: ConsoleDeps, changes: Changes, build: Build): Handler {
  return async (c) => {
    try {
      const viewer = await viewerOf(c, deps);
      if (viewer === null) return await refusal(c, deps);
      // first: what changes while the page is made is told to it afterwards
      const mark = await changes.mark();
      const answer = await build(c, deps.clock.now(), viewer);
      return answer instanceof Response ? answer : await framed(deps, c, viewer, mark, answer);
    } catch (error) {
      deps.log.error({ error: errorText(error), path: c.req.path }, "a page could not be made");
      const { pathname, search } = new URL(c.req.url);
      return broken(c, localPath(`${pathname}${search}`));
    }
  };
}

async function framed(
  deps: ConsoleDeps,
  c: Context,
  viewer: Viewer,
  mark: string,
  { title, section, body, status }: Exclude<Answer, Response>,
): Promise<Response> {
  const frame = { title, section, viewer, said: takeSaid(c, deps), paused: await pausedWhy(deps), mark };
  const html = await (<Page frame={frame}>{body}</Page>).toString();
  return c.html(`<!doctype html>${html}`, status ?? 200);
}

async function pausedWhy(deps: ConsoleDeps): Promise<string | null> {
  if (deps.config.env.READ_ONLY)
    return "READ_ONLY is set: no issue, comment, pull request or message is written.";
  const pause = await readPause(deps.db);
  if (pause === null) return null;
  const reason = pause.reason === null ? "" : `: ${pause.reason}`;
  return `By ${pause.by}${reason}. Writes and tasks wait until /flaky resume.`;
}
