import type { Db } from "../../db/client.ts";
import type { Actor } from "../kernel/actor.ts";
import { type Clock, MINUTE } from "../kernel/clock.ts";
import { record } from "./audit.ts";

/** A request that is not worked on: through which door it came, from whom, and why not. */
export interface RefusedRequest {
  door: string;
  actor: Actor;
  why: string;
  /** What else is known; nothing that the sender could make long. */
  detail?: Record<string, string>;
}

/** Doors and reasons that are told apart; nobody meets so many. */
const MOST = 200;

/**
 * Keeps requests that are refused before a command is read in the audit. Anybody may send any number of them, so one
 * reason at one door is one row a minute, which says how many came since the row before.
 */
export class Refusals {
  readonly #last = new Map<string, { at: number; more: number }>();

  constructor(private readonly deps: { db: Db; clock: Clock }) {}

  async keep({ door, actor, why, detail = {} }: RefusedRequest): Promise<void> {
    const at = this.deps.clock.now();
    const key = `${door} ${why}`;
    const last = this.#last.get(key);
    if (last !== undefined && at.getTime() - last.at < MINUTE) {
      last.more += 1;
      return;
    }
    if (this.#last.size >= MOST) this.#last.clear();
    this.#last.set(key, { at: at.getTime(), more: 0 });
    const before = last === undefined || last.more === 0 ? {} : { more_since_the_last: last.more };
    await record(this.deps.db, {
      at,
      actor,
      action: "request.refused",
      finding: null,
      detail: { door, why, ...detail, ...before },
    });
  }
}
