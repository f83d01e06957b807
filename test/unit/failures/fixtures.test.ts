import { expect, test } from "bun:test";
import { join } from "node:path";
import { z } from "zod";
import { extractText } from "../../../src/features/failures/extract/engine.ts";

const folder = join(import.meta.dir, "../../fixtures/logs");
const Truth = z.record(z.string(), z.object({ failed: z.array(z.string()), retried: z.array(z.string()) }));
const truth = Truth.parse(await Bun.file(join(folder, "truth.json")).json());

for (const [name, expected] of Object.entries(truth)) {
  test(`${name}, as the runner printed it`, async () => {
    const log = await Bun.file(join(folder, name)).text();
    const { failures } = extractText(log, { repo: "acme/store" });
    expect(failures.filter((one) => !one.retried_ok).map((one) => one.test)).toEqual(expected.failed);
    expect(failures.filter((one) => one.retried_ok).map((one) => one.test)).toEqual(expected.retried);
    expect(failures.filter((one) => one.message === "").map((one) => one.test)).toEqual([]);
  });
}

const prefixes: [string, (line: string) => string][] = [
  ["GitHub Actions' times", (line) => `2026-01-02T03:04:05.1234567Z ${line}`],
  ["Jenkins' times", (line) => `[2026-01-02T03:04:05.123Z] ${line}`],
  ["gh run view", (line) => `unit tests\tRun tests\t2026-01-02T03:04:05.1234567Z ${line}`],
  ["carriage returns", (line) => `${line}\r`],
  ["progress before it", (line) => `downloading 1 %\rdownloading 100 %\r${line}`],
  ["colours", (line) => `\u001b[31m${line}\u001b[0m`],
  ["colours whose escape was lost", (line) => `[31m${line}[0m`],
];
for (const [what, prefix] of prefixes) {
  test(`go test with ${what}`, async () => {
    const log = await Bun.file(join(folder, "go-test-verbose.log")).text();
    const prefixed = log.split("\n").map(prefix).join("\n");
    const [plain, dressed] = [log, `\uFEFF${prefixed}`].map(
      (text) => extractText(text, { repo: "acme/store" }).failures,
    );
    expect(dressed?.map((one) => [one.test, one.fingerprint])).toEqual(
      plain?.map((one) => [one.test, one.fingerprint]),
    );
  });
}
