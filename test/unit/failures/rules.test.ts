import { describe, expect, test } from "bun:test";
import { extractText } from "../../../src/features/failures/extract/engine.ts";
import { type Bytes, beginningsOf, OTHERS } from "../../../src/features/failures/extract/firsts.ts";
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

const BYTES = Array.from({ length: OTHERS + 1 }, (_, byte) => byte);
const BLANKS = [" ", "\t", "   "];
const listed = (bytes: Bytes): number[] => BYTES.filter((byte) => (bytes >> BigInt(byte)) & 1n);

test("what no match of a rule may begin with, none begins with", () => {
  let told = 0;
  const never = (id: string, pattern: RegExp, text: string) =>
    expect([id, text, pattern.test(text)]).toEqual([id, text, false]);
  for (const { id, pattern, example } of rules) {
    const { first, behindBlanks } = beginningsOf(pattern);
    const [firsts, behind] = [new Set(listed(first)), new Set(listed(behindBlanks))];
    if (firsts.size <= OTHERS) told++;
    const texts = example.split("\n").map(cleanLine);
    for (const byte of BYTES) {
      const sign = String.fromCharCode(byte === OTHERS ? 0xe9 : byte);
      for (const text of texts)
        for (const other of [
          sign + text,
          sign + text.trimStart().slice(1),
          `${sign} ${text}`,
          `${sign}${sign}${text}`,
        ]) {
          if (!firsts.has(byte)) never(id, pattern, other);
          if (!behind.has(byte) && sign.trim() !== "")
            for (const blanks of BLANKS) never(id, pattern, blanks + other);
        }
    }
  }
  expect(told).toBeGreaterThan(rules.length / 3);
});

test("what follows blanks at the beginning of a pattern is told, too", () => {
  const behind = (pattern: RegExp) =>
    listed(beginningsOf(pattern).behindBlanks)
      .map((byte) => String.fromCharCode(byte))
      .join("");
  expect(behind(/^\s*(?:- )?x/)).toBe("-x\u0080");
  expect(behind(/^ {2,}[a\t]?b/)).toBe("ab");
  expect(behind(/^x y/)).toBe("");
  expect(behind(/^\s+$/).length).toBe(OTHERS + 1);
});

test("the beginning of a pattern is told, or anything is", () => {
  const told = (pattern: RegExp) => {
    const firsts = listed(beginningsOf(pattern).first);
    return firsts.length > OTHERS ? "all" : firsts.map((byte) => String.fromCharCode(byte)).join("");
  };
  expect(told(/^(FAIL|PASS) x/)).toBe("FP");
  expect(told(/^(?:\[(?:a|b)\] )?(?!x)y{0,2}[c-e\d]/)).toBe("0123456789[cdey");
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
