import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { FindingId } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { type Sender, sender } from "../../../src/platform/outbox/sender.ts";
import { enqueueWrite, type Write } from "../../../src/platform/outbox/store.ts";
import { runWriter, type WriterOptions } from "../../../src/platform/outbox/writer.ts";
import { HandClock } from "./clock.ts";

const Payload = z.object({ text: z.string() });

/** What a scripted destination does with the next send of a text: arrive, late too, throw, or arrive and then throw. */
type Turn = "arrives" | Error | { arrivesAnd: Error } | { takes: Promise<void> };

/** A destination that answers by a script, with the writer that writes to it, on a clock turned by hand. */
export class Writing {
  readonly clock = new HandClock();
  /** What arrived, in order, with when (ms since the beginning). */
  readonly arrived: { text: string; at: number }[] = [];
  readonly settled: string[] = [];
  readonly refused: string[] = [];
  readonly looked: string[] = [];
  private readonly script = new Map<string, Turn[]>();
  private readonly began = this.clock.now().getTime();
  private readonly running: { ending: AbortController; done: Promise<void> }[] = [];

  constructor(private readonly db: Db) {}

  /** Says what happens when `text` is sent, one turn for each attempt; after them it arrives. */
  expect(text: string, ...turns: Turn[]): void {
    this.script.set(text, turns);
  }

  async write(text: string, more: Partial<Write> & { finding?: FindingId | null } = {}): Promise<boolean> {
    const key = more.key ?? `key:${text}`;
    return enqueueWrite(this.db, this.clock, {
      destination: "slack",
      lane: "C1",
      kind: "test.note",
      payload: { text },
      finding: null,
      ...more,
      key,
    });
  }

  /** Starts a writer; `holder` is the process it belongs to. */
  start(options: Partial<WriterOptions> = {}): void {
    const ending = new AbortController();
    const senders = new Map<string, Sender>([["test.note", this.sender()]]);
    const done = runWriter(
      {
        db: this.db,
        clock: this.clock,
        log: silentLog,
        destination: "slack",
        senders,
        paceMs: 1000,
        readOnly: false,
        holder: "one",
        ...options,
      },
      ending.signal,
    );
    this.running.push({ ending, done });
  }

  /** Lets every writer take `n` steps, turning the clock to the next hour that somebody waits for. */
  async steps(n: number): Promise<void> {
    for (let step = 0; step < n; step += 1) {
      await this.clock.allAsleep(this.running.length);
      this.clock.turnToNext();
    }
    await this.clock.allAsleep(this.running.length);
  }

  async stop(): Promise<void> {
    for (const { ending } of this.running) ending.abort(new Error("the test is over"));
    await Promise.all(this.running.splice(0).map(({ done }) => done));
  }

  get texts(): string[] {
    return this.arrived.map(({ text }) => text);
  }

  private sender(): Sender {
    return sender<z.infer<typeof Payload>, string>({
      payload: Payload,
      find: async ({ text }) => {
        this.looked.push(text);
        return this.texts.includes(text) ? `found ${text}` : null;
      },
      send: async ({ text }) => {
        const turn = this.script.get(text)?.shift() ?? "arrives";
        if (turn instanceof Error) throw turn;
        if (typeof turn === "object" && "takes" in turn) await turn.takes;
        this.arrived.push({ text, at: this.clock.now().getTime() - this.began });
        if (typeof turn === "object" && "arrivesAnd" in turn) throw turn.arrivesAnd;
        return `sent ${text}`;
      },
      settled: async (_tx, result) => void this.settled.push(result),
      refused: async (_tx, error, { text }) => void this.refused.push(`${text}: ${error}`),
    });
  }
}
