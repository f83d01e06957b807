/** NUL, and halves of surrogate pairs: a service may send them, and no database keeps them. */
const UNKEPT = /\0|\p{Surrogate}/u;

/** Text as a database can keep it. */
export const storableText = (text: string): string =>
  UNKEPT.test(text) ? text.replaceAll("\0", "").toWellFormed() : text;

/** The same for all texts of a JSON value, its keys too; the same value where there is nothing to take out. */
export function storable(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  const before = Object.entries(value);
  const after = before.map(([name, part]): [string, unknown] => [storableText(name), storable(part)]);
  const same = after.every(
    ([name, part], at) => before[at]?.[0] === name && Object.is(before[at]?.[1], part),
  );
  if (same) return value;
  return Array.isArray(value) ? after.map(([, part]) => part) : Object.fromEntries(after);
}
