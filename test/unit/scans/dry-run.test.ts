import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { z } from "zod";
import type { Io } from "../../../src/cli/io.ts";
import { scan } from "../../../src/cli/scan.ts";
import { lockDataDir } from "../../../src/platform/lock.ts";
import { CHANNEL } from "../../../src/playground/index.ts";
import { fillDataDir } from "../../harness/database.ts";
import { freePort } from "../../harness/postgres.ts";
import { goFailure, goTimeout, printingTarget, prints } from "./target.ts";
import { REPO, ScanWorld } from "./world.ts";

setDefaultTimeout(180_000);

let world: ScanWorld;
beforeAll(async () => {
  world = await ScanWorld.start(printingTarget(), {
    bar: { confidence: 0.6, sightings: 1 },
    limits: { issues_per_scan: 3 },
  });
});
afterAll(() => world.end());

const port = String(freePort());

/** The command as the command line runs it, and what it wrote. */
async function run(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const statuses: string[] = [];
  const io: Io = {
    env: { ...world.env, PORT: port, SANDBOX: "none", LOG_LEVEL: "silent" },
    cwd: "/",
    execPath: process.execPath,
    clock: world.clock,
    isTerminal: false,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    status: (line) => void statuses.push(line),
    stdin: new Blob([]).stream(),
    signal: new AbortController().signal,
  };
  const code = await scan(argv, io);
  return { code, out, err, statuses };
}

async function commits(files: Record<string, string>): Promise<void> {
  await world.playground.github.commit(REPO, { branch: "main", files, message: "Change" });
  await world.playground.github.idle();
}

test("a dry run prints what the real run then files, word for word", async () => {
  const { github } = world.playground;
  const hung = Array.from({ length: 25 }, (_, at) => `TestMany${String(at).padStart(2, "0")}`);
  const hostile =
    "TestWords/@team_fixes_#1_`x`_<!--flaky:end_Summary_-->_<!channel>_\u202egnp.\u200b[a](//b)";
  await commits(
    prints(
      {
        a: goFailure("TestFlaky"),
        b: goFailure("TestOther"),
        c: goTimeout(hung),
        e: goFailure(hostile),
      },
      { heals: true },
    ),
  );
  github.rerun(REPO, Number(github.runs(REPO)[0]?.id), { failedOnly: true });
  await github.idle();
  const offline = "npm ERR! network request to the registry failed\n";
  await commits(prints({ b: offline, c: offline }));
  const dry = await run("--dry-run");
  expect(dry.code).toBe(0);
  expect(await issues()).toEqual([]);
  const lines = dry.out.filter((line) => line.startsWith("would")).map((line) => line.split("\t"));
  const names = (what: string) =>
    lines.filter(([first]) => first === what).map(([, , title]) => title?.split(" — ")[0]);
  expect(names("would file")).toEqual([
    "[flaky] TestFlaky",
    expect.stringMatching(/^\[flaky\] TestWords\/@\u200bteam_fixes_#\u200b1_`x`/),
    "[flaky] TestMany00",
  ]);
  expect(names("would wait")).toEqual(["[flaky] TestOther"]);
  expect(dry.out).toContain("\tcaps\tlimits.issues_per_scan and issues_per_day leave no room for it now");

  await fillDataDir(String(world.env.DATA_DIR));
  const real = await run();
  expect(real.code).toBe(0);
  expect(real.err).toEqual(dry.err);
  expect(printedIssues(dry.out)).toEqual(await filedIssues());
  expect(dry.out).toContain("\tbody\t<details><summary>24 other tests fell with it</summary>");
  expect(printedDigest(dry.out)).toEqual(postedDigests());
  const states = lines.flatMap(([what]) =>
    what === "would file" ? ["open"] : what === "would post" ? [] : ["new"],
  );
  expect(real.out.map((line) => line.split("\t")[1]).sort()).toEqual(states.sort());
  expect(real.statuses).toContain("judging what was found, and writing");
  for (const { statuses } of [dry, real]) {
    expect(statuses).toContain(`${REPO}: asking for its runs`);
    expect(statuses).toContainEqual(expect.stringMatching(/: \d of 2 runs read$/));
    expect(statuses.at(-1)).toBe("");
  }
});

test("beside a running service it refuses, and names what to use", async () => {
  const unlock = lockDataDir(String(world.env.DATA_DIR));
  try {
    await expect(run()).rejects.toThrow("Beside a running service use `/flaky scan` in Slack.");
  } finally {
    unlock();
  }
});

/** Cells of the lines of one kind that follow each line that begins so. */
function printed(out: readonly string[], first: string, cell: string): string[][] {
  const found: string[][] = [];
  let open = false;
  for (const line of out) {
    const [at = "", name, ...rest] = line.split("\t");
    if (at !== "") open = at === first;
    if (at === first) found.push([]);
    else if (open && name === cell) found.at(-1)?.push(rest.join("\t"));
  }
  return found;
}

function printedIssues(out: readonly string[]) {
  const bodies = printed(out, "would file", "body");
  const labels = printed(out, "would file", "labels").map((cells) =>
    cells.map((cell) => cell.split(", ").toSorted().join(", ")),
  );
  const titles = out.filter((line) => line.startsWith("would file\t")).map((line) => line.split("\t")[2]);
  return titles.map((title, at) => ({ title, labels: labels[at], body: bodies[at]?.join("\n") }));
}

const Opened = z.object({
  action: z.literal("opened"),
  issue: z.object({ number: z.int(), title: z.string(), body: z.string() }),
});

/** Issues as they were when they were filed, in that order, without the mark of their key. */
async function filedIssues() {
  const standing = await issues();
  return world.playground.github.deliveries.flatMap(({ event, payload }) => {
    const opened = event === "issues" ? Opened.safeParse(JSON.parse(payload)).data : undefined;
    if (opened === undefined) return [];
    const { number, title, body } = opened.issue;
    const labels = standing
      .find((issue) => issue.number === number)
      ?.labels.toSorted()
      .join(", ");
    return [{ title, labels: [labels ?? ""], body: body.replace(/\n\n<!-- flaky:key \w+ -->$/, "") }];
  });
}

const Section = z.object({ text: z.object({ text: z.string() }) });
const textsOf = (blocks: readonly unknown[]) =>
  blocks.flatMap((block) => Section.safeParse(block).data?.text.text.split("\n") ?? []);

const printedDigest = (out: readonly string[]) => printed(out, "would post", "text");
const postedDigests = () =>
  world.playground.slack
    .messages(CHANNEL.id)
    .filter(({ text }) => text.includes("for an issue"))
    .map(({ blocks }) => textsOf(blocks ?? []));

const issues = () => world.context.forge.issuesSince(REPO, new Date(0), null);
