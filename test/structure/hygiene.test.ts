import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOnly } from "./code-only.ts";
import { CODE, ROOT, type Source, sources } from "./sources.ts";

const src = sources(["src", "db"], CODE);
const tests = sources(["test"], CODE);
const bare = (list: readonly Source[]) => list.map(({ path, text }) => ({ path, text: codeOnly(text) }));
const product = bare(src);
const code = [...product, ...bare(tests)];

/** `path:line` of every place where `pattern` stands. */
function places(list: readonly Source[], pattern: RegExp): string[] {
  return list.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}`] : [])),
  );
}

// put together from parts, or this file would find itself
const word = (...parts: string[]) => new RegExp(`\\b${parts.join("")}\\b`);

test("a type is never any", () => {
  expect(places(code, /(?::|<|\bas|[|&,])\s*any\b(?!\s*[:(])/)).toEqual([]);
});

test("nothing is left to be done later", () => {
  const comment = new RegExp(`(?://|\\*|/\\*).*\\b(?:${["TO", "FIX"].join("DO|")}${"ME"})\\b`);
  expect(comment.test(`// ${"TO"}${"DO"} later`) && comment.test(` * ${"FIX"}${"ME"}`)).toBe(true);
  // the rules of TAP name that word in their examples
  const found = places([...src, ...tests], comment).filter((place) => !/extract\/frameworks\//.test(place));
  expect(found).toEqual([]);
});

const POSTGRES_ONLY_WHERE_THERE_IS_ONE = "test/unit/platform/database.ts:";

test("no test is left out or run alone", () => {
  const found = places(bare(tests), /\b(?:test|it|describe)\.(?:only|skip|todo|failing)\b/);
  expect(found.filter((place) => !place.startsWith(POSTGRES_ONLY_WHERE_THERE_IS_ONE))).toEqual([]);
});

test("the environment is read by the entry alone", () => {
  const files = places(product, /\bprocess\.env\b|\bBun\.env\b|\bimport\.meta\.env\b/);
  expect(files.map((place) => place.replace(/:\d+$/, ""))).toEqual(["src/main.ts"]);
});

test("what the product says goes to its log or through its output", () => {
  expect(places(product, /\bconsole\.\w+\(/)).toEqual([]);
});

test("time comes in through a clock", () => {
  const stages = product.filter(({ path }) =>
    /^src\/(features|platform|commands|inbound|outbound)\//.test(path),
  );
  const found = places(stages, /\bDate\.now\(\)|\bnew Date\(\)/).map((place) => place.replace(/:\d+$/, ""));
  expect(found.filter((path) => !Object.hasOwn(REAL_TIME, path))).toEqual([]);
  expect(Object.keys(REAL_TIME).filter((path) => !found.includes(path))).toEqual([]);
});

/** Where the machine's own time is meant. */
const REAL_TIME: Record<string, string> = {};

test("the lock file names no registry of its own", () => {
  expect(places([read("bun.lock")], /https?:\/\//)).toEqual([]);
});

test("nothing outside the project is referred to", () => {
  const texts = [
    ...src,
    ...tests,
    ...sources(["prompts"], [".md"]),
    ...["package.json", "biome.json", "tsconfig.json", "bunfig.toml", ".ci/run"].map(read),
  ];
  const outside = new RegExp(["\\.\\./", "shared/"].join(""));
  expect(places(texts, outside)).toEqual([]);
  expect(places(texts, word("/work/", "(main|shared)"))).toEqual([]);
});

test("versions are pinned", () => {
  const pinned = /^\d+\.\d+\.\d+$/;
  // the project's own file
  const { dependencies, devDependencies } = JSON.parse(read("package.json").text) as Record<
    "dependencies" | "devDependencies",
    Record<string, string>
  >;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !pinned.test(version),
  );
  expect(loose).toEqual([]);
});

function read(path: string): Source {
  return { path, text: readFileSync(join(ROOT, path), "utf8") };
}
