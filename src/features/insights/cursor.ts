import type { Finding } from "../findings/model.ts";
import { GROUP_NAMES, groupOf } from "./model.ts";

/** A place in the list of findings: its group's index, when it was last seen, its number. */
export interface Cursor {
  group: number;
  at: Date;
  id: number;
}

export const cursorOf = (finding: Pick<Finding, "state" | "lastSeen" | "id">): Cursor => ({
  group: GROUP_NAMES.indexOf(groupOf(finding.state)),
  at: finding.lastSeen,
  id: finding.id,
});

/** As it stands in an address: `0.1773480000000.12`. */
export const writeCursor = ({ group, at, id }: Cursor): string => `${group}.${at.getTime()}.${id}`;

/** Null for a text that is no place in the list. */
export function readCursor(text: string | undefined): Cursor | null {
  const [, group, ms, id] = /^(\d{1,2})\.(\d{1,14})\.(\d{1,9})$/.exec(text ?? "") ?? [];
  if (group === undefined || ms === undefined || id === undefined) return null;
  return { group: Number(group), at: new Date(Number(ms)), id: Number(id) };
}
