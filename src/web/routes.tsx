/** @jsxImportSource hono/jsx */
import { type Context, type Handler, Hono } from "hono";
import { nameOf } from "../features/findings/model.ts";
import { findingDetail } from "../features/insights/detail.ts";
import { auditBoard, tasksBoard, workersBoard } from "../features/insights/operations.ts";
import { stats } from "../features/insights/stats.ts";
import { UserError } from "../kernel/errors.ts";
import { readPause } from "../platform/pause.ts";
import type { Answer } from "./answer.ts";
import { serveAsset } from "./assets.ts";
import { type Reader, readerOf } from "./auth.ts";
import type { ConsoleDeps } from "./deps.ts";
import { Changes } from "./events.ts";
import { findingsList } from "./findings-list.tsx";
import { guarded } from "./headers.ts";
import { Page } from "./layout.tsx";
import { loginRoutes, refusal } from "./login.tsx";
import { lookUp } from "./lookup.ts";
import { AuditPage } from "./pages/audit.tsx";
import { TasksPage, WorkersPage } from "./pages/boards.tsx";
import { FindingPage } from "./pages/finding.tsx";
import { RANGES, StatsPage } from "./pages/stats.tsx";
import { pullsPage } from "./prs.tsx";
import type { BoardDeps } from "./prs-api.ts";

type Build = (c: Context, now: Date) => Promise<Answer>;

/**
 * The console: pages, their style and script, and the stream that says when to look again. Reading is open on
 * loopback and needs `CONSOLE_TOKEN` elsewhere.
 */
export function consoleRoutes(deps: ConsoleDeps & Partial<BoardDeps>): Hono {
  const app = new Hono();
  const changes = new Changes(deps);
  const page = (path: string, build: Build) => app.get(path, guarded, pageHandler(deps, build));

  page("/", (c, now) => findingsList(deps, c, now));
  page("/findings/:n", (c, now) => findingPage(deps, c, now));
  page("/flakes/:n", (c, now) => findingPage(deps, c, now));
  page("/pulls", (c, now) => pullsPage(deps, c, now, null));
  page("/tasks", async (_, now) => ({
    title: "Tasks",
    section: "/tasks",
    body: <TasksPage entries={await tasksBoard(deps.db)} now={now} />,
  }));
  page("/workers", async (_, now) => ({
    title: "Workers",
    section: "/workers",
    body: <WorkersPage entries={await workersBoard(deps.db, now)} now={now} />,
  }));
  page("/stats", async (c, now) => ({
    title: "Figures",
    section: "/stats",
    body: <StatsPage stats={await stats(deps.db, now, rangeOf(c.req.query("days")))} />,
  }));
  page("/audit", (c, now) => auditPage(deps, c, now));
  app.get("/events", guarded, (c) =>
    readerOf(c, deps) === null ? c.text("Sign in first", 401) : changes.stream(c),
  );
  app.get("/assets/*", guarded, serveAsset);
  app.route("/", loginRoutes(deps));
  return app;
}

/** Lets readers in, builds the page and puts it into its frame. */
function pageHandler(deps: ConsoleDeps, build: Build): Handler {
  return async (c) => {
    const reader = readerOf(c, deps);
    if (reader === null) return refusal(c, deps);
    const answer = await build(c, deps.clock.now());
    return answer instanceof Response ? answer : framed(deps, c, reader, answer);
  };
}

async function framed(
  deps: ConsoleDeps,
  c: Context,
  reader: Reader,
  { title, section, body, status }: Exclude<Answer, Response>,
): Promise<Response> {
  const frame = { title, section, reader, paused: await pausedWhy(deps) };
  const html = await (<Page frame={frame}>{body}</Page>).toString();
  return c.html(`<!doctype html>${html}`, status ?? 200);
}

async function pausedWhy(deps: ConsoleDeps): Promise<string | null> {
  if (deps.config.env.READ_ONLY) return "READ_ONLY is set: nothing is written to GitHub or Slack.";
  const pause = await readPause(deps.db);
  if (pause === null) return null;
  const reason = pause.reason === null ? "" : `: ${pause.reason}`;
  return `By ${pause.by}${reason}. Writes and tasks wait until /flaky resume.`;
}

const rangeOf = (days: string | undefined): number => RANGES.find((range) => String(range) === days) ?? 7;

async function findingPage(deps: ConsoleDeps, c: Context, now: Date): Promise<Answer> {
  const named = c.req.param("n") ?? "";
  const finding = await lookUp(deps, named, c.req.query("repo")).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (finding instanceof UserError) return missing("Which one?", finding.message, 409);
  if (finding === null)
    return missing("No such finding", "It may have another number; search for its test instead.", 404);
  const detail = await findingDetail(deps.db, now, finding);
  return {
    title: `${nameOf(finding)} ${finding.test}`,
    section: "/",
    body: <FindingPage detail={detail} now={now} />,
  };
}

const missing = (title: string, text: string, status: 404 | 409): Answer => ({
  title,
  section: "/",
  status,
  body: (
    <div class="empty">
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a href="/">All findings</a>
      </p>
    </div>
  ),
});

async function auditPage(deps: ConsoleDeps, c: Context, now: Date): Promise<Answer> {
  const finding = (c.req.query("finding") ?? "").trim();
  const action = (c.req.query("action") ?? "").trim();
  const found = finding === "" ? null : await lookUp(deps, finding, c.req.query("repo")).catch(() => null);
  const entries =
    finding !== "" && found === null
      ? []
      : await auditBoard(deps.db, { finding: found?.id ?? null, action: action === "" ? null : action });
  return {
    title: "Audit",
    section: "/audit",
    body: <AuditPage entries={entries} now={now} finding={finding} action={action} />,
  };
}
