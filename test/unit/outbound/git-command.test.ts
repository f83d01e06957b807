import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "../../../src/outbound/git/command.ts";
import { until } from "../../harness/until.ts";

test("a git that is stopped leaves no lock behind, which would stop every later one", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "git-stopped-"));
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  try {
    await git({ args: ["init", "--quiet", "--template="], cwd });
    await writeFile(join(cwd, "a"), "one\n");
    await git({ args: ["add", "a"], cwd });
    const stop = new AbortController();
    // it holds the index as long as somebody writes the message
    const args = [...who, "-c", "core.editor=sleep 20; :", "commit", "--all", "--quiet"];
    const committing = git({ args, cwd, signal: stop.signal }).catch((error: unknown) => error);
    const lock = join(cwd, ".git", "index.lock");
    await until("git holds its lock", () => existsSync(lock));
    stop.abort(new Error("the task was cancelled"));
    expect(await committing).toBeInstanceOf(Error);
    await until("the lock is gone", () => !existsSync(lock), { withinMs: 5000 });
    await git({ args: [...who, "commit", "--quiet", "--message=a"], cwd });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});
