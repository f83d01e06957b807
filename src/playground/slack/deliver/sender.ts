import { createHmac } from "node:crypto";
import type { Ids } from "../ids.ts";
import type { Answer, Delivery } from "../model.ts";
import type { Sockets } from "./sockets.ts";

/** One thing to hand to the app; `payload` is the body before it is encoded. */
export interface Parcel {
  kind: Delivery["kind"];
  /** Event or interaction type, for the log. */
  type: string;
  eventId?: string;
  payload: Record<string, unknown>;
  retry?: { num: number; reason: string };
}

export type Outcome = Answer & { error?: NonNullable<Delivery["error"]>; noRetry?: boolean };

const MAX_LOG = 2000;
const ENVELOPES: Record<Delivery["kind"], string> = {
  event: "events_api",
  command: "slash_commands",
  action: "interactive",
  view: "interactive",
  shortcut: "interactive",
};

/** Hands parcels to the app, over its socket while one is connected, else as signed HTTP requests. */
export class Sender {
  readonly log: Delivery[] = [];

  constructor(
    readonly options: { appUrl: () => string; signingSecret: string; answerWithinMs: number },
    readonly ids: Ids,
    readonly sockets: Sockets,
  ) {}

  /** Never throws: what went wrong is in the outcome's `error`. */
  async send(parcel: Parcel): Promise<Outcome> {
    const over = this.sockets.connected ? "socket" : "http";
    const at = this.ids.clock.now();
    const started = performance.now();
    const result = over === "socket" ? await this.#overSocket(parcel) : await this.#overHttp(parcel);
    const outcome = { ...result, ms: Math.round(performance.now() - started) };
    this.log.push({
      at,
      kind: parcel.kind,
      type: parcel.type,
      attempt: parcel.retry?.num ?? 0,
      over,
      status: outcome.status,
      ms: outcome.ms,
      ...(parcel.eventId ? { eventId: parcel.eventId } : {}),
      ...(outcome.error ? { error: outcome.error } : {}),
    });
    if (this.log.length > MAX_LOG) this.log.shift();
    return outcome;
  }

  async #overSocket(parcel: Parcel): Promise<Outcome> {
    const type = ENVELOPES[parcel.kind];
    const ack = await this.sockets.send({
      type,
      envelope_id: this.ids.hex(),
      payload: parcel.payload,
      accepts_response_payload: parcel.kind !== "event",
      ...(parcel.kind === "event"
        ? { retry_attempt: parcel.retry?.num ?? 0, retry_reason: parcel.retry?.reason ?? "" }
        : {}),
    });
    if (!ack) return { status: 0, body: "", ms: 0, error: "http_timeout" };
    return { status: 200, body: Object.keys(ack).length > 0 ? JSON.stringify(ack) : "", ms: 0 };
  }

  async #overHttp(parcel: Parcel): Promise<Outcome> {
    const { body, type } = encode(parcel);
    const timestamp = String(this.ids.seconds());
    const mac = createHmac("sha256", this.options.signingSecret).update(`v0:${timestamp}:${body}`);
    const headers: Record<string, string> = {
      "content-type": type,
      "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${mac.digest("hex")}`,
    };
    if (parcel.retry) {
      headers["x-slack-retry-num"] = String(parcel.retry.num);
      headers["x-slack-retry-reason"] = parcel.retry.reason;
    }
    try {
      const response = await fetch(`${this.options.appUrl()}/slack/events`, {
        method: "POST",
        headers,
        body,
        redirect: "manual",
        // Real time, not the clock's: it bounds a real request on the wire.
        signal: AbortSignal.timeout(this.options.answerWithinMs),
      });
      const outcome: Outcome = { status: response.status, body: await response.text(), ms: 0 };
      if (response.headers.get("x-slack-no-retry") === "1") outcome.noRetry = true;
      return response.ok ? outcome : { ...outcome, error: "http_error" };
    } catch (error) {
      const late = error instanceof Error && error.name === "TimeoutError";
      return { status: 0, body: "", ms: 0, error: late ? "http_timeout" : "connection_failed" };
    }
  }
}

function encode(parcel: Parcel): { body: string; type: string } {
  if (parcel.kind === "event") return { body: JSON.stringify(parcel.payload), type: "application/json" };
  const form = new URLSearchParams();
  if (parcel.kind === "command") {
    for (const [key, value] of Object.entries(parcel.payload)) form.set(key, String(value));
  } else {
    form.set("payload", JSON.stringify(parcel.payload));
  }
  return { body: form.toString(), type: "application/x-www-form-urlencoded" };
}
