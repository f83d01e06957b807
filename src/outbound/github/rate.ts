import type { Clock } from "../../kernel/clock.ts";

/** How much of the hour's requests is left. */
export interface Rate {
  limit: number;
  remaining: number;
  resetAt: Date;
}

/** What the headers say of the core limit; null when they say nothing of it. */
export function readRate(headers: Headers): Rate | null {
  const resource = headers.get("x-ratelimit-resource");
  if (resource !== null && resource !== "core") return null;
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) => {
    const value = headers.get(`x-ratelimit-${name}`);
    return value === null || value === "" ? Number.NaN : Number(value);
  });
  if (limit === undefined || remaining === undefined || reset === undefined) return null;
  if (![limit, remaining, reset].every(Number.isFinite)) return null;
  return { limit, remaining, resetAt: new Date(reset * 1000) };
}

/** Remembers the newest rate of each credential. */
export class Rates {
  readonly #newest = new Map<string, Rate>();

  constructor(private readonly clock: Clock) {}

  seen(credential: string, headers: Headers): void {
    const rate = readRate(headers);
    if (rate !== null) this.#newest.set(credential, rate);
  }

  /** The scarcest of those whose hour is not over; null when none is known. */
  scarcest(): Rate | null {
    const now = this.clock.now();
    const current = [...this.#newest.values()].filter((rate) => rate.resetAt > now);
    return current.sort((a, b) => a.remaining - b.remaining)[0] ?? null;
  }
}
