import type { CodeIndex, Definition } from "./code-index.ts";
import type { FoundTest } from "./find-test.ts";
import type { Imports } from "./imports.ts";
import { folderOf, isTestFile, languageOf } from "./languages.ts";
import { routesAsked } from "./routes.ts";

/** That a piece of code uses a name which is defined in `to`. */
export interface Use {
  to: Definition;
  /** 1 for what the test itself calls by a name defined once; less with each step and each other place. */
  weight: number;
  /** Steps from the test. */
  depth: number;
  from: string;
  /** The address asked for, where that and no name leads there. */
  address?: string | undefined;
}

const DEEPEST = 3;
const DECAY = 0.5;
const DECAY_INSIDE = 0.8;
const LEAST = 0.02;
const MAX_EXPANDED = 500;
/** A method of this many types tells little about which one is meant. */
const MAX_CANDIDATES = 12;
const CALL =
  /(?:\b(?<via>\w+)|(?<dot>[)\]?!]))?(?:\.|::|->)(?<member>[\w$]{2,80})|\b(?<plain>[\w$]{2,80})[ ]?[({]/g;

/** Follows what the tests call, and what that calls, as far as names tell. */
export function usesOf(index: CodeIndex, imports: Imports, tests: readonly FoundTest[]): Use[] {
  const uses: Use[] = [];
  const best = new Map<Definition, number>();
  const queue: { definition: Definition; weight: number; depth: number; from: string }[] = [];
  for (const { definitions, around, name } of tests) {
    const share = 1 / Math.max(1, definitions.length);
    for (const definition of definitions) queue.push({ definition, weight: share, depth: 0, from: name });
    for (const each of around)
      queue.push({
        definition: each,
        weight: (0.4 * share) / Math.max(1, around.length / 4),
        depth: 0,
        from: each.name,
      });
  }
  for (const { definition } of queue) best.set(definition, Number.POSITIVE_INFINITY);
  let expanded = 0;
  for (let next = queue.shift(); next !== undefined && expanded < MAX_EXPANDED; next = queue.shift()) {
    expanded += 1;
    for (const { to, sure, address } of calledFrom(index, imports, next.definition)) {
      const weight = next.weight * sure;
      if (to === next.definition || weight < LEAST) continue;
      // helpers in the test's own file are a part of the test, and so is what answers it
      const inside = address !== undefined || (to.path === next.definition.path && isTestFile(to.path));
      const depth = inside ? next.depth : next.depth + 1;
      uses.push({ to, weight, depth: Math.max(1, depth), from: next.from, address });
      if (depth >= DEEPEST || (best.get(to) ?? 0) >= weight) continue;
      best.set(to, weight);
      queue.push({ definition: to, weight: weight * (inside ? DECAY_INSIDE : DECAY), depth, from: to.name });
    }
  }
  return uses;
}

function calledFrom(
  index: CodeIndex,
  imports: Imports,
  from: Definition,
): { to: Definition; sure: number; address?: string }[] {
  const found = new Map<Definition, number>();
  const sight = sightOf(index, imports, from.path);
  for (const { groups } of index.body(from).matchAll(CALL)) {
    const name = groups?.member ?? groups?.plain ?? "";
    const places = index.byName.get(name);
    if (places === undefined) continue;
    const via = groups?.member === undefined ? null : (groups.via ?? "");
    const meant = meantBy(places, via, sight, from);
    for (const { places: some, sure } of [meant, otherEnds(places, meant.places, via)]) {
      for (const to of some) {
        const each = sure / some.length;
        if ((found.get(to) ?? 0) < each) found.set(to, each);
      }
    }
  }
  const called = [...found].map(([to, sure]) => ({ to, sure }));
  return isTestFile(from.path) ? [...called, ...answering(index, imports, from)] : called;
}

/** What answers the addresses that a test asks for. */
function answering(
  index: CodeIndex,
  imports: Imports,
  from: Definition,
): { to: Definition; sure: number; address: string }[] {
  return routesAsked(index, index.body(from)).flatMap(({ route, sure }) =>
    route.handlers.flatMap(({ via, name }) => {
      const sight = sightOf(index, imports, route.path);
      const beside = { name, owner: null, self: "", path: route.path, at: 0 };
      const meant = meantBy(index.byName.get(name) ?? [], via, sight, beside);
      const share = (meant.sure * sure) / Math.max(1, meant.places.length * route.handlers.length);
      return meant.places.map((to) => ({ to, sure: share, address: route.address }));
    }),
  );
}

/** What a file sees: by the name of an import, in its own unit, and through its imports. */
interface Sight {
  language: string;
  aliases: ReadonlyMap<string, ReadonlySet<string>>;
  own: ReadonlySet<string>;
  near: ReadonlySet<string>;
  /** Imports of imports. */
  far: ReadonlySet<string>;
}

const sights = new WeakMap<Imports, Map<string, Sight>>();

function sightOf(index: CodeIndex, imports: Imports, path: string): Sight {
  const known = sights.get(imports) ?? new Map<string, Sight>();
  sights.set(imports, known);
  const there = known.get(path);
  if (there !== undefined) return there;
  const language = languageOf(path);
  const aliases = new Map<string, Set<string>>();
  const near = new Set<string>();
  for (const { alias, files } of imports.of(path)) {
    for (const file of files) near.add(file);
    if (alias !== null) aliases.set(alias, new Set([...(aliases.get(alias) ?? []), ...files]));
  }
  const far = new Set<string>();
  for (const file of near)
    for (const inner of imports.of(file)) for (const each of inner.files) far.add(each);
  const folder = index.byFolder.get(folderOf(path)) ?? [];
  const own = new Set(
    language?.sharesFolder ? folder.filter((each) => languageOf(each) === language) : [path],
  );
  const sight = { language: language?.name ?? "", aliases, own, near, far };
  known.set(path, sight);
  return sight;
}

/** Which of the places of a name are meant, and how sure that is (1: certain). */
function meantBy(
  places: readonly Definition[],
  via: string | null,
  sight: Sight,
  from: Definition,
): { places: readonly Definition[]; sure: number } {
  const within = (files: ReadonlySet<string>): Definition[] => places.filter(({ path }) => files.has(path));
  const alias = via === null ? undefined : sight.aliases.get(via);
  if (alias !== undefined) {
    const named = within(alias);
    if (named.length > 0) return { places: functionsFirst(named), sure: 1 };
    if (alias.size > 0) return { places: [], sure: 0 };
  }
  if (via === null) {
    const own = functionsFirst(within(sight.own));
    if (own.length > 0) return { places: own, sure: 1 };
    const named = sight.language === "go" ? [] : within(sight.near);
    return { places: named.slice(0, MAX_CANDIDATES), sure: 1 };
  }
  const visible = places.filter(
    ({ path }) => !isTestFile(path) || sight.own.has(path) || sight.near.has(path),
  );
  const methods = visible.filter(({ owner }) => sight.language !== "go" || owner !== null);
  const same = methods.filter(
    ({ owner, path }) => owner !== null && owner === from.owner && sight.own.has(path),
  );
  if (same.length > 0 && (via === from.self || via === "self")) return { places: same, sure: 1 };
  for (const [files, sure] of [
    [sight.own, 0.8],
    [sight.near, 0.9],
    [sight.far, 0.6],
  ] as const) {
    const found = methods.filter(({ path }) => files.has(path));
    if (found.length > 0)
      return { places: found.slice(0, MAX_CANDIDATES), sure: found.length > MAX_CANDIDATES ? 0.2 : sure };
  }
  return methods.length <= 3 ? { places: methods, sure: 0.4 } : { places: [], sure: 0 };
}

/** A client's method often has the name of the one that answers at the other end of the wire. */
function otherEnds(
  places: readonly Definition[],
  meant: readonly Definition[],
  via: string | null,
): { places: readonly Definition[]; sure: number } {
  const [first] = places;
  if (via === null || first === undefined || first.name.length < 8) return { places: [], sure: 0 };
  const others = places.filter(
    (each) => each.owner !== null && !meant.includes(each) && !isTestFile(each.path),
  );
  return others.length <= 4 ? { places: others, sure: 0.25 } : { places: [], sure: 0 };
}

/** A plain name is a function or a type, before it is a method of the same name. */
function functionsFirst(places: readonly Definition[]): readonly Definition[] {
  const free = places.filter(({ owner }) => owner === null);
  return free.length > 0 ? free : places.slice(0, MAX_CANDIDATES);
}
