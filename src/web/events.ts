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

type Listener = (message: "changed" | "beat") => void;

/** Tells connected pages that something changed: one loop asks the database for all of them, none while nobody listens. */
export class Changes {
  private readonly listeners = new Set<Listener>();
  private looping = false;

  constructor(private readonly deps: Pick<ReadDeps, "db" | "clock" | "log">) {}

  /** Answers `/events` with a stream of server-sent events; 503 when too many listen. */
  stream(c: Context): Response {
    if (this.listeners.size >= MOST_CLIENTS) return c.text("Too many pages listen", 503);
    return streamSSE(c, async (stream) => {
      const ended = Promise.withResolvers<void>();
      const listener: Listener = (message) => {
        const data = message === "changed" ? "event: changed\ndata: 1\n\n" : ": beat\n\n";
        stream.write(data).catch(() => ended.resolve());
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
    let known: string | null = null;
    for (let turn = 1; this.listeners.size > 0; turn += 1) {
      const mark = await changeMark(this.deps.db).catch((error: unknown) => {
        this.deps.log.warn({ error: errorText(error) }, "could not look for changes");
        return known;
      });
      if (known !== null && mark !== known) this.tell("changed");
      else if (turn % BEAT === 0) this.tell("beat");
      known = mark;
      await this.deps.clock.sleep(POLL_EVERY);
    }
    this.looping = false;
  }

  private tell(message: "changed" | "beat"): void {
    for (const listener of this.listeners) listener(message);
  }
}
