import { ApiError } from "../api/error.ts";
import type { Ids } from "../ids.ts";

const LIFE_MS = 3000;
const MAX_KEPT = 500;

/** Trigger ids: a person's act lets the app open one modal, once, within 3 seconds by the clock. */
export class Triggers {
  readonly #issued = new Map<string, { user: string; at: number; used: boolean }>();

  constructor(readonly ids: Ids) {}

  /** A fresh id for an act of this person. */
  issue(user: string): string {
    const id = `${this.ids.seconds()}.${this.ids.id("", 10)}.${this.ids.hex()}`;
    this.#issued.set(id, { user, at: this.ids.clock.now().getTime(), used: false });
    const oldest = this.#issued.keys().next();
    if (this.#issued.size > MAX_KEPT && !oldest.done) this.#issued.delete(oldest.value);
    return id;
  }

  /** Uses an id up and tells whose it was. Throws invalid_, exchanged_ or expired_trigger_id. */
  take(id: string): string {
    const trigger = this.#issued.get(id);
    if (!trigger) throw new ApiError("invalid_trigger_id");
    if (trigger.used) throw new ApiError("exchanged_trigger_id");
    if (this.ids.clock.now().getTime() - trigger.at > LIFE_MS) throw new ApiError("expired_trigger_id");
    trigger.used = true;
    return trigger.user;
  }
}
