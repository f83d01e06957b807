import { describe, expect, test } from "bun:test";
import { fillShell, shellWord } from "../../../src/kernel/text/shell.ts";

const HOSTILE = [
  "plain",
  "with space",
  "it's",
  "'; echo owned; '",
  "$(echo owned) `echo owned` $HOME",
  '"; echo owned; "',
  "back\\slash\\",
  "a\nb\tc\r\x1b[31m",
  "right\u202eto left\u200b",
  "!! !-1 * ? [a-z] ~ =ls {a,b} #x & | ; < >",
  "-rf",
  "æøå 日本 🧪",
  "",
];

/** What a shell hands to a program that is called with the rest of this line. */
async function argumentsOf(rest: string): Promise<string[]> {
  const child = Bun.spawn(["bash", "-c", `LC_ALL=C.UTF-8; printf '%s\\0' ${rest}`], { stdout: "pipe" });
  const out = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return out.split("\0").slice(0, -1);
}

test("a shell reads each word back as it was", async () => {
  expect(await argumentsOf(HOSTILE.map((text) => (text === "" ? "''" : shellWord(text))).join(" "))).toEqual(
    HOSTILE,
  );
});

test("a word is one line without anything unseen", () => {
  for (const text of HOSTILE) expect(shellWord(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

describe("a line's places", () => {
  const LINES = ["{test}", "'{test}'", '"{test}"', "x{test}y", `'x'"{test}"`];
  const AROUND: [string, string][] = [
    ["", ""],
    ["", ""],
    ["", ""],
    ["x", "y"],
    ["x", ""],
  ];

  test.each(LINES.map((line, at) => ({ line, around: AROUND[at] ?? ["", ""] })))(
    "$line gives the value as one word",
    async ({ line, around: [before, after] }) => {
      const filled = HOSTILE.map((value) => fillShell(line, { test: value })).join(" ");
      expect(await argumentsOf(filled)).toEqual(HOSTILE.map((value) => `${before}${value}${after}`));
    },
  );

  test("that are not known stay, and values are not looked at again", () => {
    expect(fillShell("{a} {b} \\{a}", { a: "{a}{b}" })).toBe("'{a}{b}' {b} \\{a}");
  });
});
