import { cpus } from "node:os";

export interface Spare {
  /** Items at once, at the most. */
  most: number;
  /** Whether the machine could do more than it does. */
  idle: () => boolean;
  /** Time between two looks, ms. */
  everyMs: number;
}

/**
 * Works through `items` in their order, `lanes` at once; results stand in the order of the items. While there is
 * something to spare, one more is begun at each look.
 */
export async function inPool<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<R>,
  spare?: Spare,
): Promise<R[]> {
  const results = new Map<number, R>();
  const running = new Set<Promise<void>>();
  let next = 0;
  const begin = () => {
    const at = next++;
    const item = items[at];
    if (item === undefined) return;
    const done = work(item).then((result) => {
      results.set(at, result);
      running.delete(done);
      if (running.size < lanes) begin();
    });
    running.add(done);
  };
  for (let lane = 0; lane < lanes; lane += 1) begin();
  const looks =
    spare && setInterval(() => running.size < spare.most && spare.idle() && begin(), spare.everyMs);
  while (running.size > 0) await Promise.race(running);
  clearInterval(looks);
  return items.flatMap((_, at) => {
    const result = results.get(at);
    return result === undefined ? [] : [result];
  });
}

/** Tells whether more than `share` of the processors' time was idle since the last call. */
export function idleAbove(share: number): () => boolean {
  const read = () => {
    const times = cpus().map((cpu) => cpu.times);
    const idle = times.reduce((sum, one) => sum + one.idle, 0);
    return {
      idle,
      all: times.reduce((sum, one) => sum + one.user + one.nice + one.sys + one.irq + one.idle, 0),
    };
  };
  let last = read();
  return () => {
    const now = read();
    const spent = now.all - last.all;
    const idle = spent > 0 && (now.idle - last.idle) / spent > share;
    last = now;
    return idle;
  };
}
