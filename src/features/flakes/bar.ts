import type { Db } from "../../../db/client.ts";
import type { Config } from "../../config/index.ts";
import type { Finding } from "../findings/model.ts";
import { independentSightings } from "./evidence.ts";
import { factsOf } from "./gather.ts";

type Bar = Config["file"]["bar"];

/** True when the verdict is sure enough and rests on enough places that have nothing to do with each other. */
export const meetsBar = (
  bar: Pick<Bar, "confidence" | "sightings">,
  finding: Pick<Finding, "class" | "confidence">,
  independent: number,
): boolean =>
  finding.class === "flaky-test" && finding.confidence >= bar.confidence && independent >= bar.sightings;

/** As `meetsBar`, for a finding as it stands in the database; what is no flaky test has no bar to meet. */
export async function aboveBar(
  db: Db,
  bar: Pick<Bar, "confidence" | "sightings">,
  finding: Pick<Finding, "id" | "kind" | "class" | "confidence">,
): Promise<boolean> {
  if (finding.kind !== "flaky_test") return true;
  return meetsBar(bar, finding, independentSightings({ sightings: await factsOf(db, finding.id) }));
}
