import { expect, test } from "bun:test";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = join(import.meta.dir, "../../../src/main.ts");
const start = (...argv: string[]) =>
  Bun.spawn([process.execPath, main, ...argv], { stdout: "pipe", stderr: "pipe" });

test("each command says what it takes", async () => {
  for (const command of ["extract", "judge", "task"]) {
    const child = start(command, "--help");
    expect(await new Response(child.stdout).text()).toContain(`  ${command} `);
    expect([await child.exited, await new Response(child.stderr).text()]).toEqual([0, ""]);
  }
});

test("a command that waits for input is ended by the first signal", async () => {
  const folder = await mkdtemp(join(tmpdir(), "main-"));
  const pipe = join(folder, "pipe");
  await Bun.spawn(["mkfifo", pipe]).exited;
  const child = start("extract", pipe);
  // opened here once it is opened there: it waits for bytes that do not come
  const writer = await open(pipe, "w");
  child.kill("SIGTERM");
  await child.exited;
  expect(child.signalCode).toBe("SIGTERM");
  await writer.close();
  await rm(folder, { recursive: true });
});
