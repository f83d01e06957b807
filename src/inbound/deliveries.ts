import type { Context } from "../features/context.ts";
import { errorText } from "../kernel/errors.ts";
import { fail, finish, readDelivery } from "../platform/inbox.ts";
import { handleGitea } from "./api/gitea.ts";
import { handleGitHub } from "./github/handle.ts";
import type { InboxReceiver } from "./slack/receiver.ts";

/** Works on a stored delivery, once; a fault leaves it open and is tried again by the queue. */
export async function handleDelivery(deps: Context, slack: InboxReceiver, id: number): Promise<void> {
  const delivery = await readDelivery(deps.db, id);
  if (delivery === null || delivery.doneAt !== null) return;
  try {
    if (delivery.source === "github") await handleGitHub(deps, delivery.kind, delivery.payload);
    if (delivery.source === "gitea") await handleGitea(deps, delivery.payload);
    // stored by the receiver from a parsed object
    if (delivery.source === "slack") await slack.replay(delivery.payload as Record<string, unknown>);
    await finish(deps.db, deps.clock, id);
  } catch (error) {
    await fail(deps.db, id, errorText(error));
    throw error;
  }
}
