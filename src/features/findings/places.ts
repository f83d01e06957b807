import { sql } from "drizzle-orm";
import { sightings } from "../../../db/schema.ts";
import { MASS } from "./mass.ts";

/** Places of failures that are independent of each other, as a verdict counts them: each pull request counts once, and failures in an outage for none. */
export const independentPlaces = sql<number>`count(distinct
  case when ${sightings.fellTogether} < ${sql.raw(String(MASS))} and jsonb_array_length(${sightings.infra}) = 0
    then coalesce('#' || ${sightings.pull}, ${sightings.branch} || '@' || ${sightings.sha}) end)::int`;
