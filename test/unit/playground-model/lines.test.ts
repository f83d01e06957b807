import { expect, test } from "bun:test";
import { failureOf, fileText, testBody } from "../../../src/playground/model/lines.ts";
import { testName } from "../../../src/playground/model/test-name.ts";

const FILE = 'import { a } from "b";\n\ntest("one", () => {\n  a();\n});\n';
const lines = FILE.trimEnd().split("\n");

test.each([
  ["as it is", FILE],
  ["with colons", lines.map((line, i) => `${i + 1}: ${line}`).join("\n")],
  ["with bare colons", lines.map((line, i) => `${i + 1}:${line}`).join("\n")],
  ["with tabs below a note", `[data]\n${lines.map((line, i) => `${i + 1}\t${line}`).join("\n")}`],
  ["with bars", lines.map((line, i) => `${i + 1} | ${line}`).join("\n")],
  ["in JSON", JSON.stringify({ content: FILE })],
])("reads a file given %s", (_how, given) => {
  expect(fileText(given)).toBe(FILE);
});

test("a test's body ends where the next one begins", () => {
  const file = 'test("one", () => {\n  a();\n});\ntest("two", () => {\n  b();\n});\n';
  expect(testBody(file, "s > one")).toBe('test("one", () => {\n  a();\n});');
  expect(testBody(file, "two")).toContain("b();");
  expect(testBody(file, "three")).toBe("");
});

test("a failure's lines begin after the test before it", () => {
  const log = "(pass) s > zero\n5 | code\nerror: x\n(fail) s > one [1ms]\n(fail) s > two";
  expect(failureOf(log, "s > one")).toBe("5 | code\nerror: x\n(fail) s > one [1ms]");
  expect(failureOf(log, "s > three")).toBe("");
});

test.each([
  ["Test: s > one", "s > one"],
  ["- **Failing test:** `s > one`", "s > one"],
  ['{\n  "test": "s > one",\n}', "s > one"],
  ["[flaky] s > one — Expected 1", "s > one"],
  ["<test>s > one</test>", "s > one"],
  ["log\n(fail) s > one [12.3ms]\n", "s > one"],
  ['"test": "bun test"\nthe test `s > one` fails', "s > one"],
  ["make asks the list price for an apple steady", "catalog > asks the list price for an apple"],
  ["nothing", null],
])("finds the test in %p", (text, name) => {
  expect(testName(text)).toBe(name);
});
