import type { Order } from "./order.ts";

export type Status = "waiting" | "packing" | "packed";
type Pack = (order: Order) => Promise<void>;

/** Packs orders, `packers` at a time. Orders begin in the order they came and end when they end. */
export class PackingQueue {
  private readonly states = new Map<string, Status>();
  private readonly waiting: (() => void)[] = [];
  private readonly onDrained: (() => void)[] = [];
  private busy = 0;

  constructor(
    private readonly pack: Pack,
    private readonly packers = 3,
  ) {}

  /** Queues an order; resolves when this one is packed. */
  async push(order: Order): Promise<void> {
    this.states.set(order.id, "waiting");
    if (this.busy === this.packers) await new Promise<void>((begin) => this.waiting.push(begin));
    else this.busy += 1;
    this.states.set(order.id, "packing");
    await this.pack(order);
    this.states.set(order.id, "packed");
    this.next();
  }

  /** How far an order is; undefined for one that was never pushed. */
  status(id: string): Status | undefined {
    return this.states.get(id);
  }

  /** Resolves when every order pushed so far is packed. */
  drained(): Promise<void> {
    if (this.busy === 0) return Promise.resolve();
    return new Promise((resolve) => this.onDrained.push(resolve));
  }

  private next(): void {
    const begin = this.waiting.shift();
    if (begin) return begin();
    this.busy -= 1;
    if (this.busy > 0) return;
    for (const resolve of this.onDrained.splice(0)) resolve();
  }
}

/** Packs by hand: each line of an order takes its while, and nobody takes the same time twice. */
export function packByHand(order: Order): Promise<void> {
  return Bun.sleep(2 + order.lines.length + Math.random() * 36);
}
