import { expect, test } from "bun:test";
import { isBotName } from "../../../src/features/threads/discuss/model.ts";
import { mentions } from "../../../src/inbound/github/question.ts";
import { harmless } from "../../../src/kernel/text/harmless.ts";

const OURS = ["https://github.test/acme/shop/"];
/** Zero-width space, so that one sees it. */
const shown = (text: string) => harmless(text, OURS, 500).replaceAll("\u200b", "·");

test.each([
  ["thanks @alice and @org/team", "thanks @·alice and @·org/team"],
  ["fixes #12, GH-3, acme/shop#4", "fixes #·12, GH-·3, acme/shop#·4"],
  ["/lgtm\n> /approve\n- /close\nsee a/b", "·/lgtm\n> ·/approve\n- ·/close\nsee a/b"],
  ["![a](https://github.test/acme/shop/a.png)", "[a](https://github.test/acme/shop/a.png)"],
  ["![a](https://evil.test/?q=1)", "a (https:·//evil.test/?q=1)"],
  ["![a][b]\n[b]: https://evil.test/x", "[a][b]\n[b]: https:·//evil.test/x"],
  ["[x](//evil.test) [y](javascript:1)", "x (//evil.test) y (javascript:1)"],
  [
    "[run](https://github.test/acme/shop/actions/runs/1 'a')",
    "[run](https://github.test/acme/shop/actions/runs/1)",
  ],
  ["[up](https://github.test/acme/shop/../../evil/x)", "up (https:·//github.test/acme/shop/../../evil/x)"],
  ["<https://evil.test> www.evil.test ftp://e.test/a", "https:·//evil.test www·.evil.test ftp:·//e.test/a"],
  [
    "<img src=x> <!-- a --> <!channel> a < b, List<string>",
    "<·img src=x> &lt;!-- a --> <·!channel> a < b, List<·string>",
  ],
  [`key ghp_${"a1B2".repeat(9)}.`, "key [redacted github token]."],
  ["a\u202eb\u0007c", "abc"],
])("%j says %j", (said, text) => {
  expect(shown(said)).toBe(text);
});

test("what is too long is cut", () => {
  expect(harmless("a".repeat(900), OURS, 500)).toHaveLength(500);
});

test.each([
  ["dependabot[bot]", true],
  ["k8s-ci-robot", true],
  ["ti-chi-bot", true],
  ["robot", true],
  ["abbot", false],
  ["bottom-up", false],
])("%s is a program: %p", (name, is) => {
  expect(isBotName(name)).toBe(is);
});

test.each([
  ["@flaky-bot why?", true],
  ["Well, @Flaky-Bot: why?", true],
  ["why, (@flaky-bot)?", true],
  ["@flaky-bots why?", false],
  ["@flaky-bot/team why?", false],
  ["mail me at a@flaky-bot", false],
  ["> @flaky-bot why?", false],
  ["see `@flaky-bot`", false],
  ["```\n@flaky-bot\n```", false],
  ["<!-- @flaky-bot -->", false],
])("%j mentions us: %p", (body, does) => {
  expect(mentions(body, "flaky-bot")).toBe(does);
  expect(mentions(body, "flaky-bot[bot]")).toBe(does);
});
