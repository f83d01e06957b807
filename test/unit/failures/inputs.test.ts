import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { bounded } from "../../../src/features/failures/inputs/plain.ts";
import { extractInput } from "../../../src/features/failures/inputs.ts";

const encoder = new TextEncoder();
const go = (name: string) => `--- FAIL: ${name} (0.1s)\n    a_test.go:3: bad\nFAIL\texample.com/a\t0.1s\n`;
async function* nothing(): AsyncIterable<Uint8Array> {}
async function* bytes(...chunks: Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inputs-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a file, extracts it, and tells the names and the faults. */
async function read(name: string, content: string | Uint8Array<ArrayBuffer>) {
  const path = join(folder, name);
  await Bun.write(path, content);
  const { extraction, faults } = await extractInput(path, nothing(), { repo: "acme/store" });
  return { names: extraction.failures.map((one) => one.test), faults, extraction };
}

test("plain, gzip and UTF-16 hold the same log", async () => {
  expect((await read("a.log", go("TestA"))).names).toEqual(["TestA"]);
  expect((await read("a.log.gz", Bun.gzipSync(go("TestA")))).names).toEqual(["TestA"]);
  expect((await read("b.log", new Uint8Array(Buffer.from(`\uFEFF${go("TestA")}`, "utf16le")))).names).toEqual(
    ["TestA"],
  );
});

test("a pipe is read once and whole", async () => {
  const path = join(folder, "pipe");
  await Bun.spawn(["mkfifo", path]).exited;
  const log = `${"an ordinary line\n".repeat(1000)}${go("TestA")}`;
  const writer = Bun.spawn(["sh", "-c", 'cat > "$0"', path], { stdin: encoder.encode(log) });
  const { extraction } = await extractInput(path, nothing(), { repo: "acme/store" });
  expect(extraction.failures).toMatchObject([{ test: "TestA", line: 1001 }]);
  expect(await writer.exited).toBe(0);
});

test("a gzip that was cut gives what came before the cut, and says so", async () => {
  const noise = Array.from({ length: 20_000 }, (_, i) => `line ${(i * 7919) % 104_729}\n`).join("");
  const packed = Bun.gzipSync(go("TestA") + noise);
  const { names, faults } = await read("cut.log.gz", packed.slice(0, packed.length / 2));
  expect(names).toEqual(["TestA"]);
  expect(faults).toHaveLength(1);
});

test("a zip of jobs: each job's whole log once, not its steps again", async () => {
  const zip = zipSync({
    "0_unit.txt": encoder.encode(go("TestA")),
    "unit/1_Run tests.txt": encoder.encode(go("TestA")),
    "1_other.txt": encoder.encode(go("TestB")),
    "notes.md": encoder.encode(go("TestC")),
  });
  expect((await read("jobs.zip", new Uint8Array(zip))).names).toEqual(["TestA", "TestB"]);
});

test("a broken zip is named and nothing else happens", async () => {
  const zip = new Uint8Array(zipSync({ "a.log": encoder.encode(go("TestA")) }));
  expect((await read("half.zip", zip.slice(0, 30))).faults).toHaveLength(1);
  const wrong = zip.slice();
  wrong.fill(0xff, 40, 60);
  expect((await read("wrong.zip", wrong)).faults).toHaveLength(1);
});

test("what unpacks to more than its bound is stopped", async () => {
  const chunk = new Uint8Array(1000);
  const work = (async () => {
    for await (const _ of bounded(bytes(chunk, chunk, chunk), 2500));
  })();
  await expect(work).rejects.toThrow("unpacks to more than");
});

test("binary is refused in words", async () => {
  const { faults } = await read(
    "image.log",
    new Uint8Array(5000).map((_, i) => (i % 3 === 0 ? 0 : i % 256)),
  );
  expect(faults[0]).toContain("binary");
});

test("a folder is one input, its logs in the order of their names", async () => {
  await Bun.write(join(folder, "many/b.log"), go("TestB"));
  await Bun.write(join(folder, "many/deep/c.txt"), go("TestC"));
  await Bun.write(join(folder, "many/a.log"), go("TestA"));
  const { extraction } = await extractInput(join(folder, "many"), nothing(), { repo: "" });
  expect(extraction.failures.map((one) => one.test)).toEqual(["TestA", "TestB", "TestC"]);
});

test("standard input may be a log or a zip", async () => {
  const names = async (...chunks: Uint8Array[]) =>
    (await extractInput("-", bytes(...chunks), { repo: "" })).extraction.failures.map((one) => one.test);
  const log = encoder.encode(go("TestA"));
  expect(await names(log.subarray(0, 5), log.subarray(5))).toEqual(["TestA"]);
  expect(await names(zipSync({ "a.log": log }))).toEqual(["TestA"]);
});

test("JUnit XML: failures, errors, flaky ones, skipped ones", async () => {
  const xml = `<?xml version="1.0"?><testsuites><testsuite name="store">
    <testcase name="ok" classname="Store"/><testcase name="skips" classname="Store"><skipped/></testcase>
    <testcase name="gets" classname="Store" file="store_test.go"><failure message="1 != 2">at store &amp; co</failure></testcase>
    <testcase name="breaks" classname="Store"><error message="no connection"/></testcase>
    <testcase name="flips" classname="Store"><flakyFailure message="once">x</flakyFailure></testcase>
    </testsuite></testsuites>`;
  const { extraction, faults } = await read("report.xml", xml);
  expect(faults).toEqual([]);
  expect(
    extraction.failures.map((one) => [
      one.test,
      one.suite,
      one.kind,
      one.message.split("\n")[0],
      one.retried_ok,
    ]),
  ).toEqual([
    ["gets", "Store", "assert", "1 != 2", undefined],
    ["breaks", "Store", "error", "no connection", undefined],
    ["flips", "Store", "assert", "once", true],
  ]);
});

test("TRX", async () => {
  const xml = `<?xml version="1.0"?><TestRun><Results>
    <UnitTestResult testName="Acme.Gets" outcome="Failed"><Output><ErrorInfo><Message>1 != 2</Message></ErrorInfo></Output></UnitTestResult>
    <UnitTestResult testName="Acme.Puts" outcome="Passed"/></Results></TestRun>`;
  expect((await read("report.trx", xml)).names).toEqual(["Acme.Gets"]);
});

test("an entity bomb is refused, broken XML is named", async () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>`;
  expect((await read("bomb.xml", bomb)).faults[0]).toContain("entities");
  expect((await read("broken.xml", "<testsuite><testcase></testsuite>")).faults[0]).toContain("XML");
});

test("what is not there is named", async () => {
  const { faults } = await extractInput(join(folder, "absent.log"), nothing(), { repo: "" });
  expect(faults[0]).toContain("absent.log");
});
