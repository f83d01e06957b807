import { describe, expect, test } from "bun:test";
import { extractText } from "../../../src/features/failures/extract/engine.ts";
import { firstsOf, OTHERS } from "../../../src/features/failures/extract/firsts.ts";
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

test("what no match of a rule may begin with, none begins with", () => {
  let told = 0;
  for (const { id, pattern, example } of rules) {
    const firsts = firstsOf(pattern);
    if (firsts.size <= OTHERS) told++;
    const texts = example.split("\n").map(cleanLine);
    for (let byte = 0; byte <= OTHERS; byte++) {
      if (firsts.has(byte)) continue;
      const sign = String.fromCharCode(byte === OTHERS ? 0xe9 : byte);
      for (const text of texts)
        for (const other of [sign + text, sign + text.slice(1), `${sign} ${text}`, `${sign}${sign}${text}`])
          expect([id, other, pattern.test(other)]).toEqual([id, other, false]);
    }
  }
  expect(told).toBeGreaterThan(rules.length / 3);
});

test("the beginning of a pattern is told, or anything is", () => {
  const told = (pattern: RegExp) => {
    const firsts = firstsOf(pattern);
    return firsts.size > OTHERS ? "all" : [...firsts].map((byte) => String.fromCharCode(byte)).join("");
  };
  expect(told(/^(FAIL|PASS) x/)).toBe("FP");
  expect(told(/^(?:\[(?:a|b)\] )?(?!x)y{0,2}[c-e\d]/)).toBe("[ycde0123456789");
  expect(told(/^a*?\x62|^\u0063{1,3}/)).toBe("abc");
  expect(told(/^a|b/)).toBe("all");
  expect(told(/^a/i)).toBe("all");
  expect(told(/^a?/)).toBe("all");
  expect(told(/^(?<name>a)/)).toBe("all");
  expect(told(/a/)).toBe("all");
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
