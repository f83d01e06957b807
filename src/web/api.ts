import { type Context, Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";
import { giteaRepos } from "../config/index.ts";
import { KINDS } from "../features/findings/kinds.ts";
import { State } from "../features/findings/model.ts";
import { type Cursor, readCursor, writeCursor } from "../features/insights/cursor.ts";
import { tasksBoard, workersBoard } from "../features/insights/operations.ts";
import { countsOf, overview, totalOf, withSurroundings } from "../features/insights/overview.ts";
import { cameBy, SOURCE_NAMES } from "../features/insights/sources.ts";
import { stats } from "../features/insights/stats.ts";
import { UserError } from "../kernel/errors.ts";
import { bearerOf, sameSecret } from "../kernel/secret.ts";
import { clamp } from "../kernel/text/clamp.ts";
import { stateHistory } from "../platform/audit.ts";
import type { ReadDeps } from "./deps.ts";
import { lookUp } from "./lookup.ts";
import { type BoardDeps, pullsAnswer } from "./prs-api.ts";
import { findingShape, statsShape, taskShape, workerShape } from "./shapes.ts";

const MOST = 500;

const PLACE = z.custom<Cursor>((at) => at !== null, "is the `after` of another answer");

const ListQuery = z.object({
  kind: z.enum(KINDS).optional(),
  state: State.optional(),
  repo: z.string().optional(),
  source: z.enum(SOURCE_NAMES).optional(),
  q: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(MOST).default(100),
  offset: z.coerce.number().int().min(0).max(1e6).default(0),
  /** Where the page before ended, as its `after` says. */
  after: z.string().transform(readCursor).pipe(PLACE).optional(),
});
const StatsQuery = z.object({
  days: z.coerce.number().int().min(1).max(366).default(7),
  repo: z.string().optional(),
  source: z.enum(SOURCE_NAMES).optional(),
});

/** What the console shows, as JSON, for `Authorization: Bearer API_TOKEN`; 401 without, also where none is set. */
export function apiRoutes(deps: ReadDeps & Partial<BoardDeps>): Hono {
  const app = new Hono();
  const needsToken = tokenGate(deps);
  const get = (path: string, answer: (c: Context) => Promise<Response>) =>
    app.get(`/api/v1${path}`, needsToken, answer);

  for (const name of ["/findings", "/flakes"]) {
    get(name, (c) => list(deps, c));
    get(`${name}/:n`, (c) => one(deps, c));
  }
  get("/tasks", async (c) => c.json({ tasks: (await tasksBoard(deps.db)).map(taskShape) }));
  get("/pulls", (c) => pullsAnswer(deps, c));
  get("/workers", async (c) =>
    c.json({ workers: (await workersBoard(deps.db, deps.clock.now())).map(workerShape) }),
  );
  get("/stats", async (c) => {
    const query = StatsQuery.safeParse(c.req.query());
    if (!query.success) return c.json({ error: z.prettifyError(query.error) }, 400);
    const { days, repo = null, source } = query.data;
    const which = source && cameBy(source, giteaRepos(deps.config));
    return c.json(statsShape(await stats(deps.db, deps.clock.now(), days, { repo, which })));
  });
  return app;
}

const tokenGate =
  (deps: ReadDeps): MiddlewareHandler =>
  async (c, next) => {
    c.header("Cache-Control", "no-store");
    c.header("X-Content-Type-Options", "nosniff");
    if (!sameSecret(bearerOf(c.req.header("authorization")), deps.config.env.API_TOKEN)) {
      c.header("WWW-Authenticate", "Bearer");
      return c.json({ error: "this needs Authorization: Bearer API_TOKEN" }, 401);
    }
    return next();
  };

async function list(deps: ReadDeps, c: Context): Promise<Response> {
  const query = ListQuery.safeParse(c.req.query());
  if (!query.success) return c.json({ error: z.prettifyError(query.error) }, 400);
  const { state, kind, repo, source, q, limit, offset, after: cursor } = query.data;
  const wanted = {
    states: state === undefined ? [] : [state],
    repo: repo ?? null,
    kind: kind ?? null,
    search: q ?? null,
    which: source && cameBy(source, giteaRepos(deps.config)),
  };
  const from = cursor === undefined ? undefined : { cursor, way: "after" as const };
  const [page, counts] = await Promise.all([
    overview(deps.db, deps.clock.now(), { ...wanted, limit, offset, from }),
    countsOf(deps.db, wanted),
  ]);
  return c.json({
    findings: page.rows.map(findingShape),
    total: totalOf(counts, wanted.states),
    after: page.after === null ? null : writeCursor(page.after),
  });
}

async function one(deps: ReadDeps, c: Context): Promise<Response> {
  const named = c.req.param("n") ?? "";
  try {
    const finding = await lookUp(deps, named, c.req.query("repo"));
    if (finding === null) return c.json({ error: `there is no finding ${clamp(named, 100)}` }, 404);
    const [row] = await withSurroundings(deps.db, deps.clock.now(), [finding]);
    if (row === undefined) return c.notFound();
    return c.json({ ...findingShape(row), history: await stateHistory(deps.db, finding.id) });
  } catch (error) {
    if (error instanceof UserError) return c.json({ error: error.message }, 409);
    throw error;
  }
}
