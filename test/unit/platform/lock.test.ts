import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../src/kernel/errors.ts";
import { lockDataDir, ownFolder } from "../../../src/platform/lock.ts";

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "lock-")), "data");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

/** Another process that takes the lock, and the first line that it said. */
async function other() {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "hold-lock.ts"), folder], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    env: {},
  });
  const reader = child.stdout.getReader();
  const said = new TextDecoder().decode((await reader.read()).value);
  return { child, said };
}

test("makes the folder, and a second process is refused with a sentence that helps", async () => {
  const release = lockDataDir(folder);
  const { child, said } = await other();
  expect(await child.exited).toBe(1);
  expect(said.replace(folder, "DATA").replace(String(process.pid), "PID")).toMatchInlineSnapshot(`
    "UserError: Another process (process PID) works on the data folder DATA. One process at a time may use the embedded database: stop that one, choose another DATA_DIR, or set DATABASE_URL to a Postgres that all can share.
    "
  `);
  release();
});

test("given back, it is another's", async () => {
  lockDataDir(folder)();
  const { child, said } = await other();
  expect(said).toBe("locked\n");
  expect(() => lockDataDir(folder)).toThrow(UserError);
  expect(() => lockDataDir(folder)).toThrow(`(process ${child.pid})`);
  child.stdin.end();
  expect(await child.exited).toBe(0);
  lockDataDir(folder)();
});

test("is gone with a process that was killed", async () => {
  const { child, said } = await other();
  expect(said).toBe("locked\n");
  child.kill("SIGKILL");
  await child.exited;
  lockDataDir(folder)();
});

test("a folder of one's own goes at the end, and what a killed process left goes at the next start", async () => {
  const later = new Date(Date.now() + 120_000);
  const mine = ownFolder(folder, "mine", later);
  mkdirSync(join(mine.dir, "task"));
  const left = join(folder, "left", "task");
  mkdirSync(left, { recursive: true });
  ownFolder(folder, "early", new Date()).remove();
  expect(existsSync(left)).toBe(true); // it may be one that has just begun
  const next = ownFolder(folder, "next", later);
  expect(readdirSync(folder).sort()).toEqual(["mine", "next"]);
  expect(existsSync(join(mine.dir, "task"))).toBe(true);
  for (const { remove } of [mine, next]) remove();
  expect(readdirSync(folder)).toEqual([]);
});

test("two folders are two locks", () => {
  const releases = [lockDataDir(join(folder, "a")), lockDataDir(join(folder, "b"))];
  for (const release of releases) release();
});
