import type { Use } from "./calls.ts";
import type { CodeIndex } from "./code-index.ts";
import { type FoundTest, wordsOf } from "./find-test.ts";
import type { Frame } from "./frames.ts";
import type { Imports } from "./imports.ts";
import { folderOf, languageOf, stemOf } from "./languages.ts";
import type { Reasons } from "./model.ts";
import type { Past } from "./past.ts";

/** What each signal is worth at most, in the same unit. */
export const WEIGHTS = {
  definition: 12,
  around: 2,
  frame: 6,
  calls: 4,
  imported: 0.3,
  neighbour: 0.3,
  namesake: 2,
  words: 0.8,
  together: 4,
  named: 4,
};

/** The tests' own files. */
export function noteTests(reasons: Reasons, index: CodeIndex, found: readonly FoundTest[]): void {
  for (const { name, definitions, around } of found) {
    const share = definitions.length <= 3 ? 1 : 0.7;
    for (const definition of definitions)
      reasons.add(definition.path, WEIGHTS.definition * share, `${name} is defined here, line ${index.line(definition)}`);
    for (const each of around.slice(0, 1))
      reasons.add(each.path, WEIGHTS.around, `${each.name} runs around the test`);
  }
}

/** Places of the stack: the first ones are nearest to the failure. */
export function noteFrames(reasons: Reasons, frames: readonly Frame[]): void {
  const seen = new Set<string>();
  for (const { path, line } of frames) {
    if (seen.has(path)) continue;
    reasons.add(path, WEIGHTS.frame / Math.sqrt(1 + seen.size / 3), `the log names it at line ${line}`);
    seen.add(path);
  }
}

/** Code that the test calls; what counts is the sum over the names, each less than the one before. */
export function noteCalls(reasons: Reasons, uses: readonly Use[]): void {
  const best = new Map<string, Map<string, Use>>();
  for (const use of uses) {
    const names = best.get(use.to.path) ?? new Map<string, Use>();
    best.set(use.to.path, names);
    const known = names.get(use.to.name);
    if (known === undefined || known.weight < use.weight) names.set(use.to.name, use);
  }
  for (const [path, names] of best) {
    const list = [...names.values()].sort((a, b) => b.weight - a.weight);
    const sum = list.reduce((total, { weight }) => total + weight, 0);
    const said = list.slice(0, 3).map(({ to }) => to.name);
    const [first] = list;
    if (first === undefined) continue;
    const how = first.depth === 1 ? `${first.from} uses` : `${first.from}, which the test comes to, uses`;
    reasons.add(path, (WEIGHTS.calls * sum) / (sum + 2), `${how} ${said.join(", ")} of it`);
  }
}

/** What lies beside the test or is imported by its file. */
export function noteNeighbours(
  reasons: Reasons,
  index: CodeIndex,
  imports: Imports,
  found: readonly FoundTest[],
): void {
  for (const path of testPaths(found)) {
    const subject = subjectOf(path);
    for (const other of index.byFolder.get(folderOf(path)) ?? []) {
      if (other === path || languageOf(other) !== languageOf(path)) continue;
      if (stemOf(other) === subject) reasons.add(other, WEIGHTS.namesake, "it is what the test's file is named after");
      else reasons.add(other, WEIGHTS.neighbour, "it lies beside the test");
    }
    for (const { files } of imports.of(path)) {
      for (const file of files) {
        if (stemOf(file) === subject) reasons.add(file, WEIGHTS.namesake, "it is what the test's file is named after");
        reasons.add(file, WEIGHTS.imported / Math.sqrt(files.length), "the test's file imports it");
      }
    }
  }
}

/** `foo_test`, `test_foo`, `foo.spec`, `FooTest`: foo. */
const subjectOf = (path: string): string =>
  stemOf(path)
    .replace(/^test_/, "")
    .replace(/(?:[._-](?:test|spec)s?|Tests?|Spec|IT)$/, "");

/** Words that the test's name shares with a path; seldom ones count more. */
export function noteNames(
  reasons: Reasons,
  index: CodeIndex,
  _imports: Imports,
  found: readonly FoundTest[],
): void {
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
      reasons.add(path, WEIGHTS.words * share, `its path shares ${shared.join(", ")} with the test's name`);
    }
  }
}

/** Files that changed together with the test's, and those that earlier commits about the test changed. */
export function notePast(
  reasons: Reasons,
  past: Past,
  found: readonly FoundTest[],
  frames: readonly Frame[],
  files: ReadonlySet<string>,
): void {
  const paths = testPaths(found);
  const from = paths.length > 0 ? paths : [...new Set(frames.map(({ path }) => path))].slice(0, 3);
  for (const [path, { share, times }] of past.together(from)) {
    if (!files.has(path)) continue;
    reasons.add(path, WEIGHTS.together * share, `it changed together with the test's file ${count(times)}`);
  }
  for (const { name } of found) {
    past.naming(name).forEach(({ sha, subject, paths: changed }, at) => {
      for (const path of changed) {
        if (!files.has(path)) continue;
        const weight = (WEIGHTS.named * 0.7 ** at) / Math.sqrt(changed.length);
        reasons.add(path, weight, `commit ${sha.slice(0, 10)} changed it for ${name}: "${subject.slice(0, 100)}"`);
      }
    });
  }
}

const count = (times: number): string => (times === 1 ? "once" : `${times} times`);

const testPaths = (found: readonly FoundTest[]): string[] => [
  ...new Set(found.flatMap(({ definitions }) => definitions.map(({ path }) => path))),
];

