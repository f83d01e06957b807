import type { ServerWebSocket } from "bun";
import { z } from "zod";
import type { Ids } from "../ids.ts";

const Ack = z.object({
  envelope_id: z.string(),
  payload: z.record(z.string(), z.unknown()).optional(),
});

type Envelope = { envelope_id: string } & Record<string, unknown>;

/** Socket Mode: tickets from `apps.connections.open`, live connections, envelopes that wait for their ack. */
export class Sockets {
  readonly #tickets = new Set<string>();
  readonly #live: ServerWebSocket<undefined>[] = [];
  readonly #waiting = new Map<string, (payload: Record<string, unknown> | null) => void>();

  constructor(
    readonly ids: Ids,
    readonly appId: string,
    readonly answerWithinMs: number,
  ) {}

  get connected(): boolean {
    return this.#live.length > 0;
  }

  /** A ticket for one connection. */
  ticket(): string {
    const ticket = this.ids.hex();
    this.#tickets.add(ticket);
    return ticket;
  }

  /** Uses a ticket up; false when it was unknown. */
  redeem(ticket: string): boolean {
    return this.#tickets.delete(ticket);
  }

  /** What Bun.serve does with the connections. */
  get handlers() {
    return {
      open: (socket: ServerWebSocket<undefined>) => {
        this.#live.push(socket);
        socket.send(
          JSON.stringify({
            type: "hello",
            num_connections: this.#live.length,
            connection_info: { app_id: this.appId },
            debug_info: { host: "playground", approximate_connection_time: 3600 },
          }),
        );
      },
      message: (_socket: ServerWebSocket<undefined>, data: string | Buffer) => this.#onMessage(String(data)),
      close: (socket: ServerWebSocket<undefined>) => {
        const index = this.#live.indexOf(socket);
        if (index >= 0) this.#live.splice(index, 1);
      },
    };
  }

  /** Sends over the newest connection; resolves with the ack's payload, or null when none came in time. */
  send(envelope: Envelope): Promise<Record<string, unknown> | null> {
    return new Promise((resolve) => {
      const done = (payload: Record<string, unknown> | null) => {
        clearTimeout(timer);
        this.#waiting.delete(envelope.envelope_id);
        resolve(payload);
      };
      const timer = setTimeout(() => done(null), this.answerWithinMs);
      this.#waiting.set(envelope.envelope_id, done);
      this.#live.at(-1)?.send(JSON.stringify(envelope));
    });
  }

  /** Asks every connection to reconnect, as Slack does from time to time. */
  refresh(): void {
    for (const socket of [...this.#live]) {
      socket.send(JSON.stringify({ type: "disconnect", reason: "refresh_requested", debug_info: {} }));
    }
  }

  /** Ends all connections; what still waits is answered with null. */
  close(): void {
    for (const done of [...this.#waiting.values()]) done(null);
    for (const socket of [...this.#live]) socket.close();
  }

  #onMessage(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return; // Slack ignores what it cannot read, too.
    }
    const ack = Ack.safeParse(json);
    if (ack.success) this.#waiting.get(ack.data.envelope_id)?.(ack.data.payload ?? {});
  }
}
