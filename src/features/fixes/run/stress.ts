import { STRESSES, type Stress } from "../../../kernel/stress.ts";
import type { FixTest } from "../model.ts";
import type { FixRun } from "./context.ts";
import {
  adding,
  exunitOrder,
  googletestOrder,
  minitestOrder,
  nodeOrder,
  type Ordered,
  phpunitOrder,
  pytestOrder,
  rspecOrder,
  surefireOrder,
} from "./order.ts";

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
  /** All tests of its file and package run beside it, again and again. */
  beside?: true;
  says?: RegExp;
  repeat?: string;
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

/**
 * Two runs of all its tests at a time, as a CI does that runs packages or workers at once: they share ports, the
 * temporary folder and the machine. In a copy of the code, since they are killed and leave behind what they may.
 */
const SIBLINGS = `i=0; others=; beside="\${XDG_CACHE_HOME:-/tmp}/beside"
if [ ! -d "$beside" ]; then cp -a . "$beside.new" && mv "$beside.new" "$beside" || exit 127; fi
while [ "$i" -lt 2 ]; do
  (cd "$beside" && exec sh -c 'while :; do sh -c "$BESIDE_LINE"; sleep 0.05; done') </dev/null >/dev/null 2>&1 & others="$others $!"; i=$((i + 1))
done
"$@"; code=$?
kill $others; exit "$code"`;

/** Not where all runs of a machine share one daemon or lock, as those of Gradle and Cargo do. */
const siblings: Toolchain["profiles"] = { siblings: () => ({ wrap: SIBLINGS, beside: true }) };

/** On any toolchain: they change the machine only. */
const MACHINE: Toolchain["profiles"] = {
  cpu: () => ({ cpus: 1 }),
  neighbours: () => ({ wrap: NEIGHBOURS }),
};

const threads = (turn: number): string => String([1, 2, 4][turn % 3]);

const LOOP: Toolchain["profiles"] = { procs: (turn) => ({ env: { UV_THREADPOOL_SIZE: threads(turn) } }) };
const JVM: Toolchain["profiles"] = {
  procs: (turn) => ({ env: { JAVA_TOOL_OPTIONS: `-XX:ActiveProcessorCount=${threads(turn)}` } }),
};

/** The seed is the turn's number, so that both sides of a proof see the same orders. */
const shuffled =
  (order: (seed: number) => Ordered) =>
  (turn: number): Applied => ({ ...order(turn + 1), all: true, harness: true });

/** Flags go in by variables that the tools read, so that a line may call them through `make` or a script. */
const TOOLCHAINS: readonly Toolchain[] = [
  {
    framework: /^(?:go\b|go-|gotest|gocheck|ginkgo|testify)/,
    line: /\bgo\s+test\b|\bgotest(?:sum)?\b/,
    profiles: {
      procs: (turn) => ({ env: { GOMAXPROCS: threads(turn) } }),
      race: () => ({ wrap: adding("GOFLAGS", "-race"), harness: true }),
      shuffle: shuffled((seed) => ({
        wrap: adding("GOFLAGS", `-shuffle=${seed}`),
        env: {},
        repeat: `GOFLAGS=-shuffle=${seed}`,
      })),
      ...siblings,
    },
    said: { procs: /-(?:test\.)?cpu[= ]|GOMAXPROCS/, race: /(?:^|[\s'"=])-race\b/ },
  },
  {
    framework: /^(?:pytest|xdist)/,
    line: /\b(?:pytest|py\.test)\b/,
    profiles: {
      shuffle: shuffled(pytestOrder),
      ...siblings,
    },
  },
  {
    framework: /^bun/,
    line: /\bbun\s+(?:run\s+)?test\b/,
    profiles: {
      shuffle: shuffled((seed) => ({
        wrap: adding("BUN_OPTIONS", `--seed=${seed}`),
        env: {},
        repeat: `BUN_OPTIONS=--seed=${seed}`,
      })),
      ...siblings,
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
    framework: /^surefire/,
    line: /\bmvnw?\b/,
    profiles: { ...JVM, shuffle: shuffled(surefireOrder) },
  },
  {
    framework: /^(?:junit|gradle|testng|scalatest)/,
    line: /\b(?:gradlew?|sbt)\b/,
    profiles: JVM,
  },
  {
    framework: /^jest/,
    line: /\bjest\b/,
    profiles: { ...LOOP, shuffle: shuffled((seed) => nodeOrder("jest", seed)), ...siblings },
  },
  {
    framework: /^vitest/,
    line: /\bvitest\b/,
    profiles: { ...LOOP, shuffle: shuffled((seed) => nodeOrder("vitest", seed)), ...siblings },
  },
  {
    framework: /^(?:mocha|node|ava|jasmine|tap)/,
    line: /\b(?:node|npm|npx|pnpm|yarn)\b/,
    profiles: { ...LOOP, ...siblings },
  },
  { framework: /^rspec/, line: /\brspec\b/, profiles: { shuffle: shuffled(rspecOrder), ...siblings } },
  {
    framework: /^minitest/,
    line: /\b(?:rake|rails|minitest)\b/,
    profiles: { shuffle: shuffled(minitestOrder), ...siblings },
  },
  {
    framework: /^phpunit/,
    line: /\b(?:phpunit|pest)\b/,
    profiles: { shuffle: shuffled(phpunitOrder), ...siblings },
  },
  { framework: /^exunit/, line: /\bmix\s+test\b/, profiles: { shuffle: shuffled(exunitOrder) } },
  {
    framework: /^(?:googletest|gtest)/,
    line: /$a/,
    profiles: { shuffle: shuffled(googletestOrder), ...siblings },
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
