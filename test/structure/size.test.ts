import { describe, expect, test } from "bun:test";
import { functionsOf } from "./functions.ts";
import { CODE, sources } from "./sources.ts";

const MAX_FILE = 400;
const MEDIAN = 95;
/** A story is a list of steps, told from one end to the other: cut in two it would only be harder to follow. */
const LISTS = new Set(["test/harness/whole-story.ts"]);
const MAX_FUNCTION = 70;

const product = sources(["src", "db"], CODE);
const tests = sources(["test"], CODE);
const linesOf = (text: string) => text.split("\n").length - 1;

describe("files are short", () => {
  test(`none is above ${MAX_FILE} lines`, () => {
    const assets = sources(["src"], [".js", ".css"]);
    const long = [...product, ...tests, ...assets].filter(({ text }) => linesOf(text) > MAX_FILE);
    expect(long.map(({ path, text }) => `${path}: ${linesOf(text)}`)).toEqual([]);
  });

  test(`half of them have ${MEDIAN} lines or fewer`, () => {
    const sizes = product.map(({ text }) => linesOf(text)).sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(MEDIAN);
  });
});

describe("functions are short", () => {
  test(`none is above ${MAX_FUNCTION} lines`, () => {
    const long = [...product, ...tests.filter(({ path }) => !path.endsWith(".test.ts"))].flatMap(
      ({ path, text }) =>
        functionsOf(text)
          .filter(({ lines }) => lines > MAX_FUNCTION && !LISTS.has(path))
          .map(({ line, lines }) => `${path}:${line}: ${lines} lines`),
    );
    expect(long).toEqual([]);
  });

  test("nearly every file has some that were seen", () => {
    const count = product.reduce((sum, { text }) => sum + functionsOf(text).length, 0);
    expect(count).toBeGreaterThan(3 * product.length);
  });

  const body = (n: number) => Array.from({ length: n }, (_, at) => `  step(${at});`).join("\n");
  test.each([
    ["a function", `export async function work(a: string) {\n${body(3)}\n}`, 5],
    [
      "a signature over lines",
      `function work(\n  a: string,\n  b: string,\n): Promise<void> {\n${body(2)}\n}`,
      7,
    ],
    ["an arrow", `const work = async (a: string) => {\n${body(2)}\n};`, 4],
    ["an arrow over lines", `const work = (\n  a: string,\n): number => {\n${body(2)}\n};`, 6],
    [
      "a method",
      `  private async work<T>(a: T): Promise<void> {\n${body(2).replaceAll("  ", "    ")}\n  }`,
      4,
    ],
    ["braces in texts", `function work() {\n  say(\`\n}\n\`, "}", /\\}/);\n${body(1)}\n}`, 6],
  ])("%s is measured whole", (_, text, lines) => {
    expect(functionsOf(text)).toEqual([{ line: 1, lines }]);
  });

  test.each([
    ["if", "if (a) {\n  b();\n}"],
    ["else if", "} else if (a) {\n  b();\n}"],
    ["for", "for (const a of b) {\n  c();\n}"],
    ["a class", "export class Work extends Other {\n  a = 1;\n}"],
    ["an object", "const work = {\n  a: 1,\n};"],
    ["catch", "} catch (error) {\n  b();\n}"],
  ])("%s is no function", (_, text) => {
    expect(functionsOf(text)).toEqual([]);
  });
});
