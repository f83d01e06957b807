import type { CodeIndex, Definition } from "./code-index.ts";
import { folderOf, isTestFile } from "./languages.ts";
import type { NamedTest } from "./model.ts";

/** Where a test is defined: the test itself, and what of its suite runs before and after it. */
export interface FoundTest {
  test: NamedTest;
  /** The name it was found by. */
  name: string;
  definitions: readonly Definition[];
  around: readonly Definition[];
}

const AROUND =
  /^(?:Set[Uu]p|Tear[Dd]own|set_up|tear_down|Before|After|before|after|TestMain$|init$|setup|teardown)/;
/** More places than this tell nothing. */
const MAX_PLACES = 12;

/** Finds the definition of a test by what frameworks print; null when there is none. */
export function findTest(index: CodeIndex, test: NamedTest): FoundTest | null {
  const parts = partsOf(test);
  for (let at = parts.length - 1; at >= 0; at -= 1) {
    const name = parts[at] ?? "";
    const places = (index.byName.get(name) ?? []).filter(({ path }) => isTestFile(path));
    if (places.length === 0) continue;
    const owners = ownersOf(index, [
      ...parts.slice(0, at),
      ...(test.suite === undefined ? [] : [test.suite]),
    ]);
    const definitions = narrowed(places, test, owners);
    return { test, name, definitions, around: aroundOf(index, definitions) };
  }
  return byTitle(index, test) ?? byBeginning(index, test, parts);
}

/** `pkg/Suite/TestX/case_1`, `file.py::Class::test_x[1]`, `com.x.FooTest.bar()`, `mod::tests::x`: the names in it. */
function partsOf({ name }: NamedTest): string[] {
  return name
    .slice(0, 500)
    .split(/\/|::|#|\.|\s[>›»]\s/)
    .map((part) => part.replace(/[[(].*$/, "").trim())
    .filter((part) => /^[\w$?!]+$/.test(part));
}

/** Types that belong to a suite: of its name, or named in the function of its name. */
function ownersOf(index: CodeIndex, suites: readonly string[]): ReadonlySet<string> {
  const owners = new Set<string>(suites);
  for (const suite of suites) {
    for (const definition of (index.byName.get(suite) ?? []).slice(0, MAX_PLACES)) {
      for (const owner of suiteTypes(index.body(definition))) owners.add(owner);
    }
  }
  return owners;
}

function narrowed(
  places: readonly Definition[],
  { file, package: unit }: NamedTest,
  owners: ReadonlySet<string>,
): Definition[] {
  let left = [...places];
  const keep = (test: (place: Definition) => boolean): void => {
    const kept = left.filter(test);
    if (kept.length > 0) left = kept;
  };
  if (file !== undefined) keep(({ path }) => file.endsWith(path) || path.endsWith(file));
  if (unit !== undefined) {
    const folder = unit.replaceAll(".", "/");
    keep(({ path }) => [unit, folder].some((name) => inFolder(name, folderOf(path))));
    keep(({ path }) => [unit, folder].some((name) => name.endsWith(folderOf(path))));
  }
  keep(({ owner }) => owner !== null && owners.has(owner));
  return left.slice(0, MAX_PLACES);
}

/** An import path ends with the folder, and a person may give the folder's end alone. */
const inFolder = (unit: string, folder: string): boolean =>
  unit === folder || (folder !== "" && unit.endsWith(`/${folder}`)) || `/${folder}`.endsWith(`/${unit}`);

/** Types that a function hands to its runner: `suite.Run(t, new(fooSuite))`, `&fooSuite{}`. */
const suiteTypes = (body: string): string[] =>
  [...body.matchAll(/(?:\bnew\(|&)(\w+)|\b(\w*[Ss]uite\w*)\b/g)].map(
    ([, made, named]) => made ?? named ?? "",
  );

/** What runs before and after the test; where the name is that of a whole suite, also the suite's tests. */
function aroundOf(index: CodeIndex, definitions: readonly Definition[]): Definition[] {
  return definitions.flatMap((definition) => {
    const runs = new Set(
      definition.owner === null ? [definition.name, ...suiteTypes(index.body(definition))] : [],
    );
    return index
      .inFile(definition.path)
      .filter(
        ({ name, owner }) =>
          (AROUND.test(name) && owner === definition.owner) || (owner !== null && runs.has(owner)),
      );
  });
}

function byTitle(index: CodeIndex, test: NamedTest): FoundTest | null {
  const full = test.name.slice(0, 1000);
  const fits = index.titles.filter(({ name }) => name.length > 2 && (full === name || ends(full, name)));
  const longest = Math.max(0, ...fits.map(({ name }) => name.length));
  const places = fits.filter(({ name }) => name.length === longest);
  const [first] = places;
  if (first === undefined) return null;
  return { test, name: first.name, definitions: narrowed(places, test, new Set()), around: [] };
}

const ends = (full: string, title: string): boolean =>
  full.endsWith(title) && /[\s>›»:/.]$/.test(full.slice(0, -title.length));

/** Tests are often named without their last words or number. */
function byBeginning(index: CodeIndex, test: NamedTest, parts: readonly string[]): FoundTest | null {
  const name = parts.at(-1) ?? "";
  if (name.length < 8) return null;
  const places = [...index.byName]
    .filter(([known]) => known.startsWith(name))
    .flatMap(([, found]) => found.filter(({ path }) => isTestFile(path)));
  if (places.length === 0 || places.length > MAX_PLACES) return null;
  const definitions = narrowed(places, test, new Set());
  return { test, name: definitions[0]?.name ?? name, definitions, around: aroundOf(index, definitions) };
}

/** Names of tests most like the one that is not there, best first. */
export function nearestTests(index: CodeIndex, { name }: NamedTest, most = 3): string[] {
  const wanted = wordsOf(partsOf({ name }).at(-1) ?? name);
  const scored = [...index.byName]
    .filter(([known, places]) => /^test/i.test(known) && places.some(({ path }) => isTestFile(path)))
    .map(([known]) => ({ known, score: overlap(wanted, wordsOf(known)) }))
    .filter(({ score }) => score >= 0.5);
  return scored
    .sort((a, b) => b.score - a.score || a.known.localeCompare(b.known))
    .slice(0, most)
    .map(({ known }) => known);
}

/** Words of a name in any of the usual spellings, in small letters. */
export const wordsOf = (name: string): Set<string> =>
  new Set((name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase()));

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length;
  return both === 0 ? 0 : both / (a.size + b.size - both);
}
