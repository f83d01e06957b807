import { describe, expect, test } from "bun:test";
import { analysisComment, analysisText, evidenceLines } from "../../../src/features/issues/analysis.ts";
import { excerptOf } from "../../../src/features/issues/code.ts";
import { locate } from "../../../src/features/issues/excerpt.ts";
import { inertMarkdown } from "../../../src/features/issues/inert.ts";

const LOG = [
  "=== RUN   TestA",
  "    a_test.go:12: Not equal:",
  "        expected: 1",
  "--- FAIL: TestA (0.10s)",
  "FAIL",
];
const seen = { test: "TestA", line: 4, message: "Not equal:", excerpt: LOG.join("\n") };

describe("quotes of the log", () => {
  const verified = (...quoted: string[]) => evidenceLines(quoted, locate(seen));

  test("count as they stand there, in its order, each once, with its numbers", () => {
    expect(
      verified("4: --- FAIL: TestA (0.10s)", "2:     a_test.go:12: Not equal:", "4: --- FAIL: TestA (0.10s)"),
    ).toEqual(["2:     a_test.go:12: Not equal:", "4: --- FAIL: TestA (0.10s)"]);
  });

  test("may have lost their number, their indentation or their ends", () => {
    expect(verified("a_test.go:12: Not equal:", "L3| expected: 1", "FAIL: TestA (0.10s)")).toEqual([
      "2:     a_test.go:12: Not equal:",
      "3:         expected: 1",
      "4: --- FAIL: TestA (0.10s)",
    ]);
  });

  test("that stand nowhere in it are left out, and so are crumbs of a line", () => {
    expect(verified("2: panic: runtime error", "", "3:", "equal", "4: --- PASS: TestA (0.10s)")).toEqual([]);
  });

  test("have the log's numbers where the excerpt begins further down", () => {
    const lines = [
      ...Array.from({ length: 25 }, (_, at) => `before ${at}`),
      "--- FAIL: TestA (0.10s)",
      "after",
    ];
    const far = locate({ ...seen, line: 1000, excerpt: lines.join("\n") });
    expect(evidenceLines(["after", "before 0"], far)).toEqual(["975: before 0", "1001: after"]);
  });
});

const answer = { cause: "A race.", evidence_lines: [], reproduce: "Run it.", fix: "Wait.", risks: "None." };

test("an analysis that quotes nothing of the log says so", () => {
  const none = "_No line of the log is quoted that bears this out: take it as a guess._";
  expect(analysisText({ ...answer, evidence_lines: ["2: made up"] }, seen)).toContain(none);
  expect(analysisText(answer, null)).toContain(none);
  const good = analysisText({ ...answer, evidence_lines: ["4: --- FAIL: TestA (0.10s)"] }, seen);
  expect(good).not.toContain("guess");
  expect(analysisComment({ kind: "flaky_test", test: "TestA" }, good)).toMatchSnapshot();
});

test("secrets that the model repeats are taken out", () => {
  expect(analysisText({ ...answer, cause: `The token ghp_${"a".repeat(36)} leaks.` }, seen)).not.toContain(
    "ghp_a",
  );
});

test("however long and hostile, it fits into a comment", () => {
  for (const kind of ["<", "&a", "[", "`", "@a ", "#", "\n", "~~~\n", "```\n<b>\n"]) {
    const huge = kind.repeat(30_000);
    const text = analysisText(
      { cause: `x${huge}`, evidence_lines: [huge], reproduce: huge, fix: huge, risks: huge },
      { ...seen, excerpt: `${huge}\n${huge}` },
    );
    expect([kind, analysisComment({ kind: "flaky_test", test: huge }, text).length < 65_536]).toEqual([
      kind,
      true,
    ]);
  }
});

describe("a model's Markdown loses its force", () => {
  test.each([
    [
      "links",
      "see [this](https://evil.example/?q=1) or <https://evil.example>",
      "see \\[this\\](https:\u200b//evil.example/?q=1) or &lt;https:\u200b//evil.example>",
    ],
    ["images", "![x](https://evil.example/p.png)", "!\\[x\\](https:\u200b//evil.example/p.png)"],
    ["HTML", "<img src=x><!-- flaky:end Summary -->", "&lt;img src=x>&lt;!-- flaky:end Summary -->"],
    [
      "mentions and references",
      "@acme/all fixes #12, GH-3, &#64;acme",
      "@\u200bacme/all fixes #\u200b12, GH-\u200b3, &amp;#\u200b64;acme",
    ],
    ["headings", "# Big\n\nTitle\n=====\ntext\n---", "\\# Big\n\nTitle\n\\=====\ntext\n\\---"],
    ["a lone back tick", "a ` b <b>", "a \\` b &lt;b>"],
    ["an escaped back tick", "\\`<img>\\`", "`<img>`"],
  ])("%s", (_, text, inert) => {
    expect(inertMarkdown(text)).toBe(inert);
  });

  test("but code, lists and emphasis stay", () => {
    const text = "Use `a[0] < b` and **wait**:\n\n- one\n- two\n\n```go\nif a < b { x[0]++ }\n```";
    expect(inertMarkdown(text)).toBe(text);
  });

  test("and no block stays open or ends before its fence", () => {
    expect(inertMarkdown("```\n<b>\n# still code")).toBe("```\n<b>\n# still code\n```");
    expect(inertMarkdown("- a\n  ```\n<img src=x>\n  ```")).toBe("- a\n\n```\n<img src=x>\n```");
    expect(inertMarkdown("````\n```\n<b>")).toBe("````\n```\n<b>\n````");
  });
});

describe("of a large file", () => {
  const lines = Array.from({ length: 2000 }, (_, at) => `line ${at + 1} of a long file`);

  test("what stands around the named lines and the test is read", () => {
    const text = excerptOf(lines.with(1499, "func TestA(t *testing.T) {").join("\n"), [100], "TestA");
    expect(text).toStartWith("… from line 75:\nline 75 of");
    expect(text).toContain("… from line 1475:\n");
    expect(text).toContain("func TestA(");
    expect(text.length).toBeLessThan(6000);
  });

  test("the beginning, where nothing is named", () => {
    expect(excerptOf(lines.join("\n"), [], "TestA")).toStartWith("line 1 of");
  });
});
