import type { Use } from "./calls.ts";
import type { CodeIndex } from "./code-index.ts";
import type { FoundTest } from "./find-test.ts";
import type { Frame } from "./frames.ts";
import type { Imports } from "./imports.ts";
import { folderOf, isTestFile, languageOf, stemOf } from "./languages.ts";
import type { Reasons } from "./model.ts";
import { WEIGHTS } from "./weights.ts";

/** The tests' own files. */
export function noteTests(reasons: Reasons, index: CodeIndex, found: readonly FoundTest[]): void {
  for (const { test, name, definitions, around, guessed } of found) {
    const said = guessed
      ? `${name}, the test most like ${test.name.slice(0, 100)}, is defined here`
      : `${name} is defined here`;
    const share = definitions.length <= 3 ? 1 : 0.7;
    for (const definition of definitions)
      reasons.add(definition.path, WEIGHTS.definition * share, said, index.line(definition));
    for (const each of around.slice(0, 1))
      reasons.add(each.path, WEIGHTS.around, `${each.name} runs around the test`);
  }
}

/** Places of the stack: the first ones are nearest to the failure. */
export function noteFrames(reasons: Reasons, frames: readonly Frame[]): void {
  const seen = new Set<string>();
  for (const { path, line } of frames) {
    if (seen.has(path)) continue;
    reasons.add(path, WEIGHTS.frame / Math.sqrt(1 + seen.size / 3), `the log names it at line ${line}`, line);
    seen.add(path);
  }
}

/** How much a use counts by its steps from the test. */
const BY_DEPTH = [0, 1, 0.35, 0.8];
const HALF = 5;

/** Code that the test calls; each name counts once for each number of steps, and many less than their sum. */
export function noteCalls(reasons: Reasons, uses: readonly Use[]): void {
  const best = new Map<string, Map<string, Use>>();
  for (const use of uses) {
    const names = best.get(use.to.path) ?? new Map<string, Use>();
    best.set(use.to.path, names);
    const key = `${use.depth} ${use.to.name}`;
    const known = names.get(key);
    if (known === undefined || known.weight < use.weight) names.set(key, use);
  }
  for (const [path, names] of best) {
    const list = [...names.values()].sort((a, b) => b.weight - a.weight);
    const sum = list.reduce((total, { weight, depth }) => total + weight * (BY_DEPTH[depth] ?? 0), 0);
    const said = [...new Set(list.map(({ to }) => to.name))].slice(0, 3).join(", ");
    const [first] = list;
    if (first === undefined) continue;
    const how = first.depth === 1 ? `${first.from} uses` : `${first.from}, which the test comes to, uses`;
    const sentence =
      first.address === undefined
        ? `${how} ${said} of it`
        : `${first.from} asks for ${first.address}, which ${first.to.name} of it answers`;
    const direct = list.reduce((total, { weight, depth }) => total + (depth === 1 ? weight : 0), 0);
    if (isTestFile(path)) reasons.add(path, (WEIGHTS.helper * direct) / (direct + 1), "it helps tests");
    reasons.add(path, (WEIGHTS.calls * sum) / (sum + HALF), sentence);
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
      if (stemOf(other) === subject)
        reasons.add(other, WEIGHTS.namesake, "it is what the test's file is named after");
      else reasons.add(other, WEIGHTS.neighbour, "it lies beside the test");
    }
    for (const { files } of imports.of(path)) {
      for (const file of files) {
        if (stemOf(file) === subject)
          reasons.add(file, WEIGHTS.namesake, "it is what the test's file is named after");
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

/** Files that hold the tests asked about. */
export const testPaths = (found: readonly FoundTest[]): string[] => [
  ...new Set(found.flatMap(({ definitions }) => definitions.map(({ path }) => path))),
];
