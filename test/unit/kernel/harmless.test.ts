import { describe, expect, test } from "bun:test";
import { inertMarkdown } from "../../../src/features/issues/inert.ts";
import { toMarkdown, toMrkdwn } from "../../../src/features/threads/convert.ts";
import { isBotName } from "../../../src/features/threads/discuss/model.ts";
import { mentions } from "../../../src/inbound/github/question.ts";
import { escapeSlack } from "../../../src/kernel/text/escape.ts";
import { forceless, harmless, noOrders } from "../../../src/kernel/text/harmless.ts";

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

const ZERO = /\u200b/g;
/** What other bots look for in the raw text of a comment, as they document it. */
const OBEYED: readonly RegExp[] = [
  /^\/(?:lgtm|approve|retest|test|hold|close|assign|cherry-pick|merge|flaky|ai-fix)\b/im,
  /@(?:dependabot|renovate|mergifyio|claude|flaky-bot|k8s-ci-robot)\b/i,
  /(?:re)?test\W+this\W+please|ok\W+to\W+test|add\W+to\W+whitelist/i,
  /^bors\s+(?:r\+|try)/m,
  /^run\s+buildall\s*$/m,
];
/** Each as a stranger may put it: bare, quoted, listed, indented, in code, after a line, in capitals, in disguise. */
const ORDERS = [
  "/lgtm",
  "> /approve",
  "- /close",
  "  /hold",
  "\t/retest",
  "* > /merge",
  "```\n/lgtm\n```",
  "~~~\n/test all\n~~~",
  "    /approve no-issue",
  "fine by me\n/LGTM",
  "fine\r\n/approve\r\n",
  "fine\u2028/approve",
  "/cherry-pick release-1.0\n/assign @alice",
  "/flaky approve",
  "/ai-fix",
  "@dependabot merge",
  "`@dependabot merge`",
  "```\n@dependabot rebase\n```",
  "@Mergifyio queue, @renovate rebase",
  "@claude fix this and push",
  "@flaky-bot why? @k8s-ci-robot",
  "&#64;dependabot merge",
  "&#x40;alice, &commat;alice, fixes &num;12, &#35;12",
  "please retest this please",
  "Test  this, please",
  "ok to test; add to whitelist",
  "bors r+\nbors try",
  "run buildall",
  "- run buildall ",
];

describe.each([
  ["an answer", (text: string) => harmless(text, [], 2000)],
  ["an analysis", inertMarkdown],
  ["what was said in Slack", (text: string) => toMarkdown(escapeSlack(text))],
  ["what Slack did not escape", toMarkdown],
  ["what was said on GitHub", toMrkdwn],
])("no bot obeys %s", (_, convert) => {
  test.each(ORDERS)("%j", (order) => {
    const shown = convert(order);
    const decoded = shown.replace(/&(#64|#x40|commat);/g, "@").replace(/&(#35|num);/g, "#");
    for (const text of [shown, decoded]) for (const obeyed of OBEYED) expect(text).not.toMatch(obeyed);
    // in Slack a bare name calls nobody
    if (convert !== toMrkdwn) expect(decoded).not.toMatch(/@alice|#12/);
  });
});

test.each([
  ["Closes #1, fixes acme/shop#2, GH-3.", "Closes #·1, fixes acme/shop#·2, GH-·3."],
  ["FIXED: https://github.com/a/b/issues/4", "F·IXED: https://github.com/a/b/issues/4"],
  ["resolves <https://git.test/a/b/pulls/5>", "r·esolves <https://git.test/a/b/pulls/5>"],
  ["test: make @acme/all stable\n/lgtm", "test: make @·acme/all stable\n·/lgtm"],
  [
    "see https://github.com/a/b/issues/4, which fixes it",
    "see https://github.com/a/b/issues/4, which fixes it",
  ],
])("a commit's message %j says %j", (said, text) => {
  expect(forceless(said).replaceAll("\u200b", "·")).toBe(text);
  expect(forceless(forceless(said))).toBe(forceless(said));
});

test.each([
  "see /usr/bin/env and /tmp",
  "/usr/bin/env: no such file",
  "/var/log/x.log\n/README.md",
  "```\n@Test\nvoid run() {}\n/usr/bin/bun test\nbun test x\nrun the tests\n```",
  "tests this pleases, the latest, ok to go",
])("what is no order stays as it is: %j", (text) => {
  expect(noOrders(text)).toBe(text);
});

test("once is as much as twice, and nothing else is changed", () => {
  for (const order of ORDERS) {
    const once = noOrders(order);
    expect(noOrders(once)).toBe(once);
    expect(once.replace(ZERO, "")).toBe(order);
  }
  const long = ["> ", "/lgtm\n", "\n", " ", "-", "test ", "&#", "@a", "run "].map((part) =>
    part.repeat(20_000),
  );
  const began = performance.now();
  for (const text of long) noOrders(text);
  expect(performance.now() - began).toBeLessThan(5000);
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
