import { type Clock, systemClock } from "../../src/kernel/clock.ts";

/** The machine's clock, which a test can put forward. */
export class AheadClock implements Clock {
  private ahead = 0;

  now(): Date {
    return new Date(systemClock.now().getTime() + this.ahead);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }

  forward(ms: number): void {
    this.ahead += ms;
  }
}
