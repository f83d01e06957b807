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
