import { expect, test } from "bun:test";
import { createExtractor, extractText } from "../../../src/features/failures/extract/engine.ts";

const options = { repo: "acme/store" };

test("a log is the same read into the search's own memory, in whatever pieces, and pushed", () => {
  const part =
    "=== RUN   TestA\n    a_test.go:3: bad \u2713\n--- FAIL: TestA (0.1s)\nFAIL\texample.com/a\t0.1s\n";
  const noise = `${"building the store\n".repeat(400)}${"PASSED FAILED ERROR RERUN ".repeat(300)}\n`;
  const log = Buffer.from((noise + part.replaceAll("TestA", "TestB") + noise).repeat(20) + part);
  const whole = extractText(log.toString(), options);
  expect(whole.failures.map((one) => one.test)).toEqual(["TestB", "TestA"]);
  for (const size of [997, 70_000, log.length]) {
    const extractor = createExtractor(options);
    let at = 0;
    const read = (room: Uint8Array): number => {
      const piece = log.subarray(at, at + Math.min(size, room.length));
      room.set(piece);
      at += piece.length;
      return piece.length;
    };
    while (extractor.fill(read) > 0);
    expect(extractor.end()).toEqual(whole);
  }
});

test("lines in which more is found than a search has room for are all read", () => {
  const crowded = `${"ERROR in FAILED PASSED ".repeat(150)}\n`.repeat(60);
  const log = `${crowded}--- FAIL: TestA (0.1s)\n${crowded}`;
  const { failures, lines } = extractText(log, options);
  expect(failures.map((one) => [one.test, one.line])).toEqual([["TestA", 61]]);
  expect(lines).toBe(121);
});

test("of more failures than are kept the first ones are, and time and memory do not grow with the others", () => {
  const extractor = createExtractor(options);
  const failure = (at: number) =>
    `=== RUN   Test${at}\n    a_test.go:3: bad ${at}\n--- FAIL: Test${at} (0.1s)\n`;
  const chunk = (from: number) =>
    Buffer.from(Array.from({ length: 2000 }, (_, at) => failure(from + at)).join(""));
  for (let from = 0; from < 16_000; from += 2000) extractor.push(chunk(from));
  const { failures, lines, excerpts } = extractor.end();
  expect(lines).toBe(48_000);
  expect(failures.length).toBe(5000);
  expect(excerpts.size).toBeLessThanOrEqual(500);
  expect([failures[0]?.test, failures.at(-1)?.test]).toEqual(["Test0", "Test4999"]);
});
