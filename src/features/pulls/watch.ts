import type { Sha } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";

export type WatchDeps = Pick<Context, "db" | "queue" | "clock" | "forge" | "config">;

/** A failure although the fix was in it. */
export interface Failed {
  /** Tells this one from others. */
  key: string;
  /** What happened, after `it did not hold:`; and the same in Slack's form. */
  words: string;
  note: string;
  detail: Record<string, unknown>;
}

/** A fix that held: what stands on the issue and in the thread, and the figures for the audit. */
export interface Held {
  words: string;
  note: string;
  detail: Record<string, number>;
}

/** How a merged fix is watched; null while it neither failed nor held. */
export interface Watch {
  failure(deps: WatchDeps, finding: Finding, fix: Sha): Promise<Failed | null>;
  quiet(deps: WatchDeps, finding: Finding, fix: Sha): Promise<Held | null>;
}
