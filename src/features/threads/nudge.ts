import { and, count, countDistinct, eq, gt, max, ne, notLike, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { audit, questions, relayed, reviewComments, sightings, threadLines } from "../../../db/schema.ts";
import { bot } from "../../kernel/actor.ts";
import { DAY } from "../../kernel/clock.ts";
import type { FindingId } from "../../kernel/ids.ts";
import { CHECKS, CONFLICT } from "../../kernel/remark-source.ts";
import { record } from "../../platform/audit.ts";
import { readPause } from "../../platform/pause.ts";
import type { Context } from "../context.ts";
import { minutesOf } from "../failures/errors/store.ts";
import type { Finding } from "../findings/model.ts";
import { findingsIn } from "../findings/store.ts";
import { cardView } from "../insights/card-view.ts";
import { enqueueNote, threadToTell } from "./notes.ts";
import { nudgeText } from "./nudge-text.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "log">;

/**
 * Says once what is missing where a finding waits for people and nobody moved for `limits.nudge_days`: no command,
 * word, remark or change on the issue. Once for each time that it came to wait; never while paused, nor about what is
 * muted.
 */
export async function nudgeQuiet(deps: Deps): Promise<void> {
  if (deps.config.env.READ_ONLY || (await readPause(deps.db)) !== null) return;
  const before = new Date(deps.clock.now().getTime() - deps.config.file.limits.nudge_days * DAY);
  const waiting = await findingsIn(deps.db, ["open", "pending_review"]);
  for (const finding of waiting.filter((one) => one.stateAt <= before)) await nudge(deps, finding, before);
}

async function nudge(deps: Deps, finding: Finding, before: Date): Promise<void> {
  const { id, stateAt } = finding;
  const thread = await threadToTell(deps.db, deps.clock, id);
  if (thread === null || thread.muted || (await nudgedSince(deps.db, id, stateAt))) return;
  const moved = await lastMove(deps.db, id);
  const since = moved !== null && moved > stateAt ? moved : stateAt;
  if (since > before) return;
  const view = await cardView(deps.db, id);
  if (view === null) return;
  const now = deps.clock.now();
  const days = Math.floor((now.getTime() - since.getTime()) / DAY);
  const text = nudgeText(view, { days, seen: await seenSince(deps.db, id, since) });
  await deps.db.transaction(async (tx) => {
    await enqueueNote(tx, deps.clock, {
      finding: id,
      key: `nudge:F${id}:${stateAt.getTime()}`,
      text,
      whilePaused: "drop",
    });
    const detail = { state: finding.state, quiet_since: since.toISOString() };
    await record(tx, { at: now, actor: bot, action: "nudge", finding: id, detail });
  });
}

const nudgedSince = async (db: Db, finding: FindingId, since: Date): Promise<boolean> =>
  (await db.$count(
    audit,
    and(eq(audit.findingId, finding), eq(audit.action, "nudge"), gt(audit.at, since)),
  )) > 0;

/** When a person last said, asked, remarked, changed or decided something about a finding. */
async function lastMove(db: Db, finding: FindingId): Promise<Date | null> {
  const newest = await Promise.all([
    db
      .select({ at: max(relayed.at) })
      .from(relayed)
      .where(eq(relayed.findingId, finding)),
    db
      .select({ at: max(questions.at) })
      .from(questions)
      .where(eq(questions.findingId, finding)),
    db
      .select({ at: max(reviewComments.at) })
      .from(reviewComments)
      .where(
        and(
          eq(reviewComments.findingId, finding),
          notLike(reviewComments.source, `${CHECKS}%`),
          notLike(reviewComments.source, `${CONFLICT}%`),
        ),
      ),
    db
      .select({ at: max(threadLines.at) })
      .from(threadLines)
      .where(and(eq(threadLines.findingId, finding), ne(threadLines.what, "checks_failed"))),
    db
      .select({ at: max(audit.at) })
      .from(audit)
      .where(and(eq(audit.findingId, finding), ne(audit.actor, "bot"))),
  ]);
  const moves = newest.flatMap(([row]) => (row?.at == null ? [] : [row.at]));
  return moves.length === 0 ? null : new Date(Math.max(...moves.map((at) => at.getTime())));
}

/** Failures since, and how many pull requests and commits of branches they were in; of a runtime error how often it came. */
async function seenSince(
  db: Db,
  finding: FindingId,
  since: Date,
): Promise<{ times: number; places: number }> {
  const place = sql`coalesce('#' || ${sightings.pull}, ${sightings.branch} || '@' || ${sightings.sha})`;
  const [row] = await db
    .select({ times: count(), places: countDistinct(place) })
    .from(sightings)
    .where(and(eq(sightings.findingId, finding), gt(sightings.at, since)));
  const errors = (await minutesOf(db, finding)).filter(({ minute }) => minute > since);
  const came = errors.reduce((sum, { count: times }) => sum + times, 0);
  return { times: (row?.times ?? 0) + came, places: row?.places ?? 0 };
}
