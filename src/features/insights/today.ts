import { and, countDistinct, gte, like } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { audit } from "../../../db/schema.ts";
import { State } from "../findings/model.ts";
import { dayOf } from "./model.ts";

const PREFIX = "state.";

/** How many findings came to each state since midnight UTC; states that none came to are left out. */
export async function cameToday(db: Db, now: Date): Promise<Map<State, number>> {
  const midnight = new Date(`${dayOf(now)}T00:00:00Z`);
  const rows = await db
    .select({ action: audit.action, n: countDistinct(audit.findingId) })
    .from(audit)
    .where(and(gte(audit.at, midnight), like(audit.action, `${PREFIX}%`)))
    .groupBy(audit.action);
  const known = rows.map(({ action, n }) => [State.safeParse(action.slice(PREFIX.length)).data, n] as const);
  return new Map(known.filter((entry): entry is [State, number] => entry[0] !== undefined));
}
