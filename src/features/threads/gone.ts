import type { Db } from "../../../db/client.ts";
import { bot } from "../../kernel/actor.ts";
import { type ChannelId, FindingId, type MessageTs } from "../../kernel/ids.ts";
import { record } from "../../platform/audit.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { noteGone } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock">;

/**
 * Notes that somebody deleted a card, if the message is one. Nothing is posted for its own sake: whoever took it away does
 * not want it back, but hears when the finding's state changes.
 * @param at when it was deleted: a change of state since then has the new card posted at once.
 */
export async function noteCardGone(
  deps: Deps,
  card: { channel: ChannelId; ts: MessageTs; at: Date },
): Promise<void> {
  await deps.db.transaction((tx) => keepGone(deps, tx, card));
}

/** The same in the caller's transaction. */
export async function keepGone(
  deps: Pick<Deps, "queue" | "clock">,
  tx: Db,
  { channel, ts, at }: { channel: ChannelId; ts: MessageTs; at: Date },
): Promise<void> {
  const finding = await noteGone(tx, channel, ts, at);
  if (finding === null) return;
  const detail = { channel, ts, at: at.toISOString() };
  await record(tx, { at: deps.clock.now(), actor: bot, action: "card.gone", finding, detail });
  await refreshCard(deps, tx, FindingId.parse(finding));
}
