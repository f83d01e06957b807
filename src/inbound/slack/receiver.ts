import type { App, Receiver } from "@slack/bolt";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import { errorText } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import { textDigest } from "../../kernel/text/digest.ts";
import { finish, giveUp, receive, store, tellFirst } from "../../platform/inbox.ts";
import type { Queue } from "../../platform/queue.ts";
import type { Refusals } from "../../platform/refusals.ts";
import { faultWords } from "./faults.ts";
import { senderOf } from "./stranger.ts";

/** What Slack sends, as far as it has to be told apart before Bolt takes it. */
const Envelope = z.union([
  z.looseObject({ type: z.literal("url_verification"), challenge: z.string() }),
  z.looseObject({ type: z.literal("event_callback"), event_id: z.string() }),
  z.looseObject({ command: z.string(), trigger_id: z.string() }),
  z.looseObject({ type: z.string(), trigger_id: z.string().optional() }),
]);

/** What goes back to Slack in the answer's body. */
export type Answer = { status: number; body: unknown };

interface Deps {
  db: Db;
  clock: Clock;
  queue: Queue;
  log: Log;
  /** Whether a body asks for an answer and changes nothing; without it every one may change something. */
  asksOnly?: (body: Record<string, unknown>) => boolean;
  /** Whether anything may be made of an event; without it, of every one. */
  isWorthWork?: (body: Record<string, unknown>) => boolean;
  /** Where repeats are kept. */
  refusals?: Refusals;
}

/**
 * Bolt's receiver on our own server: every request is stored before it is answered. Events are worked on from the
 * inbox; commands and clicks at once, since their trigger lives three seconds.
 */
export class InboxReceiver implements Receiver {
  private app: App | null = null;
  /** Stored requests that are being worked on, by their body. */
  private readonly stored = new WeakMap<object, number>();

  constructor(private readonly deps: Deps) {}

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
      const worth = this.deps.isWorthWork?.(envelope) !== false;
      await receive(this.deps, { source: "slack", deliveryId, kind: "event", payload: envelope }, worth);
      return { status: 200, body: null };
    }
    return this.atOnce(envelope);
  }

  /** Works on a stored request; throws what a listener threw, so that it is tried again. */
  async replay(payload: Record<string, unknown>, id: number): Promise<void> {
    this.stored.set(payload, id);
    await this.bolt().processEvent({ body: payload, ack: async () => {} });
  }

  /** To be asked before it is said what came of a request. @returns false where that was said before. */
  async tellFirst(body: object): Promise<boolean> {
    const id = this.stored.get(body);
    return id === undefined || (await tellFirst(this.deps.db, this.deps.clock, id));
  }

  private async atOnce(body: Record<string, unknown>): Promise<Answer> {
    const { db, clock, log } = this.deps;
    const deliveryId = idOf(body);
    const kind = "command" in body ? "command" : String(body.type);
    const asks = this.deps.asksOnly?.(body) === true;
    const storing = store(db, clock, { source: "slack", deliveryId, kind, payload: body }, asks);
    // what only asks is looked up meanwhile; it is answered no sooner
    const early = asks ? this.process(body) : null;
    const kept = await storing;
    if (!kept.fresh) return this.repeated(body, kind);
    this.stored.set(body, kept.id);
    const { answer, done } = early ?? this.process(body);
    done
      .then(() => (asks ? undefined : finish(db, clock, kept.id)))
      .catch(async (error: unknown) => {
        log.error({ error: errorText(error), kind }, "a Slack request could not be worked on");
        // a person waits for the answer and will ask again: it is kept, and not repeated behind their back
        await giveUp(db, clock, kept.id, errorText(error)).catch(() => {});
      });
    return answer;
  }

  /** A request that came before, by whoever sends it again: nothing is done, and a command's answer says so. */
  private async repeated(body: Record<string, unknown>, door: string): Promise<Answer> {
    await this.deps.refusals?.keep({ door: `slack ${door}`, actor: senderOf(body), why: "it came before" });
    return { status: 200, body: door === "command" ? onlyTo(REPEATED) : null };
  }

  /** Has Bolt work on a body. `answer` comes as soon as there is one, `done` at the end, with what was thrown. */
  private process(body: Record<string, unknown>): { answer: Promise<Answer>; done: Promise<void> } {
    const answer = Promise.withResolvers<Answer>();
    const ack = async (response?: unknown) => answer.resolve({ status: 200, body: response ?? null });
    const done = this.bolt().processEvent({ body, ack });
    done.then(
      () => answer.resolve({ status: 200, body: null }),
      (error: unknown) =>
        answer.resolve({ status: 200, body: "command" in body ? onlyTo(faultWords(error)) : null }),
    );
    return { answer: answer.promise, done };
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

const REPEATED =
  "I had this very request before, so nothing is done a second time. Type the command anew if you mean it twice.";

const onlyTo = (text: string) => ({ response_type: "ephemeral", text });
