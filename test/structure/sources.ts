import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

export const ROOT = join(import.meta.dir, "../..");

/** The playground's target is a repository of its own, with its own house rules. */
const FOREIGN = /^src\/playground\/target\/(repository|changes)\//;

export interface Source {
  /** Path from the project's root. */
  path: string;
  text: string;
}

/** Files of `folders` whose names end in one of `endings`, in order. */
export function sources(folders: readonly string[], endings: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
      .filter((path) => !FOREIGN.test(path) && !/(^|\/)(fixtures|node_modules)\//.test(path))
      .sort()
      .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") })),
  );
}

export const CODE = [".ts", ".tsx"] as const;

export interface Import {
  /** Path from the root for a file of ours, else the package or module as it is written. */
  to: string;
  ours: boolean;
  /** Types only: nothing is loaded. */
  types: boolean;
}

const STATEMENT =
  /^(?:import|export)\b(?<what>[^;"']*?\bfrom\b)?\s*"(?<from>[^"]+)"|\bimport\("(?<lazy>[^"]+)"\)/gm;

/** What a file imports: statements, re-exports and `import()` of a fixed name. */
export function importsOf(source: Source): Import[] {
  return [...source.text.matchAll(STATEMENT)].map((match) => {
    const name = match.groups?.from ?? match.groups?.lazy ?? "";
    const ours = name.startsWith(".");
    const to = ours ? posix.join(posix.dirname(source.path), name) : name;
    const what = match.groups?.what ?? "";
    return { to, ours, types: /^\s*type\b/.test(what) };
  });
}

/** `@scope/name` or `name` of a module below it; `node:fs` and `bun:sqlite` as they are. */
export const packageOf = (name: string): string =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
