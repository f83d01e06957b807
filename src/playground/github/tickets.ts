import { type Clock, MINUTE } from "../../kernel/clock.ts";

interface Ticket {
  until: number;
  answer: () => Response;
}

/** Addresses that answer without a token for one minute, as log downloads do. */
export class Tickets {
  readonly #open = new Map<string, Ticket>();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Returns the ticket's name; `answer` makes the body each time it is asked for. */
  issue(answer: () => Response): string {
    const now = this.clock.now().getTime();
    for (const [name, ticket] of this.#open) if (ticket.until <= now) this.#open.delete(name);
    const name = Array.from({ length: 4 }, () => hex(this.random)).join("");
    this.#open.set(name, { until: now + MINUTE, answer });
    return name;
  }

  /** The answer, or null when the ticket is unknown or its minute is over. */
  redeem(name: string): Response | null {
    const ticket = this.#open.get(name);
    if (!ticket || ticket.until <= this.clock.now().getTime()) return null;
    return ticket.answer();
  }
}

const hex = (random: () => number): string =>
  Math.floor(random() * 0xffffffff)
    .toString(16)
    .padStart(8, "0");

/** A version 4 UUID from a source of random numbers. */
export const uuid = (random: () => number): string => {
  const digits = Array.from({ length: 4 }, () => hex(random)).join("");
  const variant = "89ab".charAt(Math.floor(random() * 4));
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
};
