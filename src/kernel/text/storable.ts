/** Text without what a database takes for no text: zeros, and halves of signs that are pairs. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll("\0", "");

/** The same for all texts of a JSON value, its keys too. */
export function storable(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [storableText(key), storable(inner)]),
  );
}
