import { expect, test } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../../..");

/** What a command typed by a person answers: its exit code and what stands on standard error. */
async function typed(...argv: string[]): Promise<{ code: number; said: string }> {
  const child = Bun.spawn([process.execPath, "--no-env-file", "src/main.ts", ...argv], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "", NO_COLOR: "1" },
    stdout: "ignore",
    stderr: "pipe",
  });
  const said = await new Response(child.stderr).text();
  return { code: await child.exited, said: said.trimEnd() };
}

test("gates wrongly used gives no verdict: its exit code is none of theirs, and it says what is wrong", async () => {
  expect(await typed("gates", "--pach", "x")).toEqual({
    code: 64,
    said: "Unknown option '--pach'. Did you mean --patch? --help lists the commands with what they take.",
  });
  expect(await typed("gates", "--patch", "/no/such.patch")).toEqual({
    code: 64,
    said: "/no/such.patch is not there.",
  });
  expect((await typed("gates", "--commit", "zzz")).code).toBe(64);
});

test.each([
  ["scan --sicne 3d", " Did you mean --since?"],
  ["judge --rnus x", " Did you mean --runs?"],
  ["demo --exti", " Did you mean --exit?"],
  ["judge --ruins-of-it", ""],
  ["doctor --fix", ""],
])("%s is answered without a trace, with the nearest flag if there is one", async (words, hint) => {
  const flag = words.split(" ")[1];
  expect(await typed(...words.split(" "))).toEqual({
    code: 1,
    said: `Unknown option '${flag}'.${hint} --help lists the commands with what they take.`,
  });
});

test("arguments are read in one place, which knows the flags when they are wrong", async () => {
  const readers = new Bun.Glob("src/**/*.ts").scan({ cwd: ROOT });
  const direct: string[] = [];
  for await (const path of readers)
    if (/parseArgs\b.*"node:util"/.test(await Bun.file(join(ROOT, path)).text())) direct.push(path);
  // extract loads little at its start, and names the nearest flag itself
  expect(direct.sort()).toEqual(["src/commands/cli/extract.ts", "src/kernel/args.ts"]);
});
