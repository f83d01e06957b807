import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { runExtract } from "../../../src/commands/cli/extract.ts";
import { extractInput } from "../../../src/features/failures/inputs.ts";

const encoder = new TextEncoder();
const go = (name: string) => `--- FAIL: ${name} (0.1s)\n    a_test.go:3: bad\nFAIL\texample.com/a\t0.1s\n`;
const MiB = 1024 ** 2;
const options = { repo: "acme/store" };
async function* nothing(): AsyncIterable<Uint8Array> {}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bad-input-"));
  await Bun.write(join(folder, "good.log"), go("TestGood"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a file and runs the command on it and on a good one. */
async function run(name: string, content: string | Uint8Array<ArrayBuffer> | undefined) {
  const path = join(folder, name);
  if (content !== undefined) await Bun.write(path, content);
  const out: string[] = [];
  const err: string[] = [];
  const code = await runExtract([path, join(folder, "good.log")], {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    stdin: nothing(),
    isTTY: true,
  });
  const found = [...out.join("").matchAll(/(Test\w+) {2}\[/g)].map((match) => match[1]);
  return { code, err: err.join(""), found };
}

const gzip = (text: string) => Bun.gzipSync(text);
const noise = Array.from({ length: 20_000 }, (_, i) => `line ${(i * 7919) % 104_729}\n`).join("");
const zipOf = (files: Record<string, Uint8Array>) => new Uint8Array(zipSync(files));
const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite/>`;
const half = `<testsuite name="s"><testcase name="TestFirst"><failure message="x"/></testcase><testcase na`;
const binary = new Uint8Array(5000).map((_, at) => (at * 131) % 7);

/** As packed data is: few zeros, every byte as often as another. */
const packed = new Uint8Array(5000);
for (let at = 0, state = 1; at < packed.length; at++) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  packed[at] = state >>> 24;
}

const BAD: [string, string | Uint8Array<ArrayBuffer> | undefined, RegExp, string[]][] = [
  ["binary.log", binary, /binary\.log: it is binary/, []],
  ["packed.log", packed, /packed\.log: it is binary/, []],
  [
    "cut.zip",
    zipOf({ "a.log": encoder.encode(go("TestA")) }).slice(0, 40),
    /cut\.zip: the zip has no directory/,
    [],
  ],
  ["nested.zip", zipOf({ "in.zip": zipOf({ "a.log": encoder.encode(go("TestA")) }) }), /archive within/, []],
  ["stub.gz", gzip("x").slice(0, 5), /^cannot read \S*stub\.gz: it ends early\n/, []],
  [
    "cut.log.gz",
    gzip(go("TestCut") + noise).slice(0, 40_000),
    /^cannot read the rest of \S*cut\.log\.gz: it ends early\n/,
    ["TestCut"],
  ],
  [
    "short-cut.log.gz",
    gzip(go("TestShort") + noise.slice(0, 500)).slice(0, -20),
    /^cannot read the rest of \S*short-cut\.log\.gz: it ends early\n/,
    ["TestShort"],
  ],
  [
    "no-trailer.log.gz",
    gzip(go("TestWhole")).slice(0, -8),
    /^cannot read the rest of \S*no-trailer\.log\.gz: it ends early\n/,
    ["TestWhole"],
  ],
  ["bomb.xml", bomb, /bomb\.xml: the XML declares entities/, []],
  ["half.xml", half, /half\.xml: not well-formed XML/, ["TestFirst"]],
  ["absent.log", undefined, /absent\.log: .*(?:ENOENT|no such file)/, []],
  ["good.log/below", undefined, /good\.log\/below: .*ENOTDIR/, []],
];
for (const [name, content, said, found] of BAD) {
  test(`${name}: a line on stderr, the rest done, exit 2`, async () => {
    const result = await run(name, content);
    expect(result.err.trimEnd().split("\n")).toHaveLength(1);
    expect(result.err).toMatch(said);
    expect([result.code, result.found]).toEqual([2, [...found, "TestGood"]]);
  });
}

test("what unpacks to more than may be is stopped, and says so", async () => {
  const much = new Uint8Array(24 * MiB).fill(120);
  await Bun.write(join(folder, "ratio.zip"), zipOf({ "a.log": much, "b.log": much }));
  await Bun.write(join(folder, "ratio.gz"), Bun.gzipSync(much));
  for (const name of ["ratio.zip", "ratio.gz"]) {
    const result = await extractInput(join(folder, name), nothing(), { ...options, maxUnpacked: 16 * MiB });
    expect([name, result.faults.length, result.faults[0]]).toEqual([
      name,
      1,
      expect.stringContaining("unpacks to more than 16 MiB"),
    ]);
  }
});

test("one line of 64 MiB needs no memory, and what follows it is read", async () => {
  const part = encoder.encode("x".repeat(MiB));
  async function* endless(): AsyncIterable<Uint8Array> {
    for (let i = 0; i < 64; i++) yield part;
    yield encoder.encode(`\n${go("TestAfter")}`);
  }
  Bun.gc(true);
  const before = process.memoryUsage().rss;
  const { extraction, faults } = await extractInput("-", endless(), options);
  expect(faults).toEqual([]);
  expect(extraction.failures.map((one) => [one.test, one.line])).toEqual([["TestAfter", 2]]);
  expect(process.memoryUsage().rss - before).toBeLessThan(32 * MiB);
});

const utf16 = (text: string, big: boolean) => {
  const bytes = Buffer.from(text, "utf16le");
  return new Uint8Array(big ? bytes.swap16() : bytes);
};
test("other encodings: UTF-16 with and without its mark, Latin-1", async () => {
  const log = `größer als nötig\n${go("TestWide")}`;
  for (const [name, bytes] of [
    ["le.log", utf16(`\uFEFF${log}`, false)],
    ["be.log", utf16(`\uFEFF${log}`, true)],
    ["bare-le.log", utf16(log, false)],
    ["bare-be.log", utf16(log, true)],
    ["latin1.log", new Uint8Array(Buffer.from(log, "latin1"))],
  ] as const)
    expect([name, await run(name, bytes)]).toEqual([
      name,
      { code: 0, err: "", found: ["TestWide", "TestGood"] },
    ]);
});

test("a folder with a bad file in it: the bad one is named, the others are read", async () => {
  await mkdir(join(folder, "many/deep"), { recursive: true });
  await Bun.write(join(folder, "many/a.log"), go("TestA"));
  await Bun.write(join(folder, "many/deep/b.log"), binary);
  const result = await run("many", undefined);
  expect(result.err).toContain(join("many", "deep", "b.log"));
  expect([result.code, result.found]).toEqual([2, ["TestA", "TestGood"]]);
});

test("our own issue in a log is another run's log", async () => {
  const issue = `<!-- flaky:begin failure -->\n\`\`\`text\n${go("TestOther")}\`\`\`\n<!-- flaky:end failure -->\n`;
  expect((await run("issue.log", `${issue}${go("TestOwn")}`)).found).toEqual(["TestOwn", "TestGood"]);
});

test("GitHub's archive of an attempt: each job's whole log once, however its name is cut", async () => {
  const long = "integration tests on a very long platform name, version";
  const zip = zipOf({
    "0_unit (ubuntu, 1.22).txt": encoder.encode(go("TestUnit")),
    "unit (ubuntu, 1.22)/1_Set up job.txt": encoder.encode("hello\n"),
    "unit (ubuntu, 1.22)/2_Run tests.txt": encoder.encode(go("TestUnit")),
    "1_call  lint.txt": encoder.encode("fine\n"),
    "call lint/1_Run.txt": encoder.encode(go("TestNot")),
    [`2_${long} 3.txt`]: encoder.encode(go("TestLong")),
    [`${long}/1_Run.txt`]: encoder.encode(go("TestLong")),
    "alone/1_Run.txt": encoder.encode(go("TestAlone")),
  });
  await Bun.write(join(folder, "attempt.zip"), zip);
  const { extraction } = await extractInput(join(folder, "attempt.zip"), nothing(), options);
  expect(extraction.failures.map((one) => one.test)).toEqual(["TestUnit", "TestLong", "TestAlone"]);
  expect(extraction.lines).toBe(3 + 1 + 3 + 3);
});
