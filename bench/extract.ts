// Prints what reading logs costs: processor time beside that of `gzip -dc`, of the log and of the log packed, memory
// by size, and, where the corpus is at hand, how many failures are found. bun bench/extract.ts [MB] [runs] [SHARED]
// Large logs are made from the project's own recorded ones and ordinary build output. The corpus is looked
// for in ../shared, or where SHARED (argument or variable) says; without it that part is left out.
import { existsSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";

const root = resolve(import.meta.dir, "..");
const [megabytes = "100", runs = "5", given = process.env.SHARED] = process.argv.slice(2);
const shared = resolve(root, given ?? "../shared");
const corpus = join(shared, "corpus");
const MEASURE = join(import.meta.dir, "extract/measure.ts");
const EXTRACT = [process.execPath, join(root, "src/main.ts"), "extract"];

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}
const pick = numbers(11);
const WORDS =
  "store shop cache queue router index parser token client server buffer worker config schema driver policy".split(
    " ",
  );
const word = () => WORDS[pick(WORDS.length)] ?? "";
const time = (at: number) =>
  `2026-01-02T${new Date(at).toISOString().slice(11, 23)}${String(pick(10_000)).padStart(4, "0")}Z `;

/** Ordinary lines of a build and its tests, in the shares that logs of failed jobs have them. */
function ordinary(at: number): string {
  const kind = pick(100);
  if (kind < 35)
    return `${time(at)}[${pick(4000)}/4000] Building CXX object src/${word()}/CMakeFiles/${word()}.dir/${word()}_${pick(900)}.cc.o`;
  if (kind < 75)
    return `${time(at)}[2026/01/02 03:04:05.${pick(1000)} +00:00] [INFO] [${word()}.go:${pick(900)}] ["${word()} ${word()} changed"] [id=${pick(1e9)}] [cost=${pick(1e5)}µs]`;
  if (kind < 85)
    return `${time(at)}npm http fetch GET 200 https://registry.example/${word()}-${word()} ${pick(900)}ms`;
  if (kind < 92) return `${time(at)}  ✓ ${word()} ${word()} keeps its ${word()} (${pick(90)} ms)`;
  if (kind < 97) return `${time(at)}ok  \tgithub.com/acme/${word()}/${word()}\t${pick(90)}.${pick(1000)}s`;
  return `${time(at)}--- PASS: Test${word()}${pick(5000)} (0.${pick(100)}s)`;
}

/** Lines of failures of one framework, six each. */
function failing(at: number): string {
  const test = `Test${WORDS[at % 7] ?? ""}${Math.floor(at / 6)}`;
  if (at % 6 === 0) return `=== RUN   ${test}`;
  if (at % 6 === 1) return `    ${word()}_test.go:${pick(300)}: `;
  if (at % 6 === 2) return `        \tError Trace:\t/src/${word()}/${word()}_test.go:${pick(300)}`;
  if (at % 6 === 3) return `        \tError:      \tNot equal: expected ${pick(100)}, got ${pick(1000)}`;
  if (at % 6 === 4) return `        \tTest:       \t${test}`;
  return `--- FAIL: ${test} (0.${pick(100)}s)`;
}

/** Writes a log of about `size` bytes, line by line, with `tail` at its end. */
async function write(path: string, size: number, line: (at: number) => string, tail: string): Promise<void> {
  const file = await open(path, "w");
  let clock = Date.UTC(2026, 0, 2);
  for (let written = 0; written < size; ) {
    let part = "";
    while (part.length < 1 << 20) {
      clock += pick(20);
      part += `${line(clock)}\n`;
    }
    written += (await file.write(part)).bytesWritten;
  }
  await file.write(tail);
  await file.close();
}

/** Processor seconds and the most memory, in MB, of one command; a process of its own measures, see there. */
function cost(command: string[]): { seconds: number; memory: number } {
  const measured = Bun.spawnSync([process.execPath, MEASURE, ...command], { stderr: "inherit" });
  if (measured.exitCode !== 0) throw new Error(`${command.join(" ")} was not measured`);
  return z.object({ seconds: z.number(), memory: z.number() }).parse(JSON.parse(measured.stdout.toString()));
}
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

