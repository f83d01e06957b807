import type { Context } from "../features/context.ts";
import { DAY } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import { type Delivery, type DeliverySource, fail, finish, giveUp, readDelivery } from "../platform/inbox.ts";
import { translate } from "./gitea/translate.ts";
import { COMMENT, Comment, takeComment } from "./github/comment.ts";
import { COMMENT_GONE, CommentGone, takeCommentGone } from "./github/comment-gone.ts";
import { handleForge } from "./github/handle.ts";
import { fromOwnForge } from "./own-forge.ts";
import {
  CARD_GONE,
  CardGone,
  MESSAGE_GONE,
  MessageGone,
  takeCardGone,
  takeMessageGone,
} from "./slack/changes.ts";
import type { InboxReceiver } from "./slack/receiver.ts";
import { MESSAGE, Message, takeMessage } from "./slack/talk.ts";

/** What has failed for so long fails for ever, and would keep what came after it waiting. */
const GIVES_UP_MS = 3 * DAY;

/** Works on a stored delivery, once; a fault leaves it open for days, and the queue tries it again. */
export async function handleDelivery(deps: Context, slack: InboxReceiver, id: number): Promise<void> {
  const delivery = await readDelivery(deps.db, id);
  if (delivery === null || delivery.doneAt !== null) return;
  try {
    // whoever waits knows what came of it, and may have asked anew
    if (delivery.toldAt === null) await work(deps, slack, delivery);
    await finish(deps.db, deps.clock, id);
  } catch (error) {
    const { db, clock, log } = deps;
    const why = errorText(error);
    if (clock.now().getTime() - delivery.receivedAt.getTime() > GIVES_UP_MS) {
      log.error(
        { id, kind: delivery.kind, error: why },
        "a delivery could not be worked off, it is given up",
      );
      return giveUp(db, clock, id, why);
    }
    await fail(db, id, why);
    throw error;
  }
}

/** What a forge's webhook says, in GitHub's form. */
const SAID: Partial<
  Record<DeliverySource, (kind: string, payload: unknown) => { kind: string; payload: unknown }[]>
> = {
  github: (kind, payload) => [{ kind, payload }],
  gitea: translate,
};

async function work(deps: Context, slack: InboxReceiver, delivery: Delivery): Promise<void> {
  const { source, kind, payload } = delivery;
  if (kind === COMMENT) return takeComment(deps, Comment.parse(payload));
  if (kind === COMMENT_GONE) return takeCommentGone(deps, CommentGone.parse(payload));
  if (kind === MESSAGE_GONE) return takeMessageGone(deps, MessageGone.parse(payload));
  if (kind === CARD_GONE) return takeCardGone(deps, CardGone.parse(payload));
  if (kind === MESSAGE) return takeMessage(deps, Message.parse(payload), delivery.attempts === 0);
  if (source !== "slack" && !fromOwnForge(deps.config, source, payload)) {
    deps.log.warn({ source, kind }, "a webhook speaks of a repository on another forge");
    return;
  }
  for (const said of SAID[source]?.(kind, payload) ?? []) await handleForge(deps, said.kind, said.payload);
  // its dialog is closed, and what was written in it with it: where a process ended before it was done, it is done now
  const again = kind === "event" || kind === "view_submission";
  // stored by the receiver from a parsed object
  if (source === "slack" && again) await slack.replay(payload as Record<string, unknown>, delivery.id);
}
