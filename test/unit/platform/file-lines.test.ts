import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linesBefore } from "../../../src/platform/file-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "flaky-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const path = join(folder, `${Bun.hash(text)}`);
  writeFileSync(path, text);
  return path;
}

/** All lines, from the last window to the first, and how long the longest window was. */
async function backwards(path: string): Promise<{ lines: string[]; longest: number }> {
  const windows: string[] = [];
  for (let before: number | null = null; before !== 0; ) {
    const found = await linesBefore(path, before);
    if (found === null) throw new Error("no file");
    windows.unshift(found.text);
    before = found.from;
  }
  const longest = Math.max(...windows.map((text) => Buffer.byteLength(text)));
  return { lines: windows.join("").split("\n").slice(0, -1), longest };
}

test("a large file is read from its end in windows, each line once and whole", async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `${n} – ${"ü".repeat(n % 300)}`);
  const path = fileOf(`${lines.join("\n")}\n`);
  const { lines: read, longest } = await backwards(path);
  expect(read).toEqual(lines);
  expect(longest).toBeLessThanOrEqual(64 * 1024);
});

test("a line longer than a window comes whole; one beyond all bounds is passed over", async () => {
  const [long, endless] = ["x".repeat(300_000), "y".repeat(5_000_000)];
  const read = await backwards(fileOf(`a\n${long}\nb\n`));
  expect(read.lines).toEqual(["a", long, "b"]);
  const path = fileOf(`a\n${endless}\nb\n`);
  const last = await linesBefore(path, null);
  expect(last?.text).toBe("b\n");
  const before = await linesBefore(path, last?.from ?? 0);
  expect([before?.text, before?.from]).toEqual(["", 2 + 5_000_001 - 2 ** 21]);
});

test("an empty file has no lines, a missing one is none, and a place behind the end is the end", async () => {
  expect(await linesBefore(fileOf(""), null)).toEqual({ text: "", from: 0 });
  expect(await linesBefore(join(folder, "missing"), null)).toBeNull();
  expect(await linesBefore(fileOf("a\nhalf"), 1000)).toEqual({ text: "a\nhalf", from: 0 });
});
