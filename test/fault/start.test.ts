import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockDataDir } from "../../src/platform/lock.ts";

setDefaultTimeout(240_000);

const MAIN = join(import.meta.dir, "../../src/main.ts");

/** Runs `start` in that environment and nothing else until it ends by itself. */
async function start(env: Record<string, string>, dir: string): Promise<{ code: number; said: string }> {
  const child = Bun.spawn([process.execPath, MAIN, "start"], {
    cwd: dir,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = (
    await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  ).join("");
  return { code: await child.exited, said };
}

function inFolder(run: (dir: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const dir = mkdtempSync(join(tmpdir(), "flaky-start-"));
    try {
      await run(dir);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

const SECRET = "xoxb-not-to-be-shown";

test(
  "all that is missing is named at once, with what it is for, and no secret",
  inFolder(async (dir) => {
    const { code, said } = await start(
      { SLACK_BOT_TOKEN: SECRET, PORT: "many", DATABASE_URL: "mysql://x" },
      dir,
    );
    expect(code).toBe(1);
    for (const name of [
      "GITHUB_TOKEN",
      "SLACK_SIGNING_SECRET",
      "OPENAI_API_KEY",
      "PORT",
      "DATABASE_URL",
      "CONFIG",
    ])
      expect(said).toContain(name);
    expect(said).toContain("Signing Secret");
    expect(said).not.toContain(SECRET);
    expect(said).not.toContain("    at "); // no trace
  }),
);

test(
  "a second process on the same data folder is refused with a sentence",
  inFolder(async (dir) => {
    const config = join(dir, "flaky.yaml");
    writeFileSync(config, "repos: [{ source: a/b, channel: '#c' }]\n");
    const data = join(dir, "data");
    const release = lockDataDir(data);
    try {
      const given = {
        GITHUB_TOKEN: "t",
        SLACK_BOT_TOKEN: "t",
        SLACK_SIGNING_SECRET: "t",
        OPENAI_API_KEY: "t",
      };
      const { code, said } = await start({ ...given, CONFIG: config, DATA_DIR: data, PORT: "0" }, dir);
      expect(code).toBe(1);
      expect(said).toContain(`Another process (process ${process.pid}) works on the data folder`);
      expect(said).toContain("DATABASE_URL");
    } finally {
      release();
    }
  }),
);
