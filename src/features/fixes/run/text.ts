import { parseDiff, testsOnly } from "./gates/index.ts";

/** A claim to have changed a file: the verb, and the path right behind it. A helper may be named in other ways. */
const CHANGED =
  /\b(?:changes?|changed|edits?|edited|modif(?:y|ies|ied)|updates?|updated|rewrites?|mends?|deletes?|removes?|renames?)\s+(?:the\s+)?(?:file\s+)?[`"']?((?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:go|[cm]?[jt]sx?|py|java|kt|rs|rb|cc?|cpp|h|cs|sh|ya?ml|json|toml))\b/gi;

/**
 * What a description of a change says that the change does not do: files it says were changed and that are not in it,
 * or tests alone where product code changes. One sentence each; none where the two agree as far as can be told.
 */
export function textFaults(said: string, patch: string): string[] {
  const diff = parseDiff(patch);
  const changesProduct = !testsOnly(diff);
  const faults: string[] = [];
  for (const match of said.matchAll(CHANGED)) {
    const path = match[1] ?? "";
    const known = diff.files.some((file) => file.path === path || file.path.endsWith(`/${path}`));
    if (!known) faults.push(`the text says that ${path} is changed, which the change does not touch`);
  }
  if (changesProduct && /\b(?:only (?:the )?tests?|tests? only|no product code)\b/i.test(said))
    faults.push("the text says that only tests change, but product code does");
  return [...new Set(faults)];
}
