/** Levels of objects and lists in one another; no service sends a tenth of it, and some thousands break a database. */
const DEEPEST = 200;

/** What a text holds as JSON; null where it is none, or nests too deep to be meant. What it is has to be checked by whoever asks. */
export function fromJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isDeeper(value, DEEPEST) ? null : value;
  } catch {
    return null;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** NUL, and halves of surrogate pairs: a service may send them, and no database keeps them. */
const UNKEPT = /\0|\p{Surrogate}/u;

/** A value of JSON as a database can keep it; the same one where there is nothing to take out. */
export function storable(value: unknown): unknown {
  if (typeof value === "string")
    return UNKEPT.test(value) ? value.replaceAll("\0", "").toWellFormed() : value;
  if (typeof value !== "object" || value === null) return value;
  const before = Object.entries(value);
  const after = before.map(([name, part]): [string, unknown] => [String(storable(name)), storable(part)]);
  const same = after.every(
    ([name, part], at) => before[at]?.[0] === name && Object.is(before[at]?.[1], part),
  );
  if (same) return value;
  return Array.isArray(value) ? after.map(([, part]) => part) : Object.fromEntries(after);
}
