import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { changeMark } from "../features/insights/changes.ts";
import { SECOND } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import type { ReadDeps } from "./deps.ts";

const POLL_EVERY = SECOND;
/** Polls between two signs of life: servers and proxies close a stream that says nothing for ten seconds. */
const BEAT = 5;
const MOST_CLIENTS = 200;

/** Is told how things stand (null: could not be read), and whether it is time for a sign of life. */
type Listener = (mark: string | null, beat: boolean) => void;

/**
 * Tells connected pages that something changed: one loop asks the database for all of them, none while nobody listens. A page
 * carries the mark it was made at, and each message is numbered by one, so what changed while nobody listened is told as well.
 */
export class Changes {
  private readonly listeners = new Set<Listener>();
  private looping = false;
  private latest: string | null = null;

  constructor(private readonly deps: Pick<ReadDeps, "db" | "clock" | "log">) {}

  /** How things stand, for a page that is about to be made; at most a second old. */
  async mark(): Promise<string> {
    return this.latest ?? changeMark(this.deps.db);
  }

  /** Answers `/events?since=MARK` with a stream of server-sent events; 503 when too many listen. */
  stream(c: Context): Response {
    if (this.listeners.size >= MOST_CLIENTS) return c.text("Too many pages listen", 503);
    // a browser that connects again by itself says what it heard last; the address is still the first one's
    let heard = c.req.header("last-event-id") ?? c.req.query("since") ?? null;
    return streamSSE(c, async (stream) => {
      const ended = Promise.withResolvers<void>();
      const write = (data: string) => stream.write(data).catch(() => ended.resolve());
      const listener: Listener = (mark, beat) => {
        const changed = mark !== null && heard !== null && mark !== heard;
        if (mark !== null) heard = mark;
        if (changed) void write(`id: ${mark}\nevent: changed\ndata: 1\n\n`);
        // an event, no comment: a page whose connection died in its sleep notices that none comes
        else if (beat) void write("event: beat\ndata: 1\n\n");
      };
      stream.onAbort(() => ended.resolve());
      await stream.write("retry: 2000\n\n");
      this.listeners.add(listener);
      this.start();
      await ended.promise;
      this.listeners.delete(listener);
    });
  }

  /** Whether the database is being asked. */
  get polling(): boolean {
    return this.looping;
  }

  private start(): void {
    if (this.looping) return;
    this.looping = true;
    void this.loop();
  }

  private async loop(): Promise<void> {
    for (let turn = 1; this.listeners.size > 0; turn += 1) {
      const mark = await changeMark(this.deps.db).catch((error: unknown) => {
        this.deps.log.warn({ error: errorText(error) }, "could not look for changes");
        return null;
      });
      this.latest = mark;
      for (const listener of this.listeners) listener(mark, turn % BEAT === 0);
      await this.deps.clock.sleep(POLL_EVERY);
    }
    this.looping = false;
    this.latest = null;
  }
}
