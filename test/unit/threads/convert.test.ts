import { expect, test } from "bun:test";
import { toMarkdown, toMrkdwn } from "../../../src/features/threads/convert.ts";
import { seeded } from "../../harness/seeded.ts";
import { FROM_GITHUB } from "./github-cases.ts";
import { FROM_SLACK } from "./slack-cases.ts";

test.each(FROM_SLACK)("from Slack: %j", (mrkdwn, markdown) => {
  expect(toMarkdown(mrkdwn)).toBe(markdown);
});

test.each(FROM_GITHUB)("from GitHub: %j", (markdown, mrkdwn) => {
  expect(toMrkdwn(markdown)).toBe(mrkdwn);
});

test("nothing that comes from Slack has force on GitHub, and nothing from GitHub in Slack", () => {
  for (const [text] of [...FROM_SLACK, ...FROM_GITHUB]) {
    const code = /```[\s\S]*?```|`[^`\n]*`|https?:[^\s)]*/g;
    expect(toMarkdown(text).replace(code, "")).not.toMatch(/@[A-Za-z0-9]|#\d|GH-\d|<!--|<[a-z/!]/i);
    expect(toMrkdwn(text).replace(/<https?:[^<>|]+\|[^<>|]*>/g, "")).not.toMatch(/[<]/);
  }
});

test.each([
  "plain",
  "**bold** and *it*",
  "`a < b`",
  "- one\n- two",
  "[text](https://a.b/c)",
  "> quoted",
  "~~gone~~",
  "2\\*3\\*4 and HEAD\\~1..HEAD\\~3",
  "\\_\\_init__",
  "\\d+\\\\.\\d",
  "***a** b*",
  "**a *b***",
  "```\na `b` c\n```",
])("there and back is the same: %j", (markdown) => {
  expect(toMarkdown(toMrkdwn(markdown))).toBe(markdown);
});

/** Pieces of which hostile text is put together: marks of both sides, ends of code, links and lines. */
const PIECES = [
  ...[
    "`",
    "``",
    "```",
    "~~~",
    "\n",
    "\n\n",
    " ",
    "    ",
    "a",
    "@alice",
    "#12",
    "fixes ",
    "<b>",
    "<!--",
    "-->",
  ],
  ...[
    "https://github.com/o/r/issues/1",
    "<https://a.b|",
    "<https://a.b/x>",
    ">",
    "&gt; ",
    "&gt;&gt;&gt;",
    "&lt;",
  ],
  ...["*", "_", "~", "|", "-", "- ", "1. ", "• ", "[", "](", "]", ")", "[x]: ", "\\", "&amp;", "a|b\n-|-\n"],
  ...["$", "$$", "![", "\t", "=", "#", "# ", "<@U1>"],
];

test("however marks are put together, what is no code for GitHub has no force there", () => {
  const random = seeded(7);
  const pick = () => PIECES[Math.floor(random() * PIECES.length)] ?? "";
  for (let at = 0; at < 8000; at += 1) {
    const text = Array.from({ length: 1 + Math.floor(random() * 14) }, pick).join("");
    const shown = Bun.markdown
      .html(toMarkdown(text))
      .replace(/<pre[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, "")
      .replace(/ (?:href|src)="[^"]*"|https?:\S+/g, "");
    expect([text, /@[A-Za-z0-9]|#\d|<b>|<!--/.exec(shown)?.[0]]).toEqual([text, undefined]);
  }
});

test("crafted text does not hold it up", () => {
  const began = performance.now();
  for (const part of [
    ...["*", "_a", "`", "```", "[a](https://", "<!--", "**a", "((", "<https://", "# ", "`a``b", "[["],
    ...["![", "<a href=", "<b>", "&amp;", "|a\n|-|\n", " \\`", "> ", "~~", "__a", "&gt;", "<@"],
    ...[
      "<pre>x</pre>\n",
      "<pre>\n",
      "<td>",
      "<p> ",
      "<blockquote>",
      "fixes https://a/",
      "fixes:",
      "&gt; ```x```\n",
    ],
    ...["\n\n    x", "> | a\n", "a*", "_a_b", "a~", "<p>\n<td>"],
  ]) {
    toMrkdwn(part.repeat(5000));
    toMarkdown(part.repeat(5000));
  }
  expect(performance.now() - began).toBeLessThan(10_000);
});
