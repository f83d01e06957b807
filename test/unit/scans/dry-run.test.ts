import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Io } from "../../../src/cli/io.ts";
import { scan } from "../../../src/cli/scan.ts";
import { lockDataDir } from "../../../src/platform/lock.ts";
import { fillDataDir } from "../../harness/database.ts";
import { freePort } from "../../harness/postgres.ts";
import { goFailure, printingTarget, prints } from "./target.ts";
import { REPO, ScanWorld } from "./world.ts";

setDefaultTimeout(180_000);

let world: ScanWorld;
beforeAll(async () => {
  world = await ScanWorld.start(printingTarget(), {
    bar: { confidence: 0.6, sightings: 1 },
    limits: { issues_per_scan: 2 },
  });
});
afterAll(() => world.end());

/** The command as the command line runs it, and what it wrote. */
async function run(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    env: { ...world.env, PORT: String(freePort()), SANDBOX: "none", LOG_LEVEL: "silent" },
    cwd: "/",
    execPath: process.execPath,
    clock: world.clock,
    isTerminal: false,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    status: () => {},
    stdin: new Blob([]).stream(),
    signal: new AbortController().signal,
  };
  const code = await scan(argv, io);
  return { code, out, err };
}

async function commits(files: Record<string, string>): Promise<void> {
  await world.playground.github.commit(REPO, { branch: "main", files, message: "Change" });
  await world.playground.github.idle();
}

test("a dry run prints what the real run then files", async () => {
  const { github } = world.playground;
  await commits(
    prints(
      { a: goFailure("TestFlaky"), b: goFailure("TestOther"), d: goFailure("TestLast") },
      { heals: true },
    ),
  );
  github.rerun(REPO, Number(github.runs(REPO)[0]?.id), { failedOnly: true });
  await github.idle();
  await commits({ ...prints({ c: "npm ERR! network request to the registry failed\n" }) });
  const dry = await run("--dry-run");
  expect(dry.code).toBe(0);
  expect(await issues()).toEqual([]);
  const lines = dry.out.filter((line) => line.startsWith("would"));
  const files = lines.filter((line) => line.startsWith("would file")).map((line) => line.split("\t"));
  const names = (some: string[][]) => some.map(([, , title]) => title?.split(" — ")[0]);
  expect(names(files)).toEqual(["[flaky] TestFlaky", "[flaky] TestLast"]);
  const waits = lines.filter((line) => line.startsWith("would wait")).map((line) => line.split("\t"));
  expect(names(waits)).toEqual(["[flaky] TestOther"]);
  expect(dry.out).toContain("\tcaps\tlimits.issues_per_scan and issues_per_day leave no room for it now");
  await fillDataDir(String(world.env.DATA_DIR));
  const real = await run();
  expect(real.code).toBe(0);
  expect(real.err).toEqual(dry.err);
  const filed = await issues();
  const order = filed.toSorted((a, b) => a.number - b.number);
  expect(order.map((issue) => issue.title)).toEqual(files.map(([, , title]) => String(title)));
  for (const [, verdict = "", title] of files) {
    const body = filed.find((issue) => issue.title === title)?.body ?? "";
    expect(body).toContain(verdict.split(" ")[0] ?? "");
    expect(body).toContain(/\d+ %/.exec(verdict)?.[0] ?? "no figure");
  }
  const states = lines.map((line) => (line.startsWith("would file") ? "open" : "new"));
  expect(real.out.map((line) => line.split("\t")[1]).sort()).toEqual(states.sort());
});

test("beside a running service it refuses, and names what to use", async () => {
  const unlock = lockDataDir(String(world.env.DATA_DIR));
  try {
    await expect(run()).rejects.toThrow("Beside a running service use `/flaky scan` in Slack.");
  } finally {
    unlock();
  }
});

const issues = () => world.context.forge.issuesSince(REPO, new Date(0), null);
