import { createHmac } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { errorText } from "../../kernel/errors.ts";
import type { Activity } from "./activity.ts";
import { uuid } from "./tickets.ts";

/** One webhook that was, or will be, sent. */
export interface Delivery {
  id: number;
  guid: string;
  event: string;
  /** Gitea's narrower name of it; null: it is GitHub's webhook. */
  giteaType: string | null;
  action: string | null;
  repository: string;
  payload: string;
  deliveredAt: Date | null;
  /** Status of the answer; 0 when there was none, null before the first try. */
  status: number | null;
  error: string | null;
  redelivery: boolean;
}

interface Settings {
  clock: Clock;
  random: () => number;
  appUrl: () => string;
  webhookSecret: string;
  webhookRetry?: number;
}

const TIMEOUT_MS = 10_000;
const KEPT_DELIVERIES = 2000;

/** Signs and sends webhooks, one after the other, each once; keeps what became of them. */
export class Webhooks {
  /** Sends everything twice under one delivery id while true. */
  duplicate = false;
  readonly deliveries: Delivery[] = [];
  #held: Delivery[] | null = null;
  #tail: Promise<void> = Promise.resolve();
  readonly #stopped = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly activity: Activity,
    private readonly nextId: () => number,
  ) {}

  /** Queues one event. */
  send(
    event: string,
    repository: string,
    payload: Record<string, unknown>,
    giteaType: string | null = null,
  ): void {
    const action = typeof payload.action === "string" ? payload.action : null;
    this.#queue({
      id: this.nextId(),
      guid: uuid(this.settings.random),
      event,
      giteaType,
      action,
      repository,
      payload: JSON.stringify(payload),
      deliveredAt: null,
      status: null,
      error: null,
      redelivery: false,
    });
  }

  /** Sends a kept delivery again under its old delivery id. Throws when the id is unknown. */
  redeliver(id: number): Delivery {
    const old = this.deliveries.find((delivery) => delivery.id === id);
    if (!old) throw new Error(`no delivery ${id}`);
    const again = { ...old, id: this.nextId(), status: null, error: null, redelivery: true };
    this.#queue(again);
    return again;
  }

  /** Keeps deliveries back until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Sends what was held, in order or the other way round. */
  release(order: "first" | "last" = "first"): void {
    const held = this.#held ?? [];
    this.#held = null;
    if (order === "last") held.reverse();
    for (const delivery of held) this.#dispatch(delivery);
  }

  /** Gives up what is being sent. */
  stop(): void {
    this.#stopped.abort();
  }

  #queue(delivery: Delivery): void {
    this.deliveries.push(delivery);
    if (this.deliveries.length > KEPT_DELIVERIES) this.deliveries.shift();
    if (this.#held) this.#held.push(delivery);
    else this.#dispatch(delivery);
  }

  #dispatch(delivery: Delivery): void {
    const job = async () => {
      await this.#try(delivery);
      if (this.duplicate) await this.#try(delivery);
    };
    this.activity.run(
      () => {
        this.#tail = this.#tail.then(job, job);
        return this.#tail;
      },
      (error) => {
        delivery.error = errorText(error);
      },
    );
  }

  async #try(delivery: Delivery): Promise<void> {
    const tries = 1 + (this.settings.webhookRetry ?? 0);
    for (let attempt = 1; attempt <= tries && !this.#stopped.signal.aborted; attempt += 1) {
      if (attempt > 1) await this.settings.clock.sleep(1000, this.#stopped.signal);
      await this.#post(delivery);
      if (delivery.status !== null && delivery.status >= 200 && delivery.status < 300) return;
    }
  }

  async #post(delivery: Delivery): Promise<void> {
    const mac = createHmac("sha256", this.settings.webhookSecret).update(delivery.payload).digest("hex");
    delivery.deliveredAt = this.settings.clock.now();
    try {
      const { giteaType } = delivery;
      const from = giteaType === null ? githubHeaders(delivery, mac) : giteaHeaders(delivery, giteaType, mac);
      const door = giteaType === null ? "github" : "gitea";
      const response = await fetch(`${this.settings.appUrl()}/webhooks/${door}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...from },
        body: delivery.payload,
        // The wire's own patience: a frozen test clock must not make a dead receiver hang for ever.
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#stopped.signal]),
      });
      await response.arrayBuffer();
      delivery.status = response.status;
      delivery.error = null;
    } catch (error) {
      delivery.status = 0;
      delivery.error = errorText(error);
    }
  }
}

const githubHeaders = ({ event, guid }: Delivery, mac: string) => ({
  "user-agent": "GitHub-Hookshot/playground",
  "x-github-event": event,
  "x-github-delivery": guid,
  "x-hub-signature-256": `sha256=${mac}`,
});

const giteaHeaders = ({ event, guid }: Delivery, type: string, mac: string) => ({
  "x-gitea-event": event,
  "x-gitea-event-type": type,
  "x-gitea-delivery": guid,
  "x-gitea-signature": mac,
});
