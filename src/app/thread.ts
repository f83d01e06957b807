import type { Door } from "../../db/client.ts";
import type { BackgroundOptions } from "./options.ts";

/** What the background's thread is told; options cross as plain values. */
export type Order =
  | { do: "start"; options: Omit<BackgroundOptions, "clock" | "log">; door: Door }
  | { do: "stop"; graceMs: number };

export type Report = { is: "up" } | { is: "down"; why: string } | { is: "stopped" };

/** The background in a thread of its own. Its code is loaded from the first moment on; it works once it is started. */
export class BackgroundThread {
  private readonly thread = new Worker(new URL("./background-thread.ts", import.meta.url));
  private readonly up = Promise.withResolvers<void>();
  private readonly stopped = Promise.withResolvers<void>();
  private ending = false;

  /** @param lost is told when the thread ended by itself: what it had in hand is taken up at the next start. */
  constructor(lost: (why: string) => void) {
    this.up.promise.catch(() => {});
    this.thread.onmessage = ({ data }: MessageEvent<Report>) => {
      if (data.is === "up") this.up.resolve();
      else if (data.is === "down") this.up.reject(new Error(data.why));
      else this.stopped.resolve();
    };
    const lose = (why: string) => {
      if (!this.ending) lost(why);
      this.ending = true;
    };
    this.thread.onerror = ({ message }) => lose(message);
    this.thread.addEventListener("close", () => lose("its thread ended"));
  }

  /** @throws why it could not be started. */
  start(options: BackgroundOptions, door: Door): Promise<void> {
    const { config, version, service, worker, machine, paceMs } = options;
    const plain = { config, version, service, worker, machine, ...(paceMs && { paceMs }) };
    this.tell({ do: "start", options: plain, door }, "port" in door ? [door.port] : []);
    return this.up.promise;
  }

  /** Lets running work end for at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.tell({ do: "stop", graceMs });
    await this.stopped.promise;
    this.end();
  }

  /** Ends it at once. */
  end(): void {
    this.ending = true;
    this.thread.terminate();
  }

  private tell(order: Order, transfer: MessagePort[] = []): void {
    this.thread.postMessage(order, transfer);
  }
}
