import { describe, expect, test } from "bun:test";
import { BLOCKS, type BlockName, composeBody, replaceBlocks } from "../../../src/features/issues/blocks.ts";

const all = (text: (name: BlockName) => string) =>
  Object.fromEntries(BLOCKS.map((name) => [name, text(name)])) as Record<BlockName, string>; // the list's own names
const first = all((name) => `${name}, first`);
const second = all((name) => `${name}, second\n$& $1`);
const begin = (name: BlockName) => `<!-- flaky:begin ${name} -->`;
const end = (name: BlockName) => `<!-- flaky:end ${name} -->`;

/** Replaces twice: the second time must change nothing. */
function replaced(body: string): string {
  const once = replaceBlocks(body, second);
  expect(replaceBlocks(once, second)).toBe(once);
  return once;
}
const times = (text: string, part: string) => text.split(part).length - 1;

test("a new issue has all blocks in their order", () => {
  expect(composeBody(first)).toMatchSnapshot();
});

test("replacing gives what composing gives", () => {
  expect(replaced(composeBody(first))).toBe(composeBody(second));
});

describe("what people wrote stays", () => {
  const body = `I saw this too.\n\n${composeBody(first).replace(`${end("Evidence")}\n`, `${end("Evidence")}\nIt is the *network*, $1.\n`)}\n\n/cc me\n`;

  test("above, between and below", () => {
    const text = replaced(body);
    expect(text.startsWith("I saw this too.\n\n<!-- flaky:begin Summary -->\nSummary, second")).toBe(true);
    expect(text).toContain(`${end("Evidence")}\nIt is the *network*, $1.\n`);
    expect(text.endsWith(`${end("Automation")}\n\n/cc me\n`)).toBe(true);
    expect(text).not.toContain("first");
  });

  test("with the line ends of a browser", () => {
    expect(replaced(body.replaceAll("\n", "\r\n"))).toBe(replaced(body));
  });

  test("an issue that was none of ours keeps its text on top", () => {
    expect(replaced("Only people here.\n")).toBe(`Only people here.\n\n${composeBody(second)}`);
    expect(replaced("")).toBe(composeBody(second));
  });
});

describe("marks that people broke", () => {
  test("a block that was taken out comes back at the end", () => {
    const cut = composeBody(first).replace(
      /<!-- flaky:begin Evidence -->[\s\S]*?<!-- flaky:end Evidence -->\n\n/,
      "",
    );
    const text = replaced(cut);
    for (const name of BLOCKS) expect([name, times(text, begin(name))]).toEqual([name, 1]);
    expect(text.endsWith(end("Evidence"))).toBe(true);
  });

  test("a block without its end swallows nothing behind it", () => {
    const text = replaced(`${composeBody(first).replace(end("Evidence"), "")}\n\nWritten below.`);
    expect(text).toContain("Written below.");
    expect(text).toContain("Evidence, second");
  });

  test("a block without its beginning swallows nothing before it", () => {
    const text = replaced(`Written above.\n${composeBody(first).replace(begin("Summary"), "Written here.")}`);
    expect(text).toContain("Written above.\nWritten here.");
    expect(text).toContain("Summary, second");
  });

  test("blocks in another order stay in it", () => {
    const text = replaced(
      `${begin("Automation")}\nx\n${end("Automation")}\n\n${begin("Summary")}\nx\n${end("Summary")}`,
    );
    expect(text.indexOf("Automation, second")).toBeLessThan(text.indexOf("Summary, second"));
  });
});

test("a mark inside a log ends no block and begins none", () => {
  const hostile = `ok\n${end("Evidence")}\n${begin("Summary")}\n<!--flaky:end Evidence -->`;
  const blocks = { ...first, Evidence: hostile };
  const text = replaceBlocks(composeBody(first), blocks);
  expect(replaceBlocks(text, blocks)).toBe(text);
  expect(text).toBe(composeBody(blocks));
  for (const name of BLOCKS)
    expect([name, times(text, begin(name)), times(text, end(name))]).toEqual([name, 1, 1]);
  expect(replaceBlocks(text, second)).toBe(composeBody(second));
});
