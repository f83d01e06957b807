import { expect, test } from "bun:test";
import { inertMarkdown } from "../../../src/features/issues/inert.ts";
import { toMarkdown, toMrkdwn } from "../../../src/features/threads/convert.ts";
import { harmless } from "../../../src/kernel/text/harmless.ts";
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

/** Pieces of which hostile text is put together: what begins and ends code, links, tables and quotes, and what has force. */
const PIECES = [
  ...[
    "`",
    "`",
    "``",
    "```",
    "\n",
    "\\",
    "|",
    "a|b\n-|-\n",
    "&gt; ",
    "[",
    "](https://a.b/c)",
    "<https://a.b|",
  ],
  ...[">", "https://a.b/", " ", "*", "@alice", "@alice", "#12", "<b>", "<!--"],
];

test.each([
  ["a message", toMarkdown],
  ["a model's analysis", inertMarkdown],
  ["a model's answer", (text: string) => harmless(text, [], 5000)],
])("however marks are put together in %s, what is no code for GitHub has no force there", (_, written) => {
  const random = seeded(7);
  const pick = () => PIECES[Math.floor(random() * PIECES.length)] ?? "";
  for (let at = 0; at < 8000; at += 1) {
    const text = Array.from({ length: 1 + Math.floor(random() * 14) }, pick).join("");
    const shown = Bun.markdown
      .html(written(text))
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
