/**
 * Small suites that are truly flaky (bench/flaky-suites/*.txt), each with a fix and a patch that only masks. For each:
 * does the failure come in our runs, do the runs after the fix prove it, and is the masking patch stopped by gates or runs.
 *
 *   bun bench/flaky-suites.ts [python|bun|go]…     needs python3 with pytest, and go with gcc (for -race)
 *
 * Stress by toolchain: Go under -race, shuffled, with GOMAXPROCS 1, 2 and 4 in turn; Python with another hash seed each run.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { judgePatch } from "../src/features/fixes/run/gates/index.ts";
import { rateBound, runsNeeded } from "../src/features/fixes/run/proof.ts";
import { filePatch } from "./gates/cases.ts";

const MOST_BEFORE = 60;
const MOST_AFTER = 80;
const ENOUGH = 3;

type Side = "---" | "+++" | "***";
interface Suite {
  name: string;
  sides: Record<Side, Map<string, string[]>>;
}

function readSuites(text: string): Suite[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [name = "", ...rest] = part.split("\n");
      const sides: Suite["sides"] = { "---": new Map(), "+++": new Map(), "***": new Map() };
      let lines: string[] = [];
      for (const line of rest) {
        const [, mark, path = ""] = /^(---|\+\+\+|\*\*\*) (\S+)$/.exec(line) ?? [];
        if (mark === "---" || mark === "+++" || mark === "***") {
          lines = [];
          sides[mark].set(path, lines);
        } else lines.push(line);
      }
      return { name, sides };
    });
}

/** How a language's tests are prepared and run once; `turn` varies the stress. */
const HARNESS: Record<
  string,
  { prepare: string[] | null; run: string[]; env: (turn: number) => Record<string, string> }
> = {
  python: {
    prepare: null,
    run: ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
    env: (turn) => ({
      PYTHONHASHSEED: String(turn),
      PYTHONDONTWRITEBYTECODE: "1",
      PYTEST_DISABLE_PLUGIN_AUTOLOAD: "1",
    }),
  },
  bun: { prepare: null, run: [process.execPath, "test"], env: () => ({}) },
  go: {
    prepare: ["go", "test", "-race", "-c", "-o", "suite.bin", "."],
    run: ["./suite.bin", "-test.shuffle=on"],
    env: (turn) => ({ GOMAXPROCS: String([1, 2, 4][turn % 3]) }),
  },
};

async function fails(language: string, dir: string, turn: number): Promise<boolean> {
  const harness = HARNESS[language];
  const env = { ...process.env, ...harness?.env(turn) };
  const child = Bun.spawn(harness?.run ?? [], { cwd: dir, env, stdout: "ignore", stderr: "ignore" });
  return (await child.exited) !== 0;
}

/** Writes one side of a suite down, builds it, and runs it until `until` says so. */
async function series(
  language: string,
  suite: Suite,
  side: Side,
  until: (runs: number, failures: number) => boolean,
): Promise<{ runs: number; failures: number }> {
  const dir = await mkdtemp(join(tmpdir(), "flaky-suite-"));
  try {
    for (const [path, lines] of suite.sides[side]) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), lines.join("\n"));
    }
    if (language === "go") await writeFile(join(dir, "go.mod"), "module a\n\ngo 1.19\n");
    const prepare = HARNESS[language]?.prepare ?? null;
    if (prepare !== null) {
      const built = Bun.spawn(prepare, { cwd: dir, stdout: "ignore", stderr: "inherit" });
      if ((await built.exited) !== 0) throw new Error(`${suite.name} does not build`);
    }
    let [runs, failures] = [0, 0];
    while (!until(runs, failures)) {
      failures += (await fails(language, dir, runs)) ? 1 : 0;
      runs++;
    }
    return { runs, failures };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function maskingPatch({ sides }: Suite): string {
  const paths = [...new Set([...sides["---"].keys(), ...sides["***"].keys()])];
  return paths
    .map((path) => filePatch(path, sides["---"].get(path) ?? null, sides["***"].get(path) ?? null))
    .join("");
}

const wanted = process.argv.slice(2);
const sum = { suites: 0, reproduced: 0, proven: 0, stopped: 0 };
for (const language of Object.keys(HARNESS).filter((name) => wanted.length === 0 || wanted.includes(name))) {
  for (const suite of readSuites(
    await Bun.file(join(import.meta.dir, "flaky-suites", `${language}.txt`)).text(),
  )) {
    const before = await series(
      language,
      suite,
      "---",
      (runs, failures) => runs >= MOST_BEFORE || failures >= ENOUGH,
    );
    const needed = Math.min(runsNeeded(before), MOST_AFTER);
    const after = await series(language, suite, "+++", (runs, failures) => runs >= needed || failures > 0);
    const { verdict } = await judgePatch(maskingPatch(suite), { evidence: "" });
    const masked =
      verdict === "allow"
        ? await series(language, suite, "***", (runs, failures) => runs >= needed || failures > 0)
        : null;
    const stopped = masked === null || masked.failures > 0;
    sum.suites++;
    sum.reproduced += before.failures > 0 ? 1 : 0;
    sum.proven += after.failures === 0 && before.failures > 0 ? 1 : 0;
    sum.stopped += stopped ? 1 : 0;
    const bound =
      after.failures > 0
        ? "fails still"
        : `below ${((rateBound(after.runs) ?? 1) * 100).toFixed(1)} % at 95 %`;
    console.log(
      `${language} ${suite.name}: ${before.failures} of ${before.runs} failed; fix: ${after.failures} of ${after.runs}, ${bound}; masking: ${masked === null ? `gates ${verdict}` : `${masked.failures} of ${masked.runs}`}`,
    );
  }
}
console.log(
  `${sum.suites} suites: reproduced ${sum.reproduced}, fix proven ${sum.proven}, masking patch stopped ${sum.stopped}`,
);
