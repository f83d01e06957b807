import type { App, Receiver } from "@slack/bolt";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import { errorText } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import { textDigest } from "../../kernel/text/digest.ts";
import { fail, finish, receive, store } from "../../platform/inbox.ts";
import type { Queue } from "../../platform/queue.ts";

/** What Slack sends, as far as it has to be told apart before Bolt takes it. */
const Envelope = z.union([
  z.looseObject({ type: z.literal("url_verification"), challenge: z.string() }),
  z.looseObject({ type: z.literal("event_callback"), event_id: z.string() }),
  z.looseObject({ command: z.string(), trigger_id: z.string() }),
  z.looseObject({ type: z.string(), trigger_id: z.string().optional() }),
]);

/** What goes back to Slack in the answer's body. */
export type Answer = { status: number; body: unknown };

/**
 * Bolt's receiver on our own server: every request is stored before it is answered. Events are worked on from the
 * inbox; commands and clicks at once, since their trigger lives three seconds.
 */
export class InboxReceiver implements Receiver {
  private app: App | null = null;

  constructor(private readonly deps: { db: Db; clock: Clock; queue: Queue; log: Log }) {}

  init(app: App): void {
    this.app = app;
  }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  /** Takes one verified body; a body that is none of Slack's is 400. */
  async intake(body: unknown): Promise<Answer> {
    const parsed = Envelope.safeParse(body);
    if (!parsed.success) return { status: 400, body: { error: "not a Slack request" } };
    const envelope = parsed.data;
    if ("challenge" in envelope) return { status: 200, body: { challenge: envelope.challenge } };
    if ("event_id" in envelope) {
      const deliveryId = String(envelope.event_id);
      await receive(this.deps, { source: "slack", deliveryId, kind: "event", payload: envelope });
      return { status: 200, body: null };
    }
    return this.atOnce(envelope);
  }

  /** Works on a stored event; throws what a listener threw, so that it is tried again. */
  async replay(payload: Record<string, unknown>): Promise<void> {
    await this.bolt().processEvent({ body: payload, ack: async () => {} });
  }

  private async atOnce(body: Record<string, unknown>): Promise<Answer> {
    const { db, clock, log } = this.deps;
    const deliveryId = idOf(body);
    const kind = "command" in body ? "command" : String(body.type);
    const kept = await store(db, clock, { source: "slack", deliveryId, kind, payload: body });
    if (!kept.fresh) return { status: 200, body: null };
    const answer = Promise.withResolvers<Answer>();
    const ack = async (response?: unknown) => answer.resolve({ status: 200, body: response ?? null });
    this.bolt()
      .processEvent({ body, ack })
      .then(() => finish(db, clock, kept.id))
      .catch(async (error: unknown) => {
        log.error({ error: errorText(error), kind }, "a Slack request could not be worked on");
        answer.resolve({ status: 200, body: failureText(body) });
        // a person waits for the answer and will ask again: it is kept, and not repeated behind their back
        await fail(db, kept.id, errorText(error)).catch(() => {});
        await finish(db, clock, kept.id).catch(() => {});
      })
      .finally(() => answer.resolve({ status: 200, body: null }));
    return answer.promise;
  }

  private bolt(): App {
    if (this.app === null) throw new Error("Bolt has not been started");
    return this.app;
  }
}

const Sent = z.looseObject({
  type: z.literal("view_submission"),
  view: z.looseObject({ id: z.string(), state: z.unknown() }),
});

/** A dialog that is sent off twice, by a second click or by Slack, is one; with other words after a fault it is another. */
function idOf(body: Record<string, unknown>): string {
  const sent = Sent.safeParse(body);
  if (!sent.success) return String(body.trigger_id ?? crypto.randomUUID());
  return `view/${sent.data.view.id}/${textDigest(JSON.stringify(sent.data.view.state ?? null))}`;
}

const failureText = (body: Record<string, unknown>): unknown =>
  "command" in body
    ? {
        response_type: "ephemeral",
        text: ":warning: That did not work, the fault is mine. Please try again in a minute.",
      }
    : null;
