import { describe, expect, test } from "bun:test";
import { toMarkdown, toMrkdwn } from "../../../src/features/threads/convert.ts";

describe("Slack's mrkdwn as Markdown", () => {
  test.each([
    ["plain", "plain"],
    ["*bold* and _italic_ and ~gone~", "**bold** and *italic* and ~~gone~~"],
    ["(*bold*), _it_.", "(**bold**), *it*."],
    ["*a* *b*", "**a** **b**"],
    ["a*b*c and 2*3*4", "a*b*c and 2*3*4"],
    ["snake_case_name", "snake_case_name"],
    ["*over\nlines*", "*over\nlines*"],
    ["<https://a.b/c|text>", "[text](https://a.b/c)"],
    ["<https://a.b/c>", "https://a.b/c"],
    ["<https://a.b/?a=1&amp;b=2|q>", "[q](https://a.b/?a=1&b=2)"],
    ["<https://a.b/x_y_z|under_score_d>", "[under_score_d](https://a.b/x_y_z)"],
    ["<mailto:a@b.c|a@b.c>", "a@b.c"],
    ["<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x>"],
    ["<!channel> <!here|here>", "@channel @here"],
    ["<#C123|general>", "#general"],
    ["&lt;b&gt; &amp; x", "&lt;b> & x"],
    ["1 &lt; 2", "1 < 2"],
    ["<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"],
    ["• one\n• two", "- one\n- two"],
    ["1. one\n2. two", "1. one\n2. two"],
    ["&gt; quoted\nnot", "> quoted\nnot"],
    ["`*code* &lt;x&gt;` stays", "`*code* <x>` stays"],
    ["```\n*block* &lt;x&gt;\n```", "```\n*block* <x>\n```"],
    ["```one line```", "```\none line\n```"],
    ["a ``` b", "a ``` b"],
  ])("%j", (mrkdwn, markdown) => {
    expect(toMarkdown(mrkdwn)).toBe(markdown);
  });
});

describe("Markdown as Slack's mrkdwn", () => {
  test.each([
    ["plain", "plain"],
    ["**bold** and *it* and _it_ and ~~gone~~", "*bold* and _it_ and _it_ and ~gone~"],
    ["__bold__", "*bold*"],
    ["***both***", "_*both*_"],
    ["**bold with *it* in**", "*bold with _it_ in*"],
    ["**a** **b**", "*a* *b*"],
    ["snake_case_name and 2*3*4", "snake_case_name and 2*3*4"],
    ["# Title\n### Deep", "*Title*\n*Deep*"],
    ["- one\n* two\n+ three", "• one\n• two\n• three"],
    ["- [ ] open\n- [x] done", "• [ ] open\n• [x] done"],
    ["1. one", "1. one"],
    ["[text](https://a.b/c)", "<https://a.b/c|text>"],
    ["[a](https://a.b/c_(d))", "<https://a.b/c_(d)|a>"],
    ["![alt](https://a.b/i.png)", "<https://a.b/i.png|alt>"],
    ["<https://a.b>", "https://a.b"],
    ["[x](javascript:alert(1))", "[x](javascript:alert(1))"],
    ["[<!channel>](https://a.b)", "<https://a.b|&lt;!channel&gt;>"],
    ["<!channel> <@U1> & <", "&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;"],
    ["&lt;!channel&gt;", "&lt;!channel&gt;"],
    ["<!-- hidden --> seen", "seen"],
    ["<details><summary>Log</summary>\n\ninner\n\n</details>", "Log\n\ninner"],
    ["a<br>b<br/>c", "a\nb\nc"],
    ["<img src=x onerror=1>", "&lt;img src=x onerror=1&gt;"],
    ["`**code** <b>`", "`**code** &lt;b&gt;`"],
    ["```go\nfunc <a>() {}\n```", "```\nfunc &lt;a&gt;() {}\n```"],
    ["> quoted", "> quoted"],
    ["a\r\nb", "a\nb"],
  ])("%j", (markdown, mrkdwn) => {
    expect(toMrkdwn(markdown)).toBe(mrkdwn);
  });
});

test.each([
  "plain",
  "**bold** and *it*",
  "`a < b`",
  "- one\n- two",
  "[text](https://a.b/c)",
  "> quoted",
  "~~gone~~",
])("there and back is the same: %j", (markdown) => {
  expect(toMarkdown(toMrkdwn(markdown))).toBe(markdown);
});

test("crafted text does not hold it up", () => {
  const began = performance.now();
  for (const part of ["*", "_a", "`", "```", "[a](https://", "<!--", "**a", "((", "<https://", "# "]) {
    toMrkdwn(part.repeat(5000));
    toMarkdown(part.repeat(5000));
  }
  expect(performance.now() - began).toBeLessThan(10_000);
});
