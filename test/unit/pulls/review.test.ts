import { expect, test } from "bun:test";
import { replyText } from "../../../src/features/pulls/messages.ts";
import { isForBots } from "../../../src/features/pulls/review.ts";
import { Sha } from "../../../src/kernel/ids.ts";

test("a comment of commands alone is for bots, and one with a word for people is not", () => {
  for (const body of ["/retest", " /test pull-unit \r\n\n/lgtm\n", "/cc @alice", "/hold"])
    expect([body, isForBots(body)]).toEqual([body, true]);
  const words = "Why does it wait?\n/hold";
  for (const body of [words, "/usr/lib is missing", "see /retest", "// no", "/", "", "    /indented"])
    expect([body, isForBots(body)]).toEqual([body, false]);
});

test("a fixer's answer to a remark calls nobody, orders nothing and loads nothing", () => {
  const said = "As @acme/all said, fixes #1.\n/lgtm\n![x](https://evil.test/p.png) <img src=x> `a < b`";
  const text = replyText(said, Sha.parse("a".repeat(40)));
  expect(text.replaceAll("\u200b", "·")).toBe(
    "As @·acme/all said, fixes #·1.\n·/lgtm\n!\\[x\\](https:·//evil.test/p.png) &lt;img src=x> `a < b`\n\n(in aaaaaaaaaa)",
  );
});
