import { describe, expect, test } from "bun:test";
import { STATES } from "../../../src/features/findings/model.ts";
import { groupOf, lastDays } from "../../../src/features/insights/model.ts";
import { readResult } from "../../../src/features/insights/result.ts";
import { duration, percent, relative, usd, webAddress } from "../../../src/web/format.ts";
import { detailText } from "../../../src/web/pages/audit.tsx";
import { stripRows } from "../../../src/web/parts/charts.tsx";
import { failingLine, splitPatch } from "../../../src/web/parts/code.tsx";
import { parseInline, parseMarkdown } from "../../../src/web/parts/markdown.ts";
import { RESULT } from "./seed.ts";
import { NOW } from "./world.ts";

describe("Markdown", () => {
  test("blocks", () => {
    const text =
      "# A\nline\n more\n\n- one\n  goes on\n* two\n\n1. first\n\n> said\n> again\n~~~\n# code\n~~~\nend";
    expect(parseMarkdown(text).map((block) => block.kind)).toEqual([
      "heading",
      "paragraph",
      "list",
      "list",
      "quote",
      "code",
      "paragraph",
    ]);
    expect(parseMarkdown("- one\n  goes on\n- two")).toEqual([
      {
        kind: "list",
        ordered: false,
        items: [[{ kind: "text", text: "one goes on" }], [{ kind: "text", text: "two" }]],
      },
    ]);
    expect(parseMarkdown("```\nnever closed")).toEqual([{ kind: "code", text: "never closed" }]);
  });

  test("pieces of a line", () => {
    expect(parseInline("a `b` **c** *d* [e](https://f.test) https://g.test/h.")).toEqual([
      { kind: "text", text: "a " },
      { kind: "code", text: "b" },
      { kind: "text", text: " " },
      { kind: "strong", text: "c" },
      { kind: "text", text: " " },
      { kind: "em", text: "d" },
      { kind: "text", text: " " },
      { kind: "link", text: "e", href: "https://f.test" },
      { kind: "text", text: " " },
      { kind: "link", text: "https://g.test/h", href: "https://g.test/h" },
      { kind: "text", text: "." },
    ]);
    expect(parseInline("&lt;b&gt; &amp;lt; `&lt;`")).toEqual([
      { kind: "text", text: "<b> &lt; " },
      { kind: "code", text: "&lt;" },
    ]);
    expect(parseInline("[x](javascript:alert(1)) <b> a*b*c 2 * 3 * 4")).toEqual([
      { kind: "text", text: "[x](javascript:alert(1)) <b> a*b*c 2 * 3 * 4" },
    ]);
  });

  test("crafted text takes no longer than its length", () => {
    for (const evil of ["*".repeat(60_000), "[".repeat(60_000), "`".repeat(60_000), "> ".repeat(30_000)]) {
      const start = performance.now();
      parseMarkdown(evil);
      expect(performance.now() - start).toBeLessThan(2000);
    }
  });
});

describe("code", () => {
  test("the failing line is the one with the message, else the one that names the test as failed", () => {
    const lines = ["=== RUN TestA", "FAIL other", "    a_test.go:3: boom", "--- FAIL: TestA"];
    expect(failingLine(lines, "TestA", "boom\nmore")).toBe(2);
    expect(failingLine(lines, "TestA", "gone from the excerpt")).toBe(3);
    expect(failingLine(lines, "TestB", "")).toBe(1);
    expect(failingLine(["fine"], "TestA", "boom")).toBe(-1);
  });

  test("a patch falls into its files", () => {
    const patch =
      "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+b\n+--- c\ndiff --git a/d/y b/d/y\nnew file mode 100644\n--- /dev/null\n+++ b/d/y\n@@ -0,0 +1 @@\n+z\n";
    expect(splitPatch(patch)).toEqual([
      { name: "x", added: 2, removed: 1, lines: ["@@ -1 +1,2 @@", "-a", "+b", "+--- c"] },
      { name: "d/y", added: 1, removed: 0, lines: ["new file mode 100644", "@@ -0,0 +1 @@", "+z"] },
    ]);
  });
});

test("a strip has branches before pull requests and at most ten rows with a rest", () => {
  const cell = (pull: number | null, n: number) => ({ day: "2026-03-01", branch: "b", pull, n });
  const cells = [...Array.from({ length: 12 }, (_, index) => cell(index + 1, 20 - index)), cell(null, 1)];
  const rows = stripRows(cells).map(([name]) => name);
  expect(rows.slice(0, 3)).toEqual(["b", "PR #1", "PR #2"]);
  expect(rows).toHaveLength(11);
  expect(stripRows(cells).at(-1)).toEqual(["others", [{ day: "2026-03-01", n: 11 + 10 + 9 }]]);
});

test("every state belongs to a group of the list", () => {
  for (const state of STATES) expect(groupOf(state)).toBeString();
});

test("days are those of UTC", () => {
  expect(lastDays(new Date("2026-03-01T00:30:00Z"), 3)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
});

test("a result is read as far as it goes", () => {
  expect(readResult(null)).toEqual({});
  expect(readResult("text")).toEqual({});
  expect(readResult({ ...RESULT, labels: 3 }).status?.reproduction?.before?.failures).toBe(19);
  expect(readResult({ status: { gates: [{ name: 1 }], sandbox: "none" } }).status?.sandbox).toBe("none");
});

test("words and figures", () => {
  const before = (ms: number) => relative(NOW, new Date(NOW.getTime() - ms));
  expect([before(0), before(59_000), before(60_000), before(7_300_000), before(-90_000_000)]).toEqual([
    "just now",
    "just now",
    "1 min ago",
    "2 h ago",
    "in 1 d",
  ]);
  expect([duration(900), duration(90_000), duration(9_000_000), duration(4e8)]).toEqual([
    "1 s",
    "2 min",
    "2.5 h",
    "4.6 d",
  ]);
  expect([percent(0.996), percent(1), percent(0.001), percent(0)]).toEqual(["99 %", "100 %", "<1 %", "0 %"]);
  expect([usd(0), usd(0.001), usd(12.345), usd(12_345)]).toEqual(["$0.00", "<$0.01", "$12.35", "$12,345"]);
  expect(detailText({ to: "open", why: "seen", n: 2 })).toBe("seen · to: open · n: 2");
});

test("only http and https are addresses", () => {
  expect(webAddress("https://a.test/b")).toBe("https://a.test/b");
  for (const no of ["javascript:alert(1)", "data:text/html,x", "//a.test", "file:///etc", "", null]) {
    expect(webAddress(no)).toBeNull();
  }
});
