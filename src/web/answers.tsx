/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { codeCredential } from "../config/credential.ts";
import { giteaRepos, repoConfig } from "../config/index.ts";
import { nameOf } from "../features/findings/model.ts";
import { findingDetail } from "../features/insights/detail.ts";
import { auditBoard, NEWEST, tasksBoard } from "../features/insights/operations.ts";
import { cameBy, SOURCE_NAMES, sourcesSeen } from "../features/insights/sources.ts";
import { stats } from "../features/insights/stats.ts";
import { taskDetail } from "../features/insights/task-page.ts";
import { UserError } from "../kernel/errors.ts";
import { TaskId } from "../kernel/ids.ts";
import type { Answer } from "./answer.ts";
import { figuresCsv, TABLES } from "./csv.ts";
import type { ConsoleDeps } from "./deps.ts";
import { lookUp } from "./lookup.ts";
import { AuditPage } from "./pages/audit.tsx";
import { FindingPage } from "./pages/finding.tsx";
import { RANGES, StatsPage, type StatsQuery } from "./pages/stats.tsx";
import { TaskPage } from "./pages/task.tsx";
import { TasksPage } from "./pages/tasks.tsx";
import type { Viewer } from "./viewer.ts";

export async function findingPage(deps: ConsoleDeps, c: Context, now: Date, viewer: Viewer): Promise<Answer> {
  const named = c.req.param("n") ?? "";
  const finding = await lookUp(deps, named, c.req.query("repo")).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (finding instanceof UserError) return missing("/", "Which one?", finding.message, 409);
  if (finding === null)
    return missing("/", "No such finding", "It may have another number; search for its test instead.", 404);
  const forge = deps.actions.forgeName(finding.repo);
  const detail = { ...(await findingDetail(deps.db, now, finding)), forge };
  const bar = deps.config.file.bar.confidence;
  return {
    title: `${nameOf(finding)} ${finding.test}`,
    section: "/",
    body: <FindingPage detail={detail} now={now} viewer={viewer} bar={bar} />,
  };
}

const missing = (section: "/" | "/tasks", title: string, text: string, status: 404 | 409): Answer => ({
  title,
  section,
  status,
  body: (
    <div class="empty">
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a href={section}>{section === "/" ? "All findings" : "All tasks"}</a>
      </p>
    </div>
  ),
});

/** By what fixes are published, of all repositories. */
const credentials = ({ config }: ConsoleDeps): string =>
  [...new Set(config.file.repos.map((repo) => codeCredential(config, repo)))].join(", ");

export async function tasksPage(deps: ConsoleDeps, now: Date, viewer: Viewer): Promise<Answer> {
  return {
    title: "Tasks",
    section: "/tasks",
    body: (
      <TasksPage
        entries={await tasksBoard(deps.db)}
        repos={deps.config.file.repos.map((repo) => repo.source)}
        credential={credentials(deps)}
        {...{ viewer, now }}
      />
    ),
  };
}

export async function taskPage(deps: ConsoleDeps, c: Context, now: Date, viewer: Viewer): Promise<Answer> {
  const id = TaskId.safeParse(c.req.param("id"));
  const detail = id.success ? await taskDetail(deps.db, id.data) : null;
  if (!id.success || detail === null)
    return missing("/tasks", "No such task", "Tasks are listed with their ids.", 404);
  const before = placeOf(c.req.query("before"));
  const lines = await deps.actions.steps(id.data, before);
  const log = lines === null ? null : { ...lines, before };
  const own = repoConfig(deps.config, detail.finding.repo);
  const credential = own === undefined ? credentials(deps) : codeCredential(deps.config, own);
  return {
    title: id.data,
    section: "/tasks",
    body: <TaskPage {...{ detail, log, credential, viewer, now }} />,
  };
}

/** The figures that an address asks for. */
async function figuresOf(deps: ConsoleDeps, c: Context, now: Date) {
  const asked = (name: string) => c.req.query(name) ?? "";
  const query: StatsQuery = {
    days: RANGES.find((range) => String(range) === asked("days")) ?? 7,
    repo: asked("repo") === "" ? null : asked("repo").slice(0, 200),
    source: SOURCE_NAMES.find((source) => source === asked("source")) ?? null,
  };
  const gitea = giteaRepos(deps.config);
  const which = query.source === null ? undefined : cameBy(query.source, gitea);
  const [figures, sources] = await Promise.all([
    stats(deps.db, now, query.days, { repo: query.repo, which }),
    sourcesSeen(deps.db, gitea),
  ]);
  return { figures, query, sources };
}

export async function figures(deps: ConsoleDeps, c: Context, now: Date): Promise<Answer> {
  const { figures: stats, query, sources } = await figuresOf(deps, c, now);
  return { title: "Figures", section: "/stats", body: <StatsPage {...{ stats, query, sources }} /> };
}

export async function figuresAsCsv(deps: ConsoleDeps, c: Context, now: Date): Promise<Answer> {
  const { figures } = await figuresOf(deps, c, now);
  const table = TABLES.find((name) => name === c.req.query("table")) ?? "days";
  return c.body(figuresCsv(figures, table), 200, {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="flaky-${table}-${figures.days}d.csv"`,
  });
}

export async function auditPage(deps: ConsoleDeps, c: Context, now: Date): Promise<Answer> {
  const text = (name: string) => (c.req.query(name) ?? "").trim().slice(0, 200);
  const query = {
    finding: text("finding"),
    action: text("action"),
    actor: text("actor"),
    from: text("from"),
    to: text("to"),
  };
  const found =
    query.finding === "" ? null : await lookUp(deps, query.finding, c.req.query("repo")).catch(() => null);
  const entries =
    query.finding !== "" && found === null
      ? []
      : await auditBoard(deps.db, {
          finding: found?.id ?? null,
          action: query.action === "" ? null : query.action,
          actor: query.actor === "" ? null : query.actor,
          from: dayOr(query.from),
          to: dayOr(query.to),
          before: placeOf(c.req.query("before")),
        });
  const more = entries.length === NEWEST ? (entries.at(-1)?.id ?? null) : null;
  return { title: "Audit", section: "/audit", body: <AuditPage {...{ entries, now, query, more }} /> };
}

/** The place that a page goes on from, a number from 1 up; null for anything else. */
function placeOf(text: string | undefined): number | null {
  const place = Number(text ?? "");
  return Number.isSafeInteger(place) && place > 0 ? place : null;
}

/** A day as `2026-03-04`; null for anything else. */
const dayOr = (text: string): string | null =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
