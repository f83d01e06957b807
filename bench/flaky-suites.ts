/**
 * Small suites that are truly flaky (bench/flaky-suites/*.txt), each with a fix and a patch that only masks. For each, by
 * the product's own reproduction and proof, in its sandbox: does the failure come, plain or under a stress, do the runs
 * after the fix prove it, and is the masking patch stopped by gates or runs.
 *
 *   bun bench/flaky-suites.ts [python|bun|go]… [--only WORDS]     needs python3 with pytest, and go with gcc (for -race)
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { failedTests } from "../src/features/failures/failed-tests.ts";
import type { FixTest } from "../src/features/fixes/model.ts";
import { emptyRecord, type FixRun } from "../src/features/fixes/run/context.ts";
import { judgePatch } from "../src/features/fixes/run/gates/index.ts";
import { prove, rateBound, reproduce } from "../src/features/fixes/run/proof.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { RepoName, TaskId } from "../src/kernel/ids.ts";
import { failedText } from "../src/kernel/text/figures.ts";
import { detectSandbox, runtimeFrom } from "../src/outbound/sandbox/index.ts";
import { filePatch } from "./gates/cases.ts";

/** Most runs of each side. */
const MOST = 60;
const MINUTES = 20;

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

/** How a language's tests are named and run once. */
const HARNESS: Record<string, { line: string; name: RegExp }> = {
  python: {
    line: 'PYTHONHASHSEED=random python -m pytest -q -p no:cacheprovider {file} -k "{test}"',
    name: /^def (test_\w+)/m,
  },
  bun: { line: "bun test {file} -t {test_regex}", name: /^test\("([^"]+)"/m },
  go: { line: "go test -race -vet=off -count=1 -v -run {test_regex} .", name: /^func (Test\w+)/gm },
};

const path = process.env.PATH ?? "";
const { sandbox } = await detectSandbox({ path, want: "auto", allowNone: true });
const runtime = runtimeFrom({ path, execPath: process.execPath, hidden: [process.env.HOME ?? ""] });
// a Python that is kept below HOME is found through a script that needs all of it
const prefix = Bun.spawnSync(["python3", "-c", "import sys; print(sys.prefix)"]).stdout.toString().trim();
if (prefix !== "") {
  runtime.readable.push(prefix);
  runtime.path = `${prefix}/bin:${runtime.path}`;
}
const scratch = await mkdtemp(join(tmpdir(), "flaky-suites-"));
await Promise.all(["cache", "downloads"].map((name) => mkdir(join(scratch, name))));

/** The test that fails: where one needs another, it is the one behind. */
function testOf(language: string, suite: Suite): FixTest {
  const [file = "", lines = []] = [...suite.sides["---"]].at(-1) ?? [];
  const found =
    [...lines.join("\n").matchAll(new RegExp(HARNESS[language]?.name ?? /$a/, "gm"))].at(-1)?.[1] ?? "";
  return { name: found, file, framework: language === "python" ? "pytest" : language };
}

/** Writes one side of a suite down, for a run of the product's that knows no clone and no model. */
async function sideOf(language: string, suite: Suite, side: Side) {
  const dir = await mkdtemp(join(scratch, "side-"));
  for (const [name, lines] of suite.sides[side]) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), lines.join("\n"));
  }
  if (language === "go") await writeFile(join(dir, "go.mod"), "module a\n\ngo 1.19\n");
  const test = testOf(language, suite);
  const { signal } = new AbortController();
  const run: FixRun = {
    input: {
      taskId: TaskId.parse("suite"),
      repo: RepoName.parse("bench/suites"),
      ...{ kind: "fix", source: { localDir: dir }, base: null, branch: "x", objective: null, evidence: "" },
      ...{ analysis: null, context: null, discussion: [], reviewComments: [], earlierFixes: [] },
      ...{ paths: { allow: [], deny: [], product: "deny" }, budget: { usd: 1, steps: 1, minutes: MINUTES } },
      ...{
        test,
        toolchain: { test: HARNESS[language]?.line ?? "" },
        prove: { runs: MOST },
        fixer: { kind: "model" },
      },
    },
    deps: {
      ...{
        sandbox,
        clock: systemClock,
        workDir: scratch,
        artifactsDir: scratch,
        runtime,
        failedTests,
        signal,
      },
      ...{ prompts: () => "", onPhase: async () => {} },
      git: unused("git"),
      model: unused("model"),
    },
    ...{ signal, scratch, artifacts: scratch, record: emptyRecord() },
    deadline: new Date(Date.now() + MINUTES * 60_000),
  };
  const cache = join(scratch, language === "go" ? "cache" : `cache-${crypto.randomUUID()}`);
  await mkdir(cache, { recursive: true });
  // what runs beside is of this side
  await rm(join(cache, "beside"), { recursive: true, force: true });
  return { run, tree: { dir, cache }, test };
}

/** What a run without clone and model never asks for. */
const unused = (name: string): never =>
  new Proxy(
    {},
    {
      get: () => {
        throw new Error(`${name} is not used here`);
      },
    },
  ) as never; // stands for any port, and none of its verbs is called

function maskingPatch({ sides }: Suite): string {
  const paths = [...new Set([...sides["---"].keys(), ...sides["***"].keys()])];
  return paths
    .map((path) => filePatch(path, sides["---"].get(path) ?? null, sides["***"].get(path) ?? null))
    .join("");
}

const { values, positionals: wanted } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: { only: { type: "string", default: "" } },
});
const sum = { suites: 0, reproduced: 0, proven: 0, stopped: 0 };
for (const language of Object.keys(HARNESS).filter((name) => wanted.length === 0 || wanted.includes(name))) {
  const text = await Bun.file(join(import.meta.dir, "flaky-suites", `${language}.txt`)).text();
  for (const suite of readSuites(text).filter(({ name }) => name.includes(values.only))) {
    const old = await sideOf(language, suite, "---");
    const before = await reproduce(old.run, old.tree, old.test);
    const fixed = await sideOf(language, suite, "+++");
    const after = await prove(fixed.run, fixed.tree, old.test, before);
    const { verdict } = await judgePatch(maskingPatch(suite), { evidence: before.failure ?? "" });
    const masking = verdict === "allow" ? await sideOf(language, suite, "***") : null;
    const masked = masking === null ? null : await prove(masking.run, masking.tree, old.test, before);
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
      `${language} ${suite.name}: ${failedText(before)}; fix: ${failedText(after)}, ${bound}; masking: ${masked === null ? `gates ${verdict}` : `${masked.failures} of ${masked.runs}`}`,
    );
  }
}
console.log(
  `${sum.suites} suites: reproduced ${sum.reproduced}, fix proven ${sum.proven}, masking patch stopped ${sum.stopped}`,
);
await rm(scratch, { recursive: true, force: true });
