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
  /** No test has the name asked for; this one is like it and no other is nearly so. */
  guessed?: true;
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
  return byTitle(index, test) ?? byBeginning(index, test, parts) ?? byLikeness(index, test);
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

/** Least likeness of a test that is taken for the one meant, and how far it has to be before the next one. */
const LIKE = { least: 0.4, ahead: 1.5 };

/** People shorten names and tests are renamed: the one that is clearly the most like. */
function byLikeness(index: CodeIndex, test: NamedTest): FoundTest | null {
  const [first, second] = likeness(index, test);
  if (first === undefined || first.score < LIKE.least) return null;
  if (second !== undefined && first.score < second.score * LIKE.ahead) return null;
  const definitions = narrowed(testsCalled(index, first.name), test, new Set());
  return { test, name: first.name, definitions, around: aroundOf(index, definitions), guessed: true };
}

/** Names of tests most like the one that is not there, best first. */
export const nearestTests = (index: CodeIndex, test: NamedTest, most = 3): string[] =>
  likeness(index, test)
    .filter(({ score }) => score >= 0.3)
    .slice(0, most)
    .map(({ name }) => name);

/** Names of all tests with how like they are to the one asked for, 0 to 1; words that few tests have count more. */
function likeness(index: CodeIndex, test: NamedTest): { name: string; score: number }[] {
  const wanted = wordsOf(partsOf(test).at(-1) ?? test.name);
  const tests = [...index.byName.keys()].filter(
    (name) => /^test/i.test(name) && testsCalled(index, name).length > 0,
  );
  const counts = new Map<string, number>();
  const words = tests.map((name) => wordsOf(name));
  for (const set of words) for (const word of set) counts.set(word, (counts.get(word) ?? 0) + 1);
  const worth = (all: Iterable<string>): number =>
    [...all].reduce((sum, word) => sum + Math.log((tests.length + 1) / (counts.get(word) ?? 1)), 0);
  return tests
    .map((name, at) => {
      const own = words[at] ?? new Set<string>();
      const both = [...own].filter((word) => [...wanted].some((other) => sameWord(word, other)));
      const alone = [...wanted].filter((word) => !both.some((other) => sameWord(word, other)));
      return { name, score: both.length === 0 ? 0 : worth(both) / (worth(own) + worth(alone) || 1) };
    })
    .sort((a, b) => b.score - a.score || a.name.localeCompare(b.name));
}

/** `ts` is short for `timestamp`: its letters stand there in their order, the first one first. */
const sameWord = (a: string, b: string): boolean => a === b || isShort(a, b) || isShort(b, a);
function isShort(short: string, long: string): boolean {
  if (short.length < 2 || short[0] !== long[0]) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at += 1;
  return at === short.length;
}

const testsCalled = (index: CodeIndex, name: string): Definition[] =>
  (index.byName.get(name) ?? []).filter(({ path }) => isTestFile(path));

/** Words of a name in any of the usual spellings, in small letters. */
export const wordsOf = (name: string): Set<string> =>
  new Set((name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase()));
