import { describe, expect, test } from "bun:test";
import { commandsInComment, nearest, parseCommand } from "../../../src/commands/parse.ts";
import { COMMANDS } from "../../../src/commands/registry.ts";

describe("what was typed", () => {
  test.each([
    ["", "empty"],
    [" \n\t ", "empty"],
  ])("%j is nothing", (typed, kind) => {
    expect(parseCommand(typed).kind).toBe(kind as "empty"); // the table's own words
  });

  test.each([
    ["help", "help", [], [], ""],
    ["  Explain   #12 ", "explain", ["#12"], [], "#12"],
    [
      "approve 12 --anyway take the second way",
      "approve",
      ["12", "take", "the", "second", "way"],
      ["anyway"],
      "12 --anyway take the second way",
    ],
    ["approve —anyway 12", "approve", ["12"], ["anyway"], "—anyway 12"],
    ["approve 12 --ANYWAY", "approve", ["12"], ["anyway"], "12 --ANYWAY"],
    ["show: 12", "show", ["12"], [], "12"],
    ["help!", "help", [], [], ""],
    [
      "dismiss 12 — it is the network",
      "dismiss",
      ["12", "—", "it", "is", "the", "network"],
      [],
      "12 — it is the network",
    ],
    ["dismiss 12 a  b\nc", "dismiss", ["12", "a", "b", "c"], [], "12 a  b\nc"],
  ])("%j", (typed, name, args, flags, text) => {
    expect(parseCommand(typed)).toEqual({ kind: "command", name, args, flags: new Set(flags), text });
  });
});

describe("commands in a comment", () => {
  test.each([
    ["/flaky dismiss 3 it waits by `sleep` <!-- really -->", ["dismiss 3 it waits by `sleep`"]],
    ["/flaky dismiss 3 `<code>` is no tag", ["dismiss 3 `<code>` is no tag"]],
    ["```\n    ```\n/flaky approve\n```", []],
    ["`\n/flaky approve\n`", []],
    ["``\n/flaky approve\n``", []],
    ["don`t\n\n/flaky approve\n\nwon`t", ["approve"]],
    ["put it in `<code>` or `<!--`\n/flaky approve", ["approve"]],
    ["```html\n<pre>\n<!--\n```\n/flaky approve", ["approve"]],
    ["<!--\n```\n-->\n```\n/flaky approve\n```", []],
    ["`a`/flaky approve", []],
    ["\\`\n/flaky approve\n\\`", ["approve"]],
    ["/flaky approve", ["approve"]],
    ["/flaky", [""]],
    ["/ai-fix", ["approve"]],
    ["/ai-fix --anyway please", ["approve --anyway please"]],
    ["Thanks.\n/flaky explain\r\nand\r\n/flaky show 3\r\n", ["explain", "show 3"]],
    ["please /flaky approve", []],
    [" /flaky approve", []],
    ["> /flaky approve", []],
    ["`/flaky approve`", []],
    ["```\n/flaky approve\n```", []],
    ["```\ncode\n```\n/flaky approve", ["approve"]],
    ["~~~\n/ai-fix\n~~~", []],
    ["<!-- say\n/flaky approve\nto start -->", []],
    ["<!-- hidden -->\n/flaky approve", ["approve"]],
    ["```\n~~~\n/flaky approve\n```", []],
    ["````\n```\n/flaky approve\n````\n/flaky show 1", ["show 1"]],
    ["<pre>\n/flaky approve\n</pre>\n/flaky show 1", ["show 1"]],
    ["<details><summary>log</summary>\n\n/flaky approve\n</details>", []],
    ["<blockquote>\n/flaky approve", []],
    ["<!--\n/flaky approve", []],
    ["\u200b/flaky approve", []],
    ["/flakyapprove", []],
    ["/flaky-bot approve", []],
    ["/ai-fixer", []],
    ["/Flaky approve", []],
    ["", []],
  ])("%j", (body, commands) => {
    expect(commandsInComment(body)).toEqual(commands);
  });
});

test("crafted comments do not hold the commands up", () => {
  const began = performance.now();
  const parts = ["`", "``a`", "<pre>", "<!--", "```\n", "\\`", "/flaky help\n"];
  for (const part of parts) commandsInComment(part.repeat(65_000 / part.length));
  const runs = Array.from({ length: 350 }, (_, at) => "`".repeat(at + 1)).join("a");
  commandsInComment(runs);
  expect(performance.now() - began).toBeLessThan(5000);
});

describe("the nearest word", () => {
  const known = COMMANDS.map((command) => command.name);
  test.each([
    ["aprove", "approve"],
    ["aproove", "approve"],
    ["hlep", "help"],
    ["explian", "explain"],
    ["lst", "list"],
    ["resmue", "resume"],
    ["dismis", "dismiss"],
    ["deploy-everything", null],
    ["zzzzzz", null],
  ])("to %s is %p", (typed, near) => {
    expect(nearest(typed, known)).toBe(near);
  });

  test("to nothing known is none", () => {
    expect(nearest("help", [])).toBeNull();
  });
});
