import type { Db } from "../../../db/client.ts";
import { publicUrl, repoConfig } from "../../config/index.ts";
import type { FindingId } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";
import { errorFigures, minutesOf, samplesOf } from "../failures/errors/store.ts";
import type { Finding } from "../findings/model.ts";
import { findingById } from "../findings/store.ts";
import { independentSightings } from "../flakes/evidence.ts";
import { factsOf } from "../flakes/gather.ts";
import { fingerprintsOf, sightingsOf } from "../flakes/store.ts";
import { ranOnOf } from "../insights/ran-on.ts";
import { earlierIssues } from "./earlier.ts";
import type { ErrorFacts } from "./error-sections.ts";
import type { IssueFacts } from "./messages.ts";
import { reproduceCommand } from "./reproduce.ts";

/** Reads what the issue's text is made from; null when there is no such finding. */
export async function issueFacts(
  deps: Pick<Context, "config" | "forge">,
  db: Db,
  id: FindingId,
): Promise<IssueFacts | null> {
  const finding = await findingById(db, id);
  if (finding === null) return null;
  const sightings = await sightingsOf(db, id);
  const settings = repoConfig(deps.config, finding.repo);
  const write = settings?.write ?? finding.repo;
  const suite = sightings.find((seen) => seen.test === finding.test)?.suite ?? null;
  return {
    finding,
    sightings,
    fingerprints: await fingerprintsOf(db, id),
    ranOn: await ranOnOf(db, id),
    independent: independentSightings({ sightings: await factsOf(db, id) }),
    errors: finding.kind === "runtime_error" ? await errorFacts(db, finding) : null,
    reproduce:
      finding.kind === "flaky_test"
        ? reproduceCommand({ ...finding, suite }, settings?.toolchain?.test ?? null)
        : null,
    earlier: await earlierIssues(db, finding, write),
    relay: settings?.relay === "both",
    console: publicUrl(deps.config.env),
    pullUrl: finding.pullNumber === null ? null : deps.forge.site(write).pullUrl(finding.pullNumber),
  };
}

const errorFacts = async (db: Db, { id }: Finding): Promise<ErrorFacts> => ({
  ...(await errorFigures(db, id)),
  minutes: await minutesOf(db, id),
  samples: await samplesOf(db, id),
});
