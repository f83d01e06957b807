import type { Draft } from "../draft.ts";

/** Tells which of some failures have a failed subtest among them; a package that one of two lacks is no difference. */
export function parentsAmong(drafts: readonly Draft[]): (draft: Draft) => boolean {
  const packagesByParent = new Map<string, Set<string | undefined>>();
  for (const { test, package: packageName } of drafts)
    for (let at = test.indexOf("/"); at >= 0; at = test.indexOf("/", at + 1)) {
      const parent = test.slice(0, at);
      const packages = packagesByParent.get(parent);
      if (packages === undefined) packagesByParent.set(parent, new Set([packageName]));
      else packages.add(packageName);
    }
  return (draft) => {
    const packages = packagesByParent.get(draft.test);
    if (packages === undefined) return false;
    return draft.package === undefined || packages.has(undefined) || packages.has(draft.package);
  };
}
