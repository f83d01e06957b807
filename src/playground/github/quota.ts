import { type Clock, HOUR } from "../../kernel/clock.ts";

/** One request that reached the server. */
export interface RequestRecord {
  method: string;
  path: string;
  login: string | null;
  status: number;
  at: Date;
}

const KEPT_REQUESTS = 5000;

/** The latest requests, oldest first, at most 5,000. */
export class RequestLog {
  #records: RequestRecord[] = [];

  add(record: RequestRecord): void {
    this.#records.push(record);
    if (this.#records.length > KEPT_REQUESTS) this.#records.splice(0, KEPT_REQUESTS / 10);
  }

  list(): readonly RequestRecord[] {
    return this.#records;
  }
}

export interface QuotaState {
  limit: number;
  remaining: number;
  used: number;
  /** Seconds since 1970 when the count starts again. */
  reset: number;
}

/** Counts requests by the hour for each login. */
export class Quota {
  readonly #used = new Map<string, { used: number; until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
  ) {}

  state(login: string): QuotaState {
    const entry = this.#entry(login);
    return {
      limit: this.limit,
      remaining: Math.max(0, this.limit - entry.used),
      used: entry.used,
      reset: Math.ceil(entry.until / 1000),
    };
  }

  /** Takes one request from the login's hour. */
  charge(login: string): void {
    this.#entry(login).used += 1;
  }

  #entry(login: string): { used: number; until: number } {
    const now = this.clock.now().getTime();
    const entry = this.#used.get(login);
    if (entry && entry.until > now) return entry;
    const fresh = { used: 0, until: now + HOUR };
    this.#used.set(login, fresh);
    return fresh;
  }
}
