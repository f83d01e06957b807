import { CODE_ENDINGS } from "./languages.ts";

/** A place that a log names. */
export interface Frame {
  path: string;
  line: number;
}

const MAX_TEXT = 400_000;
const MAX_LINE = 2000;
const MAX_FRAMES = 400;
const PLACE = new RegExp(
  `(?<![\\w./\\\\@+-])(?<path>[\\w./\\\\@+-]{1,240}\\.(?:${CODE_ENDINGS.join("|")}))(?:", line |[:(]|:line )(?<line>\\d{1,7})`,
  "g",
);

/** Places in the code that a log names, in its order, as paths of the tree; what is not in the tree is left out. */
export function framesIn(text: string, files: readonly string[]): Frame[] {
  const byName = Map.groupBy(files, (path) => path.slice(path.lastIndexOf("/") + 1));
  const frames: Frame[] = [];
  const seen = new Set<string>();
  for (const long of text.slice(0, MAX_TEXT).split("\n")) {
    for (const { groups } of long.slice(0, MAX_LINE).matchAll(PLACE)) {
      const named = (groups?.path ?? "").replaceAll("\\", "/");
      const path = inTree(named, byName);
      const line = Number(groups?.line);
      if (path === null || seen.has(`${path}:${line}`)) continue;
      seen.add(`${path}:${line}`);
      if (frames.push({ path, line }) >= MAX_FRAMES) return frames;
    }
  }
  return frames;
}

/** The one file that shares the most last folders with what the log says: roots differ from machine to machine. */
function inTree(named: string, byName: ReadonlyMap<string, readonly string[]>): string | null {
  const parts = named.split("/").filter((part) => part !== "" && part !== ".");
  if (/(?:^|\/)(?:node_modules|site-packages|vendor|pkg\/mod)\//.test(named)) return null;
  const scored = (byName.get(parts.at(-1) ?? "") ?? []).map((path) => ({
    path,
    shared: shared(path, parts),
  }));
  const most = Math.max(0, ...scored.map((each) => each.shared));
  const best = scored.filter((each) => each.shared === most);
  const [only] = best;
  return best.length === 1 && only !== undefined ? only.path : null;
}

function shared(path: string, parts: readonly string[]): number {
  const own = path.split("/");
  let count = 0;
  while (count < own.length && own.at(-1 - count) === parts.at(-1 - count)) count += 1;
  return count;
}
