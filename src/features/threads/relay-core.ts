/** What one side tells of a message; versions are microseconds since 1970 by that side's clock. */
export type Told =
  | { kind: "said"; version: number; text: string; withheld: boolean }
  | { kind: "deleted"; version: number };

/** What is known of a message. */
export interface Held {
  state: "said" | "withheld" | "deleted";
  version: number;
  text: string;
}

/** What becomes of news about a message: taken in, let be, or not to be told without asking what stands now. */
export type Judged = "take" | "leave" | "ask";

const SECOND = 1_000_000;
const second = (version: number): number => Math.floor(version / SECOND);

/**
 * Judges news that may come twice, late or in another order. A deletion is final, the later version wins, and within
 * one second, which is as fine as GitHub's times and Slack's marks of edits are, the side itself has to be asked.
 * @param certain what is told was read from the side just now
 */
export function judge(held: Held | null, told: Told, certain: boolean): Judged {
  if (held === null) return "take";
  if (held.state === "deleted") return "leave";
  if (told.kind === "deleted") return "take";
  const next = after(held, told);
  if (next.state === held.state && next.text === held.text)
    return told.version > held.version ? "take" : "leave";
  if (second(told.version) !== second(held.version)) return told.version > held.version ? "take" : "leave";
  return certain ? "take" : "ask";
}

/** What is known once news was taken in. What is withheld leaves no text behind. */
export function after(held: Held | null, told: Told): Held {
  const version = Math.max(held?.version ?? 0, told.version);
  if (told.kind === "deleted") return { state: "deleted", version, text: "" };
  return told.withheld
    ? { state: "withheld", version, text: "" }
    : { state: "said", version, text: told.text };
}

/** Our copy of one part of a message, on the other side. */
export interface Copy {
  target: string | null;
  /** Digest of what it says; null: not known. */
  digest: string | null;
  /** Somebody else took it away. */
  gone: boolean;
  /** We began to take it away: where it is not there any more, that was us. */
  removing: boolean;
}

/** What has to be done so that a part's copy is as it should be; `digest` null: there should be none. */
export function nextAct(copy: Copy | null, digest: string | null): "create" | "edit" | "remove" | "none" {
  if (copy?.gone) return "none";
  if (copy === null || copy.target === null) return digest === null ? "none" : "create";
  if (digest === null) return "remove";
  return copy.digest === digest ? "none" : "edit";
}

/** A copy that was found not to be there: what we took away may come again, what somebody else did stays away. */
export const missing = (copy: Copy): Copy =>
  copy.removing
    ? { target: null, digest: null, gone: false, removing: false }
    : { ...copy, digest: null, gone: true };

/**
 * Whether a part's copy has to be written again: it lacks, is one too many, or its edit was given up. Where there should
 * be none and none is known, a write that was given up may have arrived all the same: that has to be looked for.
 * @param copy `parked` is how often a write of it was given up
 */
export function lacks(copy: (Copy & { parked: number }) | null, digest: string | null): boolean {
  const parked = copy?.parked ?? 0;
  const act = nextAct(copy, digest);
  if (act === "none") return parked > 0 && copy?.target === null && !copy.gone;
  return act !== "edit" || parked > 0;
}

/** Numbers of the parts that differ between two renderings, in order. */
export function changedParts(before: readonly string[], now: readonly string[]): number[] {
  const most = Math.max(before.length, now.length);
  return Array.from({ length: most }, (_, part) => part).filter((part) => before[part] !== now[part]);
}
