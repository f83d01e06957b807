import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { extractInput } from "../../../src/features/failures/inputs.ts";

const encoder = new TextEncoder();
const go = (name: string) => `--- FAIL: ${name} (0.1s)\n    a_test.go:3: bad\nFAIL\texample.com/a\t0.1s\n`;
async function* nothing(): AsyncIterable<Uint8Array> {}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "odd-input-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What is found in a file, as names, and what is said of it. */
async function read(name: string, content?: string | Uint8Array<ArrayBuffer>) {
  if (content !== undefined) await Bun.write(join(folder, name), content);
  const { extraction, faults } = await extractInput(join(folder, name), nothing(), { repo: "acme/store" });
  return { names: extraction.failures.map((one) => one.test), faults, failures: extraction.failures };
}

const junit = (name: string, more = "") =>
  `<?xml version="1.0"?>\n<testsuites><testsuite name="s"><testcase name="${name}"><failure message="no">${more}</failure></testcase></testsuite></testsuites>\n`;
const trx = (name: string) =>
  `<?xml version="1.0"?><TestRun xmlns="urn:trx"><Results><UnitTestResult testName="${name}" outcome="Failed"/></Results></TestRun>\n`;
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const zip = (files: Record<string, string>) =>
  new Uint8Array(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, encoder.encode(text)]))),
  );

const READ: [string, string | Uint8Array<ArrayBuffer>, string[]][] = [
  ["empty.log", "", []],
  ["empty.xml", "", []],
  ["twice.log.gz", Bun.gzipSync(Bun.gzipSync(go("TestTwice"))), ["TestTwice"]],
  [
    "joined.log.gz",
    Buffer.concat([Bun.gzipSync(go("TestA")), Bun.gzipSync(go("TestB"))]),
    ["TestA", "TestB"],
  ],
  // nothing is written anywhere, so a path that leads out of the zip is a name like others
  ["paths.zip", zip({ "/etc/a.log": go("TestA"), "../../b.log": go("TestB") }), ["TestA", "TestB"]],
  ["nul.log", `--- FAIL: Te\u0000st\u0000X (0.1s)\n${go("TestNul")}`, ["TestX", "TestNul"]],
  ["prefixed.xml", junit("named").replace(/<(\/?)(?=test|fail)/g, "<$1j:"), ["named"]],
  ["reports.xml", junit("one") + junit("two", "<![CDATA[<failure>]]>"), ["one", "two"]],
  ["runs.trx", trx("First") + trx("Second"), ["First", "Second"]],
  ["latin1.xml", latin1(junit("größe").replace("?>", ' encoding="ISO-8859-1"?>')), ["größe"]],
  ["unknown.xml", junit("größe").replace("?>", ' encoding="no-such"?>'), ["größe"]],
  [
    "control.xml",
    junit("steers\u0007", "\u001b[31mred\u0000") + junit("spelled&#27;[1m"),
    ["steers", "spelled"],
  ],
  ["entity.xml", junit("a&nbsp;b") + junit("c", "]]>"), ["a&nbsp;b", "c"]],
  ["quoted.xml", junit("xml", "&lt;?xml version='1.0'?&gt;<![CDATA[<?xml?><testcase/>]]>"), ["xml"]],
];
test.each(READ)("%s is read whole", async (name, content, names) => {
  expect(await read(name, content)).toMatchObject({ names, faults: [] });
});

const utf32 = (text: string) =>
  new Uint8Array(Uint32Array.from(`\uFEFF${text}`, (char) => char.codePointAt(0) ?? 0).buffer);

const SAID: [string, string | Uint8Array<ArrayBuffer>, RegExp, string[]][] = [
  ["thrice.log.gz", Bun.gzipSync(Bun.gzipSync(Bun.gzipSync(go("TestA")))), /archive within an archive/, []],
  ["packed.log.gz", Bun.gzipSync(zip({ "a.log": go("TestA") })), /archive within an archive/, []],
  ["utf32.log", utf32(go("TestA")), /binary/, []],
  [
    "page.html.log",
    "<!DOCTYPE html><html><body>Not found</body></html>",
    /neither JUnit's nor TRX: .*<html>/,
    [],
  ],
  ["nunit.xml", "<?xml version='1.0'?><test-run><test-case/></test-run>", /neither .*<test-run>/, []],
  ["behind.xml", `${junit("one")}exit 1\n`, /text data outside/, ["one"]],
  [
    "second.xml",
    `${junit("one")}<!DOCTYPE x [<!ENTITY a "b">]>${junit("two")}`,
    /declares entities/,
    ["one"],
  ],
  ["deep.xml", "<testsuite>".repeat(1000), /nested over 200 deep/, []],
];
test.each(SAID)("of %s is said what is wrong", async (name, content, said, names) => {
  const { faults, ...found } = await read(name, content);
  expect([faults.length, faults[0]]).toEqual([1, expect.stringMatching(said)]);
  expect(found.names).toEqual(names);
});

test("a zip of more files than anybody's logs is refused, not unpacked", async () => {
  const many = zip({ "a.log": go("TestA") });
  new DataView(many.buffer).setUint16(many.length - 12, 10_001, true);
  expect((await read("many.zip", many)).faults).toEqual([expect.stringContaining("over 10000 entries")]);
});

test("a folder whose links lead in a circle, out of it or nowhere", async () => {
  await mkdir(join(folder, "links/below"), { recursive: true });
  await Bun.write(join(folder, "links/below/a.log"), go("TestA"));
  await Bun.write(join(folder, "outside.log"), go("TestOutside"));
  await symlink("..", join(folder, "links/below/up"));
  await symlink(join(folder, "outside.log"), join(folder, "links/out.log"));
  await symlink("/nowhere", join(folder, "links/nowhere.log"));
  expect(await read("links")).toMatchObject({ names: ["TestA"], faults: [] });
});

test("names and messages without bounds are cut, and stay apart", async () => {
  const huge = "n".repeat(1_000_000);
  const cases = [1, 2].map(
    (at) =>
      `<testcase name="t${at}" classname="${huge}" file="${huge}"><failure message="${huge}"/></testcase>`,
  );
  const { failures } = await read("huge.xml", `<testsuite>${cases.join("")}${cases[0]}</testsuite>`);
  expect(failures.map((one) => one.test)).toEqual(["t1", "t2"]);
  expect(JSON.stringify(failures).length).toBeLessThan(20_000);
});

test("a test with data is its rows in TRX; where no row failed, itself", async () => {
  const row = (name: string, outcome: string, inner = "") =>
    `<UnitTestResult testName="${name}" outcome="${outcome}">${inner}</UnitTestResult>`;
  const told = (message: string) => `<Output><ErrorInfo><Message>${message}</Message></ErrorInfo></Output>`;
  const rows = `<InnerResults>${row("A(1)", "Failed", told("one"))}${row("A(2)", "Passed")}</InnerResults>`;
  const whole = `<InnerResults>${row("B(1)", "Passed")}</InnerResults>`;
  const { failures } = await read(
    "rows.trx",
    `<TestRun><Results>${row("A", "Failed", told("all") + rows)}${row("B", "Timeout", whole + told("late"))}</Results></TestRun>`,
  );
  expect(failures.map(({ test: name, message, kind }) => [name, message, kind])).toEqual([
    ["A(1)", "one", "error"],
    ["B", "late", "timeout"],
  ]);
});
