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

test("other commands say the same in their words, without a trace", async () => {
  expect(await typed("judge", "--rums", "x")).toEqual({
    code: 1,
    said: "Unknown option '--rums'. --help lists the commands with what they take.",
  });
});
