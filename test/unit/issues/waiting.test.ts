import { expect, test } from "bun:test";
import { namesTest } from "../../../src/features/issues/earlier.ts";
import { inOrder, type Waiting } from "../../../src/features/issues/waiting.ts";
import { sample } from "../findings/sample.ts";

test("the surest are filed first, then the most frequent, then the oldest; triage comes last", () => {
  const of = (test: string, more: Partial<Waiting["finding"]>, independent = 2, failed = 2): Waiting => ({
    finding: sample({ test, ...more }),
    independent,
    failed,
  });
  const waiting = [
    of("triage", { class: "unknown", confidence: 0.99 }),
    of("unsure", { confidence: 0.8 }),
    of("later", { confidence: 0.991 }),
    of("often", { confidence: 0.988 }, 5, 9),
    of("many jobs", { confidence: 0.99 }, 2, 4),
  ];
  expect(inOrder(waiting).map(({ finding }) => finding.test)).toEqual([
    "often",
    "many jobs",
    "later",
    "unsure",
    "triage",
  ]);
});

test.each([
  ["[flaky] TestTransferLeader — timeout", "TestTransferLeader", true],
  ["TestTransferLeader is flaky", "TestTransferLeader/quick", true],
  ["`TestTransferLeader/quick` fails", "TestTransferLeader/quick", true],
  ["TestTransferLeaderTwice is flaky", "TestTransferLeader", false],
  ["flaky: notes the hour of each order", "notes the hour of each order", true],
  ["errors in the parser", "errors", false],
  ["a test fails", "a test", false],
])("%s names %s: %p", (title, name, names) => {
  expect(namesTest(title, name)).toBe(names);
});
