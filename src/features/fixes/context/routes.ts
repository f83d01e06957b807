import type { CodeIndex } from "./code-index.ts";
import { isTestFile, languageOf } from "./languages.ts";

/** Code that answers an address: `router.GET("/stores/:id", getStore)`, `@app.route("/stores/<id>")`. */
export interface Route {
  /** As it is written. */
  address: string;
  parts: readonly string[];
  /** Names handed over beside the address, with what stands before their dot. */
  handlers: readonly { via: string | null; name: string }[];
  path: string;
}

const LITERAL = /["'`](?<address>\/[\w\-./{}:<>*$]{2,120})["'`](?<rest>[^\n]{0,300})/g;
/** A name that is handed over, not called. */
const HANDED = /[,\s(](?:(?<via>\w+)(?:\.|::))?(?<name>[A-Za-z_]\w{2,80})(?=\s*[,)]|$)/g;
const MAX_ROUTES = 5000;
const MAX_HANDLERS = 3;
/** Part of an address that stands for anything. */
const ANYTHING = "*";
/** Letters that have to agree: `/a` is in every address. */
const LEAST_LETTERS = 5;
const MOST_FITTING = 4;

const known = new WeakMap<CodeIndex, readonly Route[]>();

/** Routes of a tree, read when first asked for. */
function routesOf(index: CodeIndex): readonly Route[] {
  const there = known.get(index);
  if (there !== undefined) return there;
  const routes: Route[] = [];
  for (const [path, text] of index.tree.texts) {
    if (isTestFile(path) || languageOf(path) === undefined || routes.length >= MAX_ROUTES) continue;
    for (const match of text.matchAll(LITERAL)) {
      const { address = "", rest = "" } = match.groups ?? {};
      const begin = text.lastIndexOf("\n", match.index) + 1;
      const handlers = /^\s*[@#]/.test(text.slice(begin, match.index))
        ? decorated(index, path, match.index)
        : [...rest.matchAll(HANDED)].map(({ groups }) => ({
            via: groups?.via ?? null,
            name: groups?.name ?? "",
          }));
      const named = handlers.filter(({ name }) => index.byName.has(name)).slice(0, MAX_HANDLERS);
      if (named.length > 0) routes.push({ address, parts: partsOf(address), handlers: named, path });
    }
  }
  known.set(index, routes);
  return routes;
}

/** A decorator or annotation belongs to what is defined below it. */
function decorated(index: CodeIndex, path: string, at: number): { via: null; name: string }[] {
  const below = index.inFile(path).filter((definition) => definition.at > at);
  const next = below.sort((a, b) => a.at - b.at)[0];
  return next === undefined ? [] : [{ via: null, name: next.name }];
}

/** `%s/stores/${id}?x=1` and `/stores/:id`: the same parts. */
function partsOf(address: string): string[] {
  return address
    .replace(/^\w{1,10}:\/\/[^/]*/, "")
    .replace(/[?#].*$/, "")
    .split("/")
    .filter((part) => part !== "")
    .map((part) => (/[%{}$:<>*]/.test(part) ? ANYTHING : part));
}

/**
 * Routes that answer what `body` asks for, with how much of their address is named: 1 for the fullest. A router may be
 * mounted below another address, so a route fits where what is asked for ends with it.
 */
export function routesAsked(index: CodeIndex, body: string): { route: Route; sure: number }[] {
  const fitting = new Map<Route, number>();
  for (const [, literal = ""] of body.matchAll(/["'`]([^"'`\n]{3,200})["'`]/g)) {
    if (!literal.includes("/") || /\s/.test(literal)) continue;
    const asked = partsOf(literal);
    const own = routesOf(index).flatMap((route) => {
      const letters = agreed(asked, route.parts);
      return letters < LEAST_LETTERS ? [] : [{ route, letters }];
    });
    const most = Math.max(0, ...own.map(({ letters }) => letters));
    for (const { route, letters } of own.sort((a, b) => b.letters - a.letters).slice(0, MOST_FITTING))
      fitting.set(route, Math.max(fitting.get(route) ?? 0, letters / most));
  }
  return [...fitting].map(([route, sure]) => ({ route, sure }));
}

/** Letters of a route's named parts where the address asked for ends with the route; 0 where it does not. */
function agreed(asked: readonly string[], route: readonly string[]): number {
  if (route.length > asked.length) return 0;
  let letters = 0;
  for (let back = 1; back <= route.length; back += 1) {
    const [a, b] = [asked.at(-back), route.at(-back)];
    if (a === b && a !== ANYTHING) letters += a?.length ?? 0;
    else if (b !== ANYTHING && a !== ANYTHING) return 0;
  }
  return letters;
}
