import { describe, expect, test } from "bun:test";
import { clamp, clampLines, firstLine } from "../../../src/kernel/text/clamp.ts";
import {
  disarm,
  escapeMarkdown,
  escapeSlack,
  markdownBlock,
  markdownCell,
  markdownCode,
  slackCode,
  slackPre,
} from "../../../src/kernel/text/escape.ts";

describe("clamp", () => {
  test.each([
    ["shorter", "abc", 4, "abc"],
    ["just as long", "abcd", 4, "abcd"],
    ["longer", "abcde", 4, "abc…"],
    ["no room", "abc", 0, ""],
    ["room for the mark alone", "abc", 1, "…"],
    ["an emoji at the edge goes whole", "ab😀cd", 4, "ab…"],
    ["an emoji before the edge stays whole", "ab😀cd", 5, "ab😀…"],
  ])("%s", (_, text, max, cut) => {
    expect(clamp(text, max)).toBe(cut);
    expect(cut.isWellFormed()).toBe(true);
  });

  test.each([
    ["  a\nb", "a"],
    ["\n\n a \r\nb", "a"],
    ["", ""],
    ["abcdefgh", "abcd…"],
  ])("first line of %j", (text, line) => {
    expect(firstLine(text, 5)).toBe(line);
  });

  test.each([
    [4, "1\n2\n3\n4", "1\n2\n3\n4"],
    [4, "1\n2\n3\n4\n5\n6", "1\n2\n… 3 lines left out …\n6"],
    [3, "1\n2\n3\n4\n5", "1\n… 3 lines left out …\n5"],
    [1, "1\n2\n3", "… 3 lines left out …"],
  ])("to %d lines", (max, text, cut) => {
    expect(clampLines(text, max)).toBe(cut);
    expect(cut.split("\n").length).toBeLessThanOrEqual(Math.max(max, 1));
  });
});

describe("for Slack", () => {
  test.each([
    ["a call to all", "<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"],
    ["a disguised link", "<https://evil|bank>", "&lt;https://evil|bank&gt;"],
    ["an entity stays text", "&lt;", "&amp;lt;"],
  ])("%s", (_, text, escaped) => {
    expect(escapeSlack(text)).toBe(escaped);
  });

  test("code cannot be left", () => {
    expect(slackCode("a`b\n<c>")).toBe("`a'b &lt;c&gt;`");
    expect(slackPre("a ``` <!here>")).toBe("```\na ''' &lt;!here&gt;\n```");
  });
});

describe("for Markdown", () => {
  const Z = "\u200b";
  test.each([
    ["a mention", "@alice", `@${Z}alice`],
    ["an issue", "closes #12", `closes #${Z}12`],
    ["another repository's issue", "fixes o/r#12", `fixes o/r#${Z}12`],
    ["the long form", "GH-12 gh-3", `GH-${Z}12 gh-${Z}3`],
    ["a mark of ours", "<!-- flaky:begin Summary -->", "&lt;!-- flaky:begin Summary -->"],
    ["a heading and a mail sign alone", "# a @ b", "# a @ b"],
  ])("%s loses its force", (_, text, harmless) => {
    expect(disarm(text)).toBe(harmless);
  });

  test("all formatting of a stranger stays text", () => {
    expect(escapeMarkdown("<b>*a*_b_[c](d)`e`|~@f #1")).toBe(
      `&lt;b&gt;\\*a\\*\\_b\\_\\[c\\](d)\\\`e\\\`\\|\\~@${Z}f #${Z}1`,
    );
  });

  test.each([
    ["plain", "a", "`a`"],
    ["a back tick", "a`b", "``a`b``"],
    ["at the edge", "`a", "`` `a ``"],
    ["a run of them", "a```b", "````a```b````"],
    ["a line's end", "a|b\nc", "`a|b c`"],
  ])("code: %s", (_, text, code) => {
    expect(markdownCode(text)).toBe(code);
  });

  test("a bar in a table's cell does not end it", () => {
    expect(markdownCell("a|b|c")).toBe("`a\\|b\\|c`");
  });

  test("a block's fence is longer than any inside", () => {
    expect(markdownBlock("a\n````\nb", "text")).toBe("`````text\na\n````\nb\n`````");
    expect(markdownBlock("a")).toBe("```\na\n```");
  });
});
