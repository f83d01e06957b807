import { repoConfig, type Target } from "../../config/index.ts";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../kernel/errors.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import type { BoardListing, Forge } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { retried } from "./retry.ts";

type Deps = Pick<Context, "clock" | "config" | "forge" | "log">;

/** What is known of a target's pull requests. */
export interface Listing {
  /** Null while there was no answer yet. */
  found: BoardListing | null;
  readAt: Date | null;
  /** Why what is shown may be old, as a sentence; null where it is not. */
  fault: string | null;
  /** It is not asked for again before. */
  until: Date;
}

/** A target is asked for once a minute at the most, however many look. */
export const FRESH_MS = MINUTE;
/** After a fault somebody who looks again should not wait for long. */
const AGAIN_MS = 10 * SECOND;

/** Kept in memory for as long as the connection that it was read by. */
const KEPT = new WeakMap<Forge, Map<string, { listing: Listing; reading: Promise<Listing> | null }>>();

/** A target's open pull requests, read within the last minute. Never throws: a fault stands in the listing. */
export async function listingOf(deps: Deps, target: Target): Promise<Listing> {
  const kept = KEPT.get(deps.forge) ?? new Map();
  KEPT.set(deps.forge, kept);
  const none: Listing = { found: null, readAt: null, fault: null, until: new Date(0) };
  const entry = kept.get(target.label) ?? { listing: none, reading: null };
  kept.set(target.label, entry);
  if (entry.listing.until > deps.clock.now()) return entry.listing;
  entry.reading ??= read(deps, target, entry.listing).then((listing) => {
    entry.listing = listing;
    entry.reading = null;
    return listing;
  });
  return entry.reading;
}

async function read(deps: Deps, target: Target, before: Listing): Promise<Listing> {
  const { clock, config, forge, log } = deps;
  const [first] = config.file.repos;
  const via =
    target.repos.find((repo) => repoConfig(config, repo) !== undefined) ?? target.repos[0] ?? first?.source;
  if (via === undefined) throw new Error("settings name no repository");
  try {
    const found = await retried(clock, () =>
      forge.openPulls({ author: target.user, repos: target.repos, via }),
    );
    const now = clock.now();
    return { found, readAt: now, fault: null, until: new Date(now.getTime() + FRESH_MS) };
  } catch (error) {
    log.warn({ error: errorText(error), target: target.label }, "pull requests could not be listed");
    const now = clock.now();
    const limit = error instanceof TransientError ? error.retryAfterMs : null;
    const until = new Date(now.getTime() + (limit ?? AGAIN_MS));
    return { ...before, fault: faultWords(forge.name(via), error, limit === null ? null : until), until };
  }
}

/** Why `forge` gave no list, as a sentence. */
export function faultWords(forge: string, error: unknown, until: Date | null): string {
  if (until !== null)
    return `${forge}'s request limit is used up until ${until.toISOString().slice(11, 16)} UTC: look again then.`;
  const said = clamp(errorText(error), 300);
  return error instanceof RefusedError
    ? `${forge} refused the list: ${said}.`
    : `${forge} did not answer (${said}): look again soon.`;
}
