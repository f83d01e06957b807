/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { KINDS } from "../features/findings/kinds.ts";
import { State } from "../features/findings/model.ts";
import { countByState } from "../features/findings/store.ts";
import { GROUP_NAMES, GROUPS } from "../features/insights/model.ts";
import { findingRepos, overview } from "../features/insights/overview.ts";
import type { Answer } from "./answer.ts";
import type { ConsoleDeps } from "./deps.ts";
import { lookUp } from "./lookup.ts";
import { FindingsPage, type FindingsQuery, PAGE_SIZE } from "./pages/findings.tsx";

/** The first page: findings by what is to be done about them; a search for a number goes straight to the finding. */
export async function findingsList(deps: ConsoleDeps, c: Context, now: Date): Promise<Answer> {
  const query = readQuery(c);
  if (query.search !== null && /^(f|#|https?:)/i.test(query.search)) {
    const named = await lookUp(deps, query.search, query.repo ?? undefined).catch(() => null);
    if (named !== null) return c.redirect(`/findings/F${named.id}`);
  }
  const states =
    query.state !== null ? [query.state] : query.group !== null ? GROUPS[query.group].states : [];
  const { rows, total } = await overview(deps.db, now, {
    states,
    repo: query.repo,
    kind: query.kind,
    search: query.search,
    limit: PAGE_SIZE,
    offset: (query.page - 1) * PAGE_SIZE,
  });
  const counts = await countByState(deps.db);
  const repos = await findingRepos(deps.db);
  return {
    title: "Findings",
    section: "/",
    body: <FindingsPage now={now} query={query} counts={counts} repos={repos} rows={rows} total={total} />,
  };
}

function readQuery(c: Context): FindingsQuery {
  const text = (name: string) => {
    const value = (c.req.query(name) ?? "").trim().slice(0, 200);
    return value === "" ? null : value;
  };
  const state = State.safeParse(c.req.query("state"));
  const page = Number(c.req.query("page"));
  return {
    group: GROUP_NAMES.find((name) => name === c.req.query("show")) ?? null,
    state: state.success ? state.data : null,
    repo: text("repo"),
    kind: KINDS.find((kind) => kind === c.req.query("kind")) ?? null,
    search: text("q"),
    page: Number.isInteger(page) && page > 0 && page < 1e6 ? page : 1,
  };
}
