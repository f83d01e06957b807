import type { ChatEvent, World } from "../world.ts";
import type { Parcel, Sender } from "./sender.ts";

const MAX_KEPT = 1000;

/** Tells the app of events: in order per channel, again after each failure, always under the same event id. */
export class EventQueue {
  readonly #chains = new Map<string, Promise<void>>();
  readonly #kept = new Map<string, Parcel>();
  readonly #stopped = new AbortController();
  #busy = 0;
  #idle: (() => void)[] = [];

  constructor(
    readonly world: World,
    readonly sender: Sender,
    readonly retryDelaysMs: number[],
  ) {}

  /** Queues an event and returns its id. */
  push(event: ChatEvent): string {
    const parcel = this.#wrap(event);
    const eventId = parcel.eventId ?? "";
    this.#kept.set(eventId, parcel);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MAX_KEPT && !oldest.done) this.#kept.delete(oldest.value);
    const channel = event.channel ?? "";
    this.#enter();
    const before = this.#chains.get(channel) ?? Promise.resolve();
    const first = before.then(() => this.#attempt(parcel));
    this.#chains.set(
      channel,
      first.then(() => undefined),
    );
    void first.then((reason) => this.#retry(parcel, reason)).finally(() => this.#leave());
    return eventId;
  }

  /** Sends an event once more as Slack does when it missed the answer. Throws when the id is unknown. */
  async redeliver(eventId: string): Promise<number> {
    const parcel = this.#kept.get(eventId);
    if (!parcel) throw new Error(`No event ${eventId} was sent`);
    const again = { ...parcel, retry: { num: 1, reason: "http_timeout" } };
    return (await this.sender.send(again)).status;
  }

  /** Resolves once nothing is on its way. Retries that wait for their time do not count. */
  idle(): Promise<void> {
    if (this.#busy === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Gives up all retries that wait. */
  stop(): void {
    this.#stopped.abort();
  }

  /** One attempt; null when it was taken, else why it is to be tried again ("" = never). */
  async #attempt(parcel: Parcel): Promise<string | null> {
    if (this.#stopped.signal.aborted) return "";
    const { error, noRetry } = await this.sender.send(parcel);
    return error ? (noRetry ? "" : error) : null;
  }

  async #retry(parcel: Parcel, first: string | null): Promise<void> {
    let reason = first;
    for (const [index, delay] of this.retryDelaysMs.entries()) {
      if (!reason || !(await this.#pause(delay))) return;
      reason = await this.#attempt({ ...parcel, retry: { num: index + 1, reason } });
    }
  }

  /** Waits by the clock; false when the playground stopped meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    if (ms <= 0) return !this.#stopped.signal.aborted;
    this.#leave();
    try {
      await this.world.ids.clock.sleep(ms, this.#stopped.signal);
      return true;
    } catch {
      return false;
    } finally {
      this.#enter();
    }
  }

  #enter(): void {
    this.#busy += 1;
  }

  #leave(): void {
    this.#busy -= 1;
    if (this.#busy > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  #wrap(event: ChatEvent): Parcel {
    const { app, team, ids } = this.world;
    const eventId = ids.id("Ev", 10);
    return {
      kind: "event",
      type: typeof event.subtype === "string" ? `${event.type}.${event.subtype}` : event.type,
      eventId,
      payload: {
        token: app.token,
        team_id: team.id,
        context_team_id: team.id,
        api_app_id: app.id,
        event,
        type: "event_callback",
        event_id: eventId,
        event_time: ids.seconds(),
        authorizations: [
          {
            enterprise_id: null,
            team_id: team.id,
            user_id: app.userId,
            is_bot: true,
            is_enterprise_install: false,
          },
        ],
        is_ext_shared_channel: false,
        event_context: `4-${eventId}`,
      },
    };
  }
}
