import { STRESSES, type Stress } from "../../../kernel/stress.ts";
import type { FixTest } from "../model.ts";
import type { FixRun } from "./context.ts";

/** How one run is put under stress. */
interface Applied {
  /** A script around the test's line, which is its `"$@"`. */
  wrap?: string;
  env?: Record<string, string>;
  cpus?: number;
  /** All tests of its file and package run, since it is their order that is varied. */
  all?: true;
  /** It changes what runs, not only where: a red run that names no test may be the change's own fault. */
  harness?: true;
}

interface Toolchain {
  framework: RegExp;
  line: RegExp;
  /** By name; `turn` counts the runs and varies the stress, the same way on both sides of a proof. */
  profiles: Partial<Record<Stress, (turn: number) => Applied>>;
  /** What a line says by itself: adding it would change nothing, or be overruled. */
  said?: Partial<Record<Stress, RegExp>>;
}

/** Two loops for each processor: the test gets a third of one. They end with the line. */
const NEIGHBOURS = `n=$(nproc 2>/dev/null || echo 2); i=0; loops=
while [ "$i" -lt "$((2 * n))" ]; do
  sh -c 'while :; do :; done' </dev/null >/dev/null 2>&1 & loops="$loops $!"; i=$((i + 1))
done
"$@"; code=$?
kill $loops; exit "$code"`;

/** On any toolchain: they change the machine only. */
const MACHINE: Toolchain["profiles"] = {
  cpu: () => ({ cpus: 1 }),
  neighbours: () => ({ wrap: NEIGHBOURS }),
};

/** What a variable holds already stays. */
const adding = (variable: string, flag: string): string =>
  `export ${variable}="\${${variable}:+$${variable} }${flag}"; exec "$@"`;

const threads = (turn: number): string => String([1, 2, 4][turn % 3]);

const SHUFFLE = `import os
import random


def pytest_collection_modifyitems(items):
    random.Random(int(os.environ["TEST_ORDER_SEED"])).shuffle(items)
`;

/** Python's runner has no such flag of its own, and the plugins for it are seldom there. */
const SHUFFLE_PYTEST = `dir="\${TMPDIR:-/tmp}/order"; mkdir -p "$dir"; printf %s "$TEST_ORDER" >"$dir/test_order_of_run.py"
export PYTHONPATH="$dir\${PYTHONPATH:+:$PYTHONPATH}" PYTEST_PLUGINS="test_order_of_run\${PYTEST_PLUGINS:+,$PYTEST_PLUGINS}"
unset TEST_ORDER; exec "$@"`;

/** Flags go in by variables that the tools read, so that a line may call them through `make` or a script. */
const TOOLCHAINS: readonly Toolchain[] = [
  {
    framework: /^(?:go\b|go-|gotest|gocheck|ginkgo|testify)/,
    line: /\bgo\s+test\b|\bgotest(?:sum)?\b/,
    profiles: {
      procs: (turn) => ({ env: { GOMAXPROCS: threads(turn) } }),
      race: () => ({ wrap: adding("GOFLAGS", "-race"), harness: true }),
      shuffle: (turn) => ({ wrap: adding("GOFLAGS", `-shuffle=${turn + 1}`), all: true, harness: true }),
    },
    said: { procs: /-(?:test\.)?cpu[= ]|GOMAXPROCS/, race: /(?:^|[\s'"=])-race\b/ },
  },
  {
    framework: /^(?:pytest|xdist)/,
    line: /\b(?:pytest|py\.test)\b/,
    profiles: {
      shuffle: (turn) => ({
        wrap: SHUFFLE_PYTEST,
        env: { TEST_ORDER: SHUFFLE, TEST_ORDER_SEED: String(turn + 1) },
        all: true,
        harness: true,
      }),
    },
  },
  {
    framework: /^bun/,
    line: /\bbun\s+(?:run\s+)?test\b/,
    profiles: {
      shuffle: (turn) => ({ wrap: adding("BUN_OPTIONS", `--seed=${turn + 1}`), all: true, harness: true }),
    },
  },
  {
    framework: /^(?:cargo|nextest|rust)/,
    line: /\bcargo\b/,
    profiles: {
      procs: (turn) => ({ env: { TOKIO_WORKER_THREADS: threads(turn), RAYON_NUM_THREADS: threads(turn) } }),
    },
  },
  {
    framework: /^(?:junit|surefire|gradle|testng|scalatest)/,
    line: /\b(?:mvnw?|gradlew?|sbt)\b/,
    profiles: {
      procs: (turn) => ({ env: { JAVA_TOOL_OPTIONS: `-XX:ActiveProcessorCount=${threads(turn)}` } }),
    },
  },
  {
    framework: /^(?:jest|vitest|mocha|node|ava|jasmine|tap)/,
    line: /\b(?:node|npm|npx|pnpm|yarn)\b/,
    profiles: { procs: (turn) => ({ env: { UV_THREADPOOL_SIZE: threads(turn) } }) },
  },
];

function toolchainOf(line: string, test: FixTest): Toolchain | undefined {
  return (
    TOOLCHAINS.find(({ framework }) => framework.test(test.framework)) ??
    TOOLCHAINS.find((toolchain) => toolchain.line.test(line))
  );
}

function profilesFor(run: FixRun, test: FixTest): Toolchain["profiles"] {
  const line = run.input.toolchain.test ?? "";
  const toolchain = toolchainOf(line, test);
  const named = run.deps.failedTests !== undefined;
  const own = Object.entries(toolchain?.profiles ?? {}).filter(
    ([name, profile]) =>
      // The table's keys are the names, by its type.
      !(toolchain?.said?.[name as Stress]?.test(line) ?? false) && (named || !profile(0).harness),
  );
  return { ...MACHINE, ...Object.fromEntries(own) };
}

/** What is tried one after the other where plain runs do not fail: what the settings name and the toolchain has. */
export function ladderFor(run: FixRun, test: FixTest): Stress[] {
  const { stress = "auto" } = run.input.prove;
  if (stress === "none") return [];
  const there = profilesFor(run, test);
  return (stress === "auto" ? STRESSES : stress).filter((name) => there[name] !== undefined);
}

/** How the run number `turn` is put under a stress; null where the toolchain has no such thing. */
export const stressed = (run: FixRun, test: FixTest, stress: Stress, turn: number): Applied | null =>
  profilesFor(run, test)[stress]?.(turn) ?? null;
