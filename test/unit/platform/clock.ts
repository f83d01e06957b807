import type { Clock } from "../../../src/kernel/clock.ts";

interface Sleeper {
  until: number;
  wake: () => void;
}

/** A clock that stands still until somebody turns it. */
export class HandClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();
  private waiting: { n: number; resolve: () => void }[] = [];

  constructor(private ms = Date.parse("2026-03-14T12:00:00Z")) {}

  now(): Date {
    return new Date(this.ms);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = Promise.withResolvers<void>();
    const sleeper = { until: this.ms + ms, wake: slept.resolve };
    this.sleepers.add(sleeper);
    this.waiting = this.waiting.filter(({ n, resolve }) => this.sleepers.size < n || resolve());
    const stop = () => {
      this.sleepers.delete(sleeper);
      slept.reject(signal?.reason);
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    return slept.promise;
  }

  /** Turns the clock and wakes whoever slept until then. */
  turn(ms: number): void {
    this.ms += ms;
    for (const sleeper of [...this.sleepers]) {
      if (sleeper.until > this.ms) continue;
      this.sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  /** Turns the clock to the next sleeper's hour; false when nobody sleeps. */
  turnToNext(): boolean {
    const next = Math.min(...[...this.sleepers].map((sleeper) => sleeper.until));
    if (!Number.isFinite(next)) return false;
    this.turn(Math.max(0, next - this.ms));
    return true;
  }

  /** Resolves once `n` sleep: nobody is at work then. */
  async allAsleep(n: number): Promise<void> {
    if (this.sleepers.size >= n) return;
    const asleep = Promise.withResolvers<void>();
    this.waiting.push({ n, resolve: asleep.resolve });
    await asleep.promise;
  }
}
