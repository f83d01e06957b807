import { createHash } from "node:crypto";
import type { Db } from "../../../db/client.ts";
import { publicUrl, repoConfig } from "../../config/index.ts";
import type { FindingId } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";
import { findingById } from "../findings/store.ts";
import { placeOf } from "../flakes/evidence.ts";
import { fingerprintsOf, sightingsOf } from "../flakes/store.ts";
import type { BlockName } from "./blocks.ts";
import type { IssueFacts } from "./messages.ts";

/** Reads what the issue's text is made from; null when there is no such finding. */
export async function issueFacts(
  deps: Pick<Context, "config">,
  db: Db,
  id: FindingId,
): Promise<IssueFacts | null> {
  const finding = await findingById(db, id);
  if (finding === null) return null;
  const sightings = await sightingsOf(db, id);
  const line = repoConfig(deps.config, finding.repo)?.toolchain?.test ?? null;
  const write = repoConfig(deps.config, finding.repo)?.write ?? finding.repo;
  return {
    finding,
    sightings,
    fingerprints: await fingerprintsOf(db, id),
    independent: new Set(sightings.map(placeOf)).size,
    reproduce: line === null ? null : fill(line, finding.test, finding.package, finding.file),
    console: publicUrl(deps.config.env),
    pullUrl:
      finding.pullNumber === null
        ? null
        : `${deps.config.env.GITHUB_WEB_URL}/${write}/pull/${finding.pullNumber}`,
  };
}

/** A toolchain line as a person would type it; only shown, never run. */
function fill(line: string, test: string, pack: string | null, file: string | null): string {
  return line
    .replaceAll("{test}", JSON.stringify(test))
    .replaceAll("{test_regex}", JSON.stringify(test))
    .replaceAll("{package}", pack ?? ".")
    .replaceAll("{file}", file ?? "")
    .replaceAll("{count}", "20");
}

/** Short digest of an issue's blocks and title: equal digests need no write. */
export const digestOf = (title: string, blocks: Record<BlockName, string>): string =>
  createHash("sha256")
    .update(JSON.stringify([title, blocks]))
    .digest("hex")
    .slice(0, 32);
