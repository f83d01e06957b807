import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { z } from "zod";
import { extractText } from "../../../src/features/failures/extract/engine.ts";

const folder = join(import.meta.dir, "../../fixtures/logs");
const Truth = z.record(z.string(), z.object({ failed: z.array(z.string()), retried: z.array(z.string()) }));
const truth = Truth.parse(await Bun.file(join(folder, "truth.json")).json());
const logs = new Map<string, string>();
for (const name of Object.keys(truth)) logs.set(name, await Bun.file(join(folder, name)).text());

const extract = (log: string) => extractText(log, { repo: "acme/store" }).failures;
const names = (log: string, retried: boolean) =>
  extract(log)
    .filter((one) => (one.retried_ok === true) === retried)
    .map((one) => one.test)
    .sort();
/** Tests of whose failing their logs say nothing but that it happened. */
const SILENT = new Set([
  "alcotest.log throws",
  "pytest-reruns.log test_in_the_end",
  "dejagnu.log gets what was put",
  "dejagnu.log waits (timeout)",
  "autotest.log gets what was put",
]);

for (const [name, expected] of Object.entries(truth)) {
  test(`${name}, as the runner printed it`, () => {
    const log = logs.get(name) ?? "";
    expect(names(log, false)).toEqual([...expected.failed].sort());
    expect(names(log, true)).toEqual([...expected.retried].sort());
    const silent = extract(log).filter((one) => one.message === "" && !SILENT.has(`${name} ${one.test}`));
    expect(silent.map((one) => one.test)).toEqual([]);
  });
}

test("every recorded log has its truth", () => {
  expect([...new Bun.Glob("*.log").scanSync(folder)].sort()).toEqual([...logs.keys()].sort());
});

/** One of each framework that many CI systems run. */
const DRESSED = [
  "go-test-verbose.log",
  "go-plain.log",
  "pytest-default.log",
  "unittest.log",
  "jest.log",
  "vitest.log",
  "mocha.log",
  "playwright.log",
  "bun-test-small.log",
  "cargo-workspace.log",
  "rspec.log",
  "minitest.log",
  "phpunit.log",
  "exunit.log",
  "googletest.log",
  "ctest.log",
  "prove-verbose.log",
  "ant-junit.log",
  "junit-console.log",
];
const DRESSES: [string, (line: string) => string][] = [
  ["GitHub Actions' times", (line) => `2026-01-02T03:04:05.1234567Z ${line}`],
  ["Jenkins' times", (line) => `[2026-01-02T03:04:05.123Z] ${line}`],
  ["GitLab's times", (line) => `2026-01-02T03:04:05.123456Z 00O ${line}`],
  ["Azure's times", (line) => `2026-01-02T03:04:05.1234567Z ${line}\r`],
  ["gh run view", (line) => `unit tests\tRun tests\t2026-01-02T03:04:05.1234567Z ${line}`],
  ["Prow's clock", (line) => `03:04:05 ${line}`],
  ["Buildkite's marks", (line) => `\u001b_bk;t=1767323045123\u0007${line}`],
  ["Travis' clean lines", (line) => `\r\u001b[0K${line}`],
  ["carriage returns", (line) => `${line}\r`],
  ["progress before it", (line) => `downloading 1 %\rdownloading 100 %\r${line}`],
  ["colours", (line) => `\u001b[31m${line}\u001b[0m`],
  ["colours whose escape was lost", (line) => `[31m${line}[0m`],
];
describe.each(DRESSED)("%s", (name) => {
  for (const [what, dress] of DRESSES) {
    test(`with ${what}`, () => {
      const log = logs.get(name) ?? "";
      const dressed = extract(`\uFEFF${log.split("\n").map(dress).join("\n")}`);
      expect(dressed.map((one) => [one.test, one.kind])).toEqual(
        extract(log).map((one) => [one.test, one.kind]),
      );
    });
  }
});

const QUOTES: [string, (line: string) => string][] = [
  ["in an answer", (line) => `> ${line}`],
  ["in a diff", (line) => `+${line}`],
  ["in a program's comment", (line) => `// ${line}`],
];
for (const [what, quote] of QUOTES) {
  test(`a log that is quoted ${what} tells nothing`, () => {
    const wrong: string[] = [];
    for (const [name, log] of logs) {
      const found = extract(log.split("\n").map(quote).join("\n"));
      wrong.push(...found.map((one) => `${name}: ${one.framework} ${one.test}`));
    }
    expect(wrong).toEqual([]);
  });
}
