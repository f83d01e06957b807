/** Every combination of a matrix's lists, then what `include` adds; one empty combination without a matrix. */
export const spread = (matrix: Record<string, unknown[]>): Record<string, string>[] => {
  const { include = [], exclude = [], ...lists } = matrix;
  let combinations: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(lists)) {
    combinations = combinations.flatMap((combination) =>
      values.map((value) => ({ ...combination, [name]: String(value) })),
    );
  }
  const excluded = exclude.map(record);
  const kept = combinations.filter(
    (combination) =>
      !excluded.some((rule) => Object.entries(rule).every(([key, value]) => combination[key] === value)),
  );
  const added = include.map(record);
  if (Object.keys(lists).length === 0 && added.length > 0) return added;
  return [...kept, ...added];
};

const record = (value: unknown): Record<string, string> =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]))
    : {};

/** Fills `${{ matrix.x }}` and the like from `context`; what it does not know becomes nothing. */
export const fill = (text: string, context: Record<string, Record<string, string>>): string =>
  text.replace(/\$\{\{\s*([\w-]+)\.([\w-]+)\s*\}\}|\$\{\{[^}]*\}\}/g, (_, group?: string, name?: string) =>
    group && name ? (context[group]?.[name] ?? "") : "",
  );
