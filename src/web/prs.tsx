/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { pullsBoard } from "../features/insights/operations.ts";
import { boardOf, targetOf } from "../features/pipelines/board.ts";
import { UserError } from "../kernel/errors.ts";
import type { Answer } from "./answer.ts";
import type { ReadDeps } from "./deps.ts";
import { OwnPulls, PullsPage } from "./pages/boards.tsx";
import { PrsPage } from "./pages/prs.tsx";
import type { BoardDeps } from "./prs-api.ts";
import type { Viewer } from "./viewer.ts";

/** `/pulls`: the pull requests of a target, and below them those of the product; without targets the latter alone. */
export async function pullsPage(
  deps: ReadDeps & Partial<BoardDeps>,
  c: Context,
  now: Date,
  viewer: Viewer,
): Promise<Answer> {
  const page = { title: "Pull requests", section: "/pulls" };
  const { forge } = deps;
  const { targets } = deps.config.file;
  const entries = await pullsBoard(deps.db);
  if (forge === undefined || targets.length === 0)
    return { ...page, body: <PullsPage entries={entries} targets={targets} now={now} /> };
  const label = (c.req.query("target") ?? "").trim();
  try {
    const board = await boardOf({ ...deps, forge }, targetOf(deps, label === "" ? null : label));
    return {
      ...page,
      body: (
        <>
          <PrsPage board={board} targets={targets} now={deps.clock.now()} viewer={viewer} />
          {entries.length === 0 ? null : (
            <section class="group" aria-labelledby="own">
              <h2 id="own">Fixes of mine</h2>
              <OwnPulls entries={entries} now={now} />
            </section>
          )}
        </>
      ),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      ...page,
      status: 404,
      body: (
        <div class="empty">
          <h1>No such target</h1>
          <p>{error.message}</p>
          <p>
            <a href="/pulls">Pull requests</a>
          </p>
        </div>
      ),
    };
  }
}
