import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { Login } from "../../kernel/ids.ts";
import { auditTrail } from "../../platform/audit.ts";
import type { Pull } from "./store.ts";

/** What follows an action's name in the audit when GitHub did not do it. */
export const REFUSED = ".refused";
/** The decision is among a finding's newest entries: what it brought about comes within seconds. */
const LOOKED_AT = 20;

const Detail = z.object({ pull: z.int(), by: Login, why: z.string().default("") });

/** What a committer decided about a pull request of ours, by a command or button. */
export interface Decided {
  action: "pull.merge" | "pull.close";
  by: Login;
  /** Empty for a merge. */
  why: string;
}

/** The decision that ended a pull request; null where none of ours did. GitHub names the service for it. */
export async function decisionOn(
  db: Db,
  pull: Pick<Pull, "findingId" | "number">,
  action: Decided["action"],
): Promise<Decided | null> {
  for (const entry of await auditTrail(db, pull.findingId, LOOKED_AT)) {
    const detail = Detail.safeParse(entry.detail);
    if (!detail.success || detail.data.pull !== pull.number) continue;
    if (entry.action === `${action}${REFUSED}`) return null;
    if (entry.action === action) return { action, by: detail.data.by, why: detail.data.why };
  }
  return null;
}
