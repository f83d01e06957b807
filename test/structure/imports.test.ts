import { describe, expect, test } from "bun:test";
import { EXCEPTIONS, layerOf, mayImport, mayUse } from "./layers.ts";
import { CODE, type Import, importsOf, packageOf, type Source, sources } from "./sources.ts";

const product = sources(["src", "db"], CODE);
const edges = product.flatMap((source) =>
  importsOf(source).map((found) => ({ from: source.path, ...found })),
);

describe("who may import whom", () => {
  test.each([
    ["kernel", "ports", false],
    ["ports", "kernel", true],
    ["outbound", "features/issues", false],
    ["outbound", "db", false],
    ["features/issues", "features/flakes", true],
    ["features/flakes", "features/issues", false],
    ["features/insights", "features/issues", false],
    ["features/issues", "features/insights", true],
    ["features/findings", "features/failures", false],
    ["features/pulls", "features/pipelines", false],
    ["features/issues", "commands", false],
    ["playground", "features/issues", false],
    ["app", "playground", false],
    ["main.ts", "playground", true],
    ["web", "features/fixes", false],
  ])("%s → %s: %p", (from, to, may) => {
    expect(mayImport(from, to)).toBe(may);
  });

  test("in the product", () => {
    const wrong = edges
      .filter(({ ours, from, to }) => ours && !mayImport(layerOf(from), layerOf(to)))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(wrong.filter((edge) => !Object.hasOwn(EXCEPTIONS, edge))).toEqual([]);
    expect(Object.keys(EXCEPTIONS).filter((edge) => !wrong.includes(edge))).toEqual([]);
  });

  test("software of vendors stays at the edges", () => {
    const wrong = edges
      .filter(({ ours, from, to, types }) => !ours && !mayUse(layerOf(from), packageOf(to), types))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  test("every package that is imported is named in package.json", async () => {
    const { dependencies } = await import("../../package.json");
    const known = new Set(Object.keys(dependencies));
    const wrong = edges
      .filter(({ ours, to, types }) => !ours && !types && !/^(node|bun):|^bun$/.test(to))
      .filter(({ to }) => !known.has(packageOf(to)));
    expect(wrong).toEqual([]);
  });
});

test("there is no cycle of imports", () => {
  // a part of the playground knows the type of the world that holds it; nothing is loaded by that
  const counts = (edge: (typeof edges)[number]) => !(edge.types && edge.from.startsWith("src/playground/"));
  const next = Map.groupBy(
    edges.filter((edge) => edge.ours && counts(edge)),
    (edge) => edge.from,
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(" → "));
    if (done.has(path) || way.includes(path)) return;
    for (const edge of next.get(path) ?? []) visit(edge.to, [...way, path]);
    done.add(path);
  };
  for (const { path } of product) visit(path, []);
  expect(cycles).toEqual([]);
});

test("imports are read as Bun reads them", () => {
  const transpiler = { ts: new Bun.Transpiler({ loader: "ts" }), tsx: new Bun.Transpiler({ loader: "tsx" }) };
  const unread = product.flatMap((source) => {
    const ours = new Set(importsOf(source).map((found) => nameOf(source, found)));
    const scanned = transpiler[source.path.endsWith("x") ? "tsx" : "ts"].scanImports(source.text);
    return scanned
      .map((found) =>
        nameOf(source, { to: found.path, ours: found.path.startsWith("."), types: false }, true),
      )
      .filter((name) => !ours.has(name) && !/^react(\/|$)/.test(name))
      .map((name) => `${source.path}: ${name}`);
  });
  expect(unread).toEqual([]);
});

function nameOf(source: Source, found: Import, raw = false): string {
  if (!found.ours || !raw) return found.to;
  return new URL(found.to, `file:///${source.path}`).pathname.slice(1);
}
