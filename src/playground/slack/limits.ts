import type { Clock } from "../../kernel/clock.ts";
import { ApiError } from "./api/error.ts";

const BURST = 5;

/** Slack's limit on posting: so many a second in each channel, with room for a short burst. */
export class PostLimiter {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    readonly clock: Clock,
    readonly perSecond: number | undefined,
  ) {}

  /** Takes one post's worth. Throws `ratelimited` (429 with Retry-After in seconds) when there is none. */
  take(channelId: string): void {
    if (!this.perSecond) return;
    const now = this.clock.now().getTime();
    const bucket = this.#buckets.get(channelId) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    if (tokens < 1) {
      this.#buckets.set(channelId, { tokens, at: now });
      throw rateLimited(Math.max(1, Math.ceil((1 - tokens) / this.perSecond)));
    }
    this.#buckets.set(channelId, { tokens: tokens - 1, at: now });
  }
}

/** The answer 429 with its header. */
export const rateLimited = (retryAfterSeconds: number): ApiError =>
  new ApiError("ratelimited", {}, 429, { "retry-after": String(retryAfterSeconds) });
