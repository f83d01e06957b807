import { describe, expect, test } from "bun:test";
import { splitMrkdwn } from "../../../src/features/threads/split.ts";

const MAX = 200;
const words = (count: number) => "lorem ".repeat(count).trim();

describe("splitting", () => {
  test("what fits stays whole", () => {
    expect(splitMrkdwn("short", MAX)).toEqual(["short"]);
    expect(splitMrkdwn("", MAX)).toEqual([]);
  });

  test("is done between paragraphs, then lines, then words", () => {
    expect(splitMrkdwn(`${words(25)}\n\n${words(25)}`, MAX)).toEqual([words(25), words(25)]);
    expect(splitMrkdwn(`${words(25)}\n${words(25)}`, MAX)).toEqual([words(25), words(25)]);
    const pieces = splitMrkdwn(words(80), MAX);
    expect(pieces.map((piece) => piece.trim()).join(" ")).toBe(words(80));
  });

  test("closes a code block and opens it again", () => {
    const code = Array.from({ length: 30 }, (_, at) => `  line ${at} of the code`).join("\n");
    const pieces = splitMrkdwn(`before\n\n\`\`\`\n${code}\n\`\`\`\nafter`, MAX);
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces) expect(piece.split("```").length % 2).toBe(1);
    const inside = pieces.join("\n").replaceAll("```\n", "").replaceAll("\n```", "");
    for (let at = 0; at < 30; at += 1) expect(inside).toContain(`  line ${at} of the code`);
  });

  test.each([
    ["a link", `${"x".repeat(180)}<https://example.com/${"y".repeat(40)}|words>${"z".repeat(90)}`],
    ["an entity", `${"x".repeat(194)}&amp;&lt;&gt;${"z".repeat(90)}`],
    ["a pair of surrogates", "😀".repeat(300)],
    ["a fence", `${"x".repeat(194)}\`\`\`\ncode\n\`\`\`${"z".repeat(90)}`],
  ])("tears no %s apart", (_, text) => {
    const pieces = splitMrkdwn(text, MAX);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(MAX);
      expect(piece).not.toMatch(/&[a-z]{0,3}$|^[a-z]{0,3};|<[^>]*$|[\ud800-\udbff]$|^[\udc00-\udfff]/);
      expect(piece.split("```").length % 2).toBe(1);
    }
  });

  test("ends also where there is nothing but what may not be torn", () => {
    for (const text of ["<".repeat(5000), "`".repeat(5000), "&".repeat(5000), "\n".repeat(5000)])
      expect(splitMrkdwn(text, MAX).join("").length).toBeLessThan(12_000);
  });
});