const folder = await mkdtemp(join(tmpdir(), "bench-extract-"));
try {
  const size = Number(megabytes) * 1e6;
  const fixtures = join(root, "test/fixtures/logs");
  const names = [...new Bun.Glob("*.log").scanSync(fixtures)].sort();
  const recorded = (await Promise.all(names.map((name) => Bun.file(join(fixtures, name)).text()))).join("\n");
  const tail = await Bun.file(join(fixtures, "go-v.log")).text();
  const lines = recorded.split("\n").filter((text) => !/fail|error/i.test(text));
  const whole = recorded.split("\n");
  let next = 0;
  const logs: [string, (at: number) => string][] = [
    ["mixed build and tests", ordinary],
    ["the recorded logs' lines", (at) => `${time(at)}${lines[pick(lines.length)] ?? ""}`],
    ["the recorded logs whole, failures too", (at) => `${time(at)}${whole[next++ % whole.length] ?? ""}`],
    ["failures alone, each another one", (at) => `${time(at)}${failing(next++)}`],
    [
      "one line again and again",
      () => "2026-01-02T03:04:05.0000000Z compiling module store with -O2 -g -Wall",
    ],
  ];
  if (existsSync(join(corpus, "dev/index.json"))) {
    const Rows = z.array(z.object({ file: z.string(), bytes: z.number().optional() }));
    const rows = Rows.parse(await Bun.file(join(corpus, "dev/index.json")).json());
    const largest = rows.sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))[0];
    if (largest !== undefined) {
      const text = new TextDecoder().decode(
        Bun.gunzipSync(await Bun.file(join(corpus, "dev", largest.file)).bytes()),
      );
      const own = text.split("\n");
      let at = 0;
      logs.push(["the corpus' largest, repeated", () => own[at++ % own.length] ?? ""]);
    }
  }
  console.log(
    `${megabytes} MB, processor seconds, median of ${runs}`.padEnd(52),
    "extract  gzip -dc  ratio   of .gz  ratio",
  );
  for (const [name, line] of logs) {
    const path = join(folder, "large.log");
    await write(path, size, line, tail);
    Bun.spawnSync(["gzip", "-kf", path]);
    const ours: number[] = [];
    const theirs: number[] = [];
    const packed: number[] = [];
    for (let run = 0; run < Number(runs); run++) {
      ours.push(cost([...EXTRACT, path]).seconds);
      theirs.push(cost(["gzip", "-dc", `${path}.gz`]).seconds);
      packed.push(cost([...EXTRACT, `${path}.gz`]).seconds);
    }
    const [a, b, c] = [median(ours), median(theirs), median(packed)];
    console.log(
      `  ${name}`.padEnd(52),
      a.toFixed(2).padStart(7),
      b.toFixed(2).padStart(9),
      (a / b).toFixed(2).padStart(6),
      c.toFixed(2).padStart(8),
      (c / b).toFixed(2).padStart(6),
    );
    await rm(path);
    await rm(`${path}.gz`);
  }
  const small = join(folder, "small.log");
  await Bun.write(small, tail);
  const start = median(Array.from({ length: Number(runs) }, () => cost([...EXTRACT, small]).seconds));
  console.log("  (the start alone)".padEnd(52), start.toFixed(2).padStart(7));

  console.log("\nmost memory, MB".padEnd(54), "10 MB  100 MB    1 GB");
  for (const [name, line] of logs.filter(([name]) => /^mixed|^failures/.test(name))) {
    const path = join(folder, "memory.log");
    const most: string[] = [];
    for (const bytes of [1e7, 1e8, 1e9]) {
      await write(path, bytes, line, tail);
      most.push(
        cost([...EXTRACT, path])
          .memory.toFixed(0)
          .padStart(7),
      );
      await rm(path);
    }
    console.log(`  ${name}`.padEnd(52), most.join(" "));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const score = join(corpus, "score.ts");
if (existsSync(score)) {
  const { stdout } = Bun.spawnSync([process.execPath, score, ...EXTRACT], { stderr: "inherit" });
  console.log(`\n${stdout.toString().trimEnd().split("\n").slice(-2).join("\n")}`);
} else console.log(`\nno corpus at ${corpus}: recall and precision were not measured`);
