import { describe, expect, test } from "bun:test";
import { extractText } from "../../../src/features/failures/extract/engine.ts";
import { FRAMEWORKS } from "../../../src/features/failures/extract/frameworks/index.ts";
import { cleanLine } from "../../../src/features/failures/extract/line.ts";

const rules = FRAMEWORKS.flatMap((framework) => framework.rules);

describe("every rule's example", () => {
  for (const rule of rules) {
    test(rule.id, () => {
      const lines = rule.example.split("\n");
      const hit = lines.find((line) => rule.pattern.test(cleanLine(line)));
      expect(hit).toBeDefined();
      expect(rule.needles.some((needle) => `${hit}\n`.includes(needle))).toBe(true);
      const found = extractText(`${rule.example}\n`, { repo: "acme/store" }).failures.map((one) => one.test);
      expect(found).toEqual(rule.test === null ? [] : [rule.test]);
    });
  }
});

test("rule ids are unique", () => {
  const ids = rules.map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("patterns take a hostile line of 8 KB without backtracking away", () => {
  const hostile = ["a.b::c > ", "x ", "((", "[1] ", "-", " › ", "a/b.c:1:", "FAILED ", "\t", "TestA.", "é✖ "];
  for (const part of hostile) {
    const text = part.repeat(8192 / part.length);
    for (const rule of rules) {
      const before = performance.now();
      rule.pattern.exec(text);
      rule.pattern.exec(`${rule.needles[0]}${text}`);
      rule.pattern.exec(`${text}${rule.needles[0]}`);
      expect([rule.id, part, performance.now() - before < 2000]).toEqual([rule.id, part, true]);
    }
  }
});
