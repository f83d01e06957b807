import type { Use } from "./calls.ts";
import type { CodeIndex } from "./code-index.ts";
import { type FoundTest, wordsOf } from "./find-test.ts";
import type { Frame } from "./frames.ts";
import type { Imports } from "./imports.ts";
import { folderOf, isTestFile, languageOf, stemOf } from "./languages.ts";
import type { RankedFile, Reasons } from "./model.ts";
import type { Past } from "./past.ts";
import { testPaths } from "./signals.ts";
import { WEIGHTS } from "./weights.ts";

/** Failpoints of Go are named by an import path and a name; the name stands in a file of that package. */
export function noteFailpoints(
  reasons: Reasons,
  index: CodeIndex,
  imports: Imports,
  found: readonly FoundTest[],
): void {
  const seen = new Set<string>();
  for (const definition of found.flatMap(({ definitions, around }) => [...definitions, ...around])) {
    for (const [, unit = "", name = ""] of index
      .body(definition)
      .matchAll(/"([\w.\-/]{5,200})\/(\w{2,80})"/g)) {
      if (seen.has(name)) continue;
      seen.add(name);
      for (const path of imports.goPackage(unit)) {
        if (!index.text(path).includes(`"${name}"`)) continue;
        reasons.add(path, WEIGHTS.failpoint, `it holds the failpoint ${name}, which the test sets`);
      }
    }
  }
}

/** Words that the test's name shares with a path; seldom ones count more. */
export function noteWords(reasons: Reasons, index: CodeIndex, found: readonly FoundTest[]): void {
  const paths = index.tree.files.filter((path) => languageOf(path) !== undefined);
  const words = new Map(paths.map((path) => [path, wordsOf(path)]));
  const counts = new Map<string, number>();
  for (const set of words.values()) for (const word of set) counts.set(word, (counts.get(word) ?? 0) + 1);
  const worth = (word: string): number => Math.log(paths.length / (counts.get(word) ?? paths.length));
  for (const { name } of found) {
    const wanted = [...wordsOf(name)].filter((word) => word !== "test" && counts.has(word));
    const all = wanted.reduce((sum, word) => sum + worth(word), 0);
    if (all === 0) continue;
    for (const [path, set] of words) {
      const shared = wanted.filter((word) => set.has(word));
      if (shared.length === 0) continue;
      const share = shared.reduce((sum, word) => sum + worth(word), 0) / all;
      reasons.add(path, WEIGHTS.path * share, `its path shares ${shared.join(", ")} with the test's name`);
    }
  }
}

/** Files whose whole name, of two words or more, stands in a name that the test uses: `GetCheckerController`. */
export function noteSpelled(reasons: Reasons, index: CodeIndex, uses: readonly Use[]): void {
  const best = new Map<string, Use>();
  for (const use of uses) {
    if (use.depth === 1 && (best.get(use.to.name)?.weight ?? 0) < use.weight) best.set(use.to.name, use);
  }
  const used = [...best.values()].map((use) => ({ ...use, words: wordsOf(use.to.name) }));
  for (const path of index.tree.files) {
    if (languageOf(path) === undefined || isTestFile(path)) continue;
    const stem = wordsOf(stemOf(path));
    if (stem.size < 2) continue;
    const spelled = used.filter(({ words }) => stem.isSubsetOf(words)).sort((a, b) => b.weight - a.weight)[0];
    if (spelled === undefined) continue;
    const text = `its name stands in ${spelled.to.name}, which ${spelled.from} uses`;
    reasons.add(path, WEIGHTS.spelled * Math.min(1, spelled.weight), text);
  }
}

/** Files that changed together with the test's, and those that earlier commits about the test changed. */
export function notePast(
  reasons: Reasons,
  index: CodeIndex,
  past: Past,
  found: readonly FoundTest[],
  frames: readonly Frame[],
): void {
  const paths = testPaths(found);
  const from = paths.length > 0 ? paths : [...new Set(frames.map(({ path }) => path))].slice(0, 3);
  for (const [path, { share, times }] of past.together(from)) {
    if (!index.has(path)) continue;
    const often = times === 1 ? "once" : `${times} times`;
    reasons.add(path, WEIGHTS.together * share, `it changed together with the test's file ${often}`);
  }
  for (const { name } of found) {
    for (const [at, { sha, subject, paths: changed }] of past.naming(name).entries()) {
      for (const path of changed) {
        if (!index.has(path)) continue;
        const weight = (WEIGHTS.named * 0.7 ** at) / Math.sqrt(changed.length);
        reasons.add(
          path,
          weight,
          `commit ${sha.slice(0, 10)} changed it for ${name}: "${subject.slice(0, 100)}"`,
        );
      }
    }
  }
}

/** Product files looked at for what goes with them. */
const LOOKED_AT = 6;

/** What lies beside the best product files so far, and what changed together with them. */
export function noteSecond(
  reasons: Reasons,
  index: CodeIndex,
  past: Past,
  ranked: readonly RankedFile[],
): void {
  const best = ranked.filter(({ path }) => !isTestFile(path)).slice(0, LOOKED_AT);
  const most = best[0]?.score ?? 1;
  const second = new Map<string, { weight: number; text: string }>();
  const keep = (path: string, weight: number, text: string): void => {
    if (index.has(path) && (second.get(path)?.weight ?? 0) < weight) second.set(path, { weight, text });
  };
  for (const { path, score } of best) {
    const worth = score / most;
    for (const [other, { share }] of past.together([path]))
      keep(other, WEIGHTS.second * share * worth, `it changed together with ${path}`);
  }
  for (const [path, { weight, text }] of second) reasons.add(path, weight, text);
  second.clear();
  for (const { path, score } of best) {
    for (const other of index.byFolder.get(folderOf(path)) ?? [])
      if (other !== path && languageOf(other) !== undefined)
        keep(other, (WEIGHTS.beside * score) / most, `it lies beside ${path}`);
  }
  for (const [path, { weight, text }] of second) reasons.add(path, weight, text);
}
