/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { giteaRepos } from "../config/index.ts";
import { KINDS } from "../features/findings/kinds.ts";
import { State } from "../features/findings/model.ts";
import { readCursor } from "../features/insights/cursor.ts";
import { GROUP_NAMES, GROUPS } from "../features/insights/model.ts";
import {
  countsOf,
  findingRepos,
  overview,
  waitingFor,
  withSurroundings,
} from "../features/insights/overview.ts";
import { cameBy, SOURCE_NAMES, sourcesSeen } from "../features/insights/sources.ts";
import { cameToday } from "../features/insights/today.ts";
import type { Answer } from "./answer.ts";
import type { ConsoleDeps } from "./deps.ts";
import { lookUp } from "./lookup.ts";
import { FindingsPage, type FindingsQuery, PAGE_SIZE } from "./pages/findings.tsx";
import type { Viewer } from "./viewer.ts";

const MOST_YOURS = 10;

/** The first page: findings by what is to be done about them; a search for a number goes straight to the finding. */
export async function findingsList(
  deps: ConsoleDeps,
  c: Context,
  now: Date,
  viewer: Viewer,
): Promise<Answer> {
  const query = readQuery(c);
  if (query.search !== null && /^(f|#|https?:)/i.test(query.search)) {
    const named = await lookUp(deps, query.search, query.repo ?? undefined).catch(() => null);
    if (named !== null) return c.redirect(`/findings/F${named.id}`);
  }
  const states =
    query.state !== null ? [query.state] : query.group !== null ? GROUPS[query.group].states : [];
  const { repo, kind, search } = query;
  const gitea = giteaRepos(deps.config);
  const wanted = {
    states,
    repo,
    kind,
    search,
    which: query.source ? cameBy(query.source, gitea) : undefined,
  };
  const from = fromOf(c);
  const whole = from === undefined && Object.values(query).every((one) => one === null);
  const you = whole ? (viewer.person?.login ?? null) : null;
  const [page, yours, counts, today, repos, sources] = await Promise.all([
    overview(deps.db, now, { ...wanted, limit: PAGE_SIZE, from }),
    you === null ? [] : withSurroundings(deps.db, now, await waitingFor(deps.db, you, MOST_YOURS)),
    countsOf(deps.db, wanted),
    cameToday(deps.db, now),
    findingRepos(deps.db),
    sourcesSeen(deps.db, gitea),
  ]);
  return {
    title: "Findings",
    section: "/",
    body: <FindingsPage {...{ now, query, page, yours, counts, today, repos, sources, states }} />,
  };
}

function fromOf(c: Context) {
  const [after, before] = [readCursor(c.req.query("after")), readCursor(c.req.query("before"))];
  if (after !== null) return { cursor: after, way: "after" as const };
  return before === null ? undefined : { cursor: before, way: "before" as const };
}

function readQuery(c: Context): FindingsQuery {
  const text = (name: string) => {
    const value = (c.req.query(name) ?? "").trim().slice(0, 200);
    return value === "" ? null : value;
  };
  const state = State.safeParse(c.req.query("state"));
  return {
    group: GROUP_NAMES.find((name) => name === c.req.query("show")) ?? null,
    state: state.success ? state.data : null,
    repo: text("repo"),
    kind: KINDS.find((kind) => kind === c.req.query("kind")) ?? null,
    source: SOURCE_NAMES.find((source) => source === c.req.query("source")) ?? null,
    search: text("q"),
  };
}
