import { expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTerminal, writeAll } from "../../../src/cli/io.ts";

const unwanted = () => {
  throw new Error("the stream was loaded");
};

test("a file, the null device and what was closed are no terminals, and no stream is loaded to tell", async () => {
  const folder = await mkdtemp(join(tmpdir(), "io-"));
  const file = openSync(join(folder, "out"), "w");
  const nothing = openSync("/dev/null", "w");
  expect([isTerminal(file, unwanted), isTerminal(nothing, unwanted)]).toEqual([false, false]);
  closeSync(file);
  closeSync(nothing);
  expect(isTerminal(file, unwanted)).toBe(false);
  await rm(folder, { recursive: true });
});

test("a text is written whole, and one that cannot be is no silence", async () => {
  const folder = await mkdtemp(join(tmpdir(), "io-"));
  const path = join(folder, "out");
  const file = openSync(path, "w");
  const text = "\u2713 all of it\n".repeat(50_000);
  writeAll(file, text, unwanted);
  closeSync(file);
  expect(await Bun.file(path).text()).toBe(text);
  const reader = openSync(path, "r");
  expect(() => writeAll(reader, "x", unwanted)).toThrow("EBADF");
  closeSync(reader);
  await rm(folder, { recursive: true });
});
