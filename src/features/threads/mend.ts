import { repoConfig } from "../../config/index.ts";
import type { FindingId } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";
import { findingById } from "../findings/store.ts";
import { enqueueParts } from "./copies.ts";
import { lacks } from "./relay-core.ts";
import { type CopyRow, copiesOf, relayedSince } from "./relayed.ts";
import { digestOf, partsOf } from "./standing.ts";
import { threadOf } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge">;

/** How often a copy that the other side refused is tried again. */
const MOST_TRIES = 5;

/**
 * Decides again what should stand on the other side and does not: writes that were given up in a long outage, and
 * comments from before there was a thread. What is on its way already is found done by the second write.
 */
export async function mendCopies(deps: Deps, id: FindingId, since: Date): Promise<void> {
  const thread = await threadOf(deps.db, id);
  const finding = await findingById(deps.db, id);
  const relay = finding === null ? "off" : (repoConfig(deps.config, finding.repo)?.relay ?? "off");
  if (finding === null || thread === null || thread.muted || relay === "off") return;
  const forge = deps.forge.name(finding.repo);
  for (const row of await relayedSince(deps.db, id, since)) {
    if (row.from === "slack" && relay !== "both") continue;
    const copies = await copiesOf(deps.db, row.id);
    const parts = lacking(partsOf(row, forge), copies);
    if (parts.length === 0) continue;
    const tries = copies.reduce((sum, copy) => sum + copy.parked, 0);
    await deps.db.transaction((tx) =>
      enqueueParts(tx, deps.clock, { row, parts, thread, again: `:again${tries}` }),
    );
  }
}

/** Parts that lack their copy, have one too many, or may have one that nobody knows of. */
function lacking(texts: readonly string[], copies: readonly CopyRow[]): number[] {
  const most = Math.max(texts.length, ...copies.map((copy) => copy.part + 1));
  return Array.from({ length: most }, (_, part) => part).filter((part) => {
    const copy = copies.find((one) => one.part === part) ?? null;
    const text = texts[part];
    return (copy?.parked ?? 0) < MOST_TRIES && lacks(copy, text === undefined ? null : digestOf(text));
  });
}
