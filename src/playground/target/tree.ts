import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Text of every file below `folder` by its path there, dot files included, in the order of paths. */
export function readTree(folder: string): Record<string, string> {
  const paths = [...new Bun.Glob("**/*").scanSync({ cwd: folder, dot: true })].sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}
