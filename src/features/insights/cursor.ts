import type { Finding } from "../findings/model.ts";

/** A place in the list of findings: its urgency, when it was last seen, its number; highest first. */
export interface Cursor {
  urgency: number;
  at: Date;
  id: number;
}

export const cursorOf = (finding: Pick<Finding, "urgency" | "lastSeen" | "id">): Cursor => ({
  urgency: finding.urgency,
  at: finding.lastSeen,
  id: finding.id,
});

/** As it stands in an address: `6.1773480000000.12`. */
export const writeCursor = ({ urgency, at, id }: Cursor): string => `${urgency}.${at.getTime()}.${id}`;

/** Null for a text that is no place in the list. */
export function readCursor(text: string | undefined): Cursor | null {
  const [, urgency, ms, id] = /^(\d{1,2})\.(\d{1,14})\.(\d{1,9})$/.exec(text ?? "") ?? [];
  if (urgency === undefined || ms === undefined || id === undefined) return null;
  return { urgency: Number(urgency), at: new Date(Number(ms)), id: Number(id) };
}
