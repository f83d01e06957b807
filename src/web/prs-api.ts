import { createHash } from "node:crypto";
import type { Context } from "hono";
import { pullsBoard } from "../features/insights/operations.ts";
import { type Board, type BoardCell, type BoardRow, boardOf, targetOf } from "../features/pipelines/board.ts";
import { FRESH_MS } from "../features/pipelines/listing.ts";
import { UserError } from "../kernel/errors.ts";
import type { Forge } from "../ports/forge.ts";
import type { ReadDeps } from "./deps.ts";
import { pullShape } from "./shapes.ts";

/** What the pull requests of targets are read by; absent where pages have no forge behind them. */
export interface BoardDeps {
  forge: Forge;
}

/**
 * `GET /api/v1/pulls`: the product's own pull requests, and with `?target=LABEL` those of a target. Answers have an ETag;
 * when GitHub was asked is not part of it.
 */
export async function pullsAnswer(deps: ReadDeps & Partial<BoardDeps>, c: Context): Promise<Response> {
  const label = c.req.query("target");
  if (label === undefined) {
    const targets = deps.config.file.targets.map(({ label, user, repos }) => ({ label, user, repos }));
    return tagged(c, { pulls: (await pullsBoard(deps.db)).map(pullShape), targets }, {});
  }
  const { forge } = deps;
  if (forge === undefined) return c.json({ error: "there is no forge here" }, 503);
  try {
    const board = await boardOf({ ...deps, forge }, targetOf(deps, label));
    const until = FRESH_MS - (deps.clock.now().getTime() - (board.readAt?.getTime() ?? 0));
    c.header("Cache-Control", `private, max-age=${Math.max(0, Math.ceil(until / 1000))}`);
    return tagged(c, boardShape(board), { read_at: board.readAt });
  } catch (error) {
    if (error instanceof UserError) return c.json({ error: error.message }, 404);
    throw error;
  }
}

/** `aside` is answered too, but a change of it alone is none. */
function tagged(c: Context, body: object, aside: object): Response {
  const etag = `W/"${createHash("sha256").update(JSON.stringify(body)).digest("base64url").slice(0, 27)}"`;
  c.header("ETag", etag);
  const known = (c.req.header("if-none-match") ?? "").split(",").map((tag) => tag.trim());
  if (known.includes(etag) || known.includes(etag.slice(2))) return c.body(null, 304);
  return c.json({ ...body, ...aside });
}

const boardShape = (board: Board) => ({
  target: board.target.label,
  total: board.total,
  error: board.fault,
  withheld: board.withheld,
  pulls: board.rows.map(rowShape),
});

const rowShape = ({ pull, cells, ...row }: BoardRow) => ({
  number: pull.number,
  repo: pull.repo,
  title: pull.title,
  url: pull.url,
  author: pull.author,
  updated_at: pull.updatedAt,
  head_sha: pull.headSha,
  draft: pull.draft,
  review: pull.review,
  mergeable: pull.mergeable,
  mergeable_state: pull.mergeState,
  conflicting: row.conflicting,
  update_branch: row.updatable,
  rebase_command: row.rebase,
  commands: row.menu,
  passed: row.passed,
  pipelines: cells.map(cellShape),
});

const cellShape = ({ check, failed, again, asked, flakes }: BoardCell) => ({
  context: check.context,
  state: check.state,
  description: check.description,
  target_url: check.url,
  failed,
  command: again?.how === "comment" ? again.command : null,
  workflow: check.actions?.workflow ?? null,
  asked_at: asked,
  known_flakes: flakes.map(({ finding, test, issue }) => ({ finding, id: `F${finding}`, test, issue })),
});
