import { createHash } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Ids and timestamps in Slack's forms, from the given clock and random source. */
export class Ids {
  #lastMicros = 0;

  constructor(
    readonly clock: Clock,
    readonly random: () => number,
  ) {}

  /** A message timestamp: seconds and six digits, never the same twice, always growing. */
  ts(): string {
    const now = this.clock.now().getTime() * 1000;
    this.#lastMicros = Math.max(now, this.#lastMicros + 1);
    const seconds = Math.floor(this.#lastMicros / 1_000_000);
    return `${seconds}.${String(this.#lastMicros % 1_000_000).padStart(6, "0")}`;
  }

  /** `prefix` and `length` capitals or digits. */
  id(prefix: string, length = 9): string {
    let id = prefix;
    for (let index = 0; index < length; index += 1) id += ALPHABET[Math.floor(this.random() * 36)] ?? "A";
    return id;
  }

  /** 32 hex digits. */
  hex(): string {
    return createHash("sha256").update(this.id("", 40)).digest("hex").slice(0, 32);
  }

  /** Seconds since 1970. */
  seconds(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}

/** Orders two message timestamps; both have six digits after the point, so text of equal length compares. */
export function compareTs(a: string, b: string): number {
  const [left, right] = [Number(a.split(".")[0]), Number(b.split(".")[0])];
  if (left !== right) return left - right;
  return Number((a.split(".")[1] ?? "0").padEnd(6, "0")) - Number((b.split(".")[1] ?? "0").padEnd(6, "0"));
}
