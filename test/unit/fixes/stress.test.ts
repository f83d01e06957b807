import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import type { FixInput } from "../../../src/features/fixes/model.ts";
import { emptyRecord, type FixRun } from "../../../src/features/fixes/run/context.ts";
import { prove, reproduce } from "../../../src/features/fixes/run/proof.ts";
import { ladderFor } from "../../../src/features/fixes/run/stress.ts";
import type { Tree } from "../../../src/features/fixes/run/trees.ts";
import { STRESSES, type Stress } from "../../../src/kernel/stress.ts";
import type { Sandbox } from "../../../src/ports/sandbox.ts";
import {
  depsFor,
  finish,
  fix,
  GOOD_FIX,
  inputFor,
  type Scratch,
  ScriptedModel,
  sandbox,
  scratch,
} from "./world.ts";

setDefaultTimeout(60_000);

let world: Scratch;
beforeAll(async () => {
  world = await scratch();
});
afterAll(() => world[Symbol.asyncDispose]());

/** A run in the repository as it lies there: no clone, no model. */
async function bare(over: Partial<FixInput>, box: Sandbox = sandbox): Promise<{ run: FixRun; tree: Tree }> {
  const deps = depsFor(world, new ScriptedModel(finish), { sandbox: box });
  const tree = { dir: world.repo, cache: join(world.dir, "cache") };
  for (const dir of [tree.cache, join(world.dir, "downloads")]) await mkdir(dir, { recursive: true });
  const run: FixRun = {
    input: inputFor(world, { test: TEST, signatures: ["got 1 items, want 2"], ...over }),
    deps,
    signal: deps.signal,
    deadline: new Date(deps.clock.now().getTime() + 60_000),
    scratch: world.dir,
    artifacts: world.dir,
    record: emptyRecord(),
  };
  return { run, tree };
}

const TEST = { name: "TestPack", framework: "go" };
const fails = (how: string) =>
  `{ printf '=== RUN   TestPack\\n    pack_test.go:7: ${how}\\n--- FAIL: TestPack (0.00s)\\nFAIL\\n'; exit 1; }`;
const REPORTED = fails("got 1 items, want 2");
const ONE = '[ "$(nproc)" = 1 ]';
const with_ = (line: string, stress: Stress[], runs = 9): Partial<FixInput> => ({
  toolchain: { test: line },
  prove: { runs, stress },
});
// where there is one processor only, being put on one changes nothing
const several = availableParallelism() > 1;

test.if(several)(
  "what fails on one processor alone is reproduced, proven and told under that stress",
  async () => {
    const line = `if ${ONE} && ! grep -q settled test/packer.test.ts; then ${REPORTED}; fi`;
    const result = await fix(world, new ScriptedModel(GOOD_FIX, finish), {
      test: TEST,
      toolchain: { test: line, suite: "true" },
      prove: { runs: 27, stress: ["cpu"] },
    });
    expect([result.outcome, result.status.reproduction]).toEqual([
      "done",
      {
        before: { runs: 3, failures: 3, stress: "cpu", plain: 14 },
        after: { runs: 20, failures: 0, stress: "cpu", plain: 7 },
        bound: 0.15,
      },
    ]);
    expect(result.pr.body).toContain("- Before: 3 of 3 runs failed on one processor; without it 0 of 14.");
    expect(result.pr.body).toContain("- After: 0 of 20 runs failed on one processor; without it 0 of 7.");
    expect(result.pr.body).toContain(
      "in 20 runs on one processor the rate under that stress is below 15.0 %",
    );
  },
);

test("a plain failure spends nothing on stress", async () => {
  const { run, tree } = await bare(with_(REPORTED, ["cpu", "neighbours"]));
  expect(await reproduce(run, tree, TEST)).toMatchObject({ runs: 3, failures: 3 });
});

test.if(several)("what still fails under the stress is not mended, though plain runs pass", async () => {
  const { run, tree } = await bare(with_(`if ${ONE}; then ${REPORTED}; fi`, ["cpu"]));
  const proof = await prove(run, tree, TEST, { runs: 3, failures: 3, stress: "cpu" });
  expect(proof).toMatchObject({ runs: 1, failures: 1, stress: "cpu", plain: 3, lost: 0 });
});

test.if(several)("another failure under stress is not the reported one", async () => {
  const { run, tree } = await bare(with_(`if ${ONE}; then ${fails("connection refused")}; fi`, ["cpu"], 6));
  const seen = await reproduce(run, tree, TEST);
  expect(seen).toMatchObject({ runs: 6, failures: 0, otherwise: 3, tried: ["cpu"] });
  expect(seen.other?.signature).toContain("connection refused");
  const proof = await prove(run, tree, TEST, { runs: 3, failures: 1, stress: "cpu" });
  expect(proof).toMatchObject({ runs: 1, failures: 1 });
});

/** Kills what takes longer than a moment, as the ten minutes would. */
const hasty: Sandbox = {
  kind: sandbox.kind,
  run: (command) => sandbox.run({ ...command, timeoutMs: Math.min(command.timeoutMs, 700) }),
};

test.if(several)("a run that the stress keeps from ending counts neither way", async () => {
  for (const slow of ["sleep 60", fails("test timed out after 5s")]) {
    const { run, tree } = await bare(with_(`if ${ONE}; then ${slow}; fi`, ["cpu"], 6), hasty);
    expect(await reproduce(run, tree, TEST)).toMatchObject({ failures: 0 });
    const proof = await prove(run, tree, TEST, { runs: 3, failures: 3, stress: "cpu" });
    expect(proof).toEqual({ runs: 2, failures: 0, failing: null, short: true, lost: 3 });
  }
});

test("a plain run that hangs is a failure as before", async () => {
  const { run, tree } = await bare(with_("sleep 60", ["cpu"]), hasty);
  expect(await prove(run, tree, TEST, null)).toMatchObject({ runs: 1, failures: 1 });
});

test("a test command that is not there ends the task, and is not taken for the failure", async () => {
  const { run, tree } = await bare(with_("no-such-runner {test}", ["cpu"]));
  await expect(reproduce(run, tree, TEST)).rejects.toThrow("the test command ran no test");
});

test("a stress that cannot run here is given up, and not said to have been tried", async () => {
  const without: Sandbox = {
    kind: sandbox.kind,
    run: async (command) =>
      command.cpus === undefined
        ? { exit: 0, timedOut: false, output: "ok", ms: 1 }
        : { exit: 127, timedOut: false, output: "taskset: not found", ms: 1 },
  };
  const { run, tree } = await bare(with_("true", ["cpu", "procs"], 8), without);
  expect(await reproduce(run, tree, TEST)).toMatchObject({ runs: 7, failures: 0, tried: ["procs"] });
  const broken = { ...without, run: async () => ({ exit: 2, timedOut: false, output: "no cgo", ms: 1 }) };
  const race = await bare(with_("true", ["race"]), broken);
  const proof = await prove(
    { ...race.run, deps: { ...race.run.deps, sandbox: { ...broken, run: onlyRace(broken) } } },
    tree,
    TEST,
    { runs: 3, failures: 3, stress: "race" },
  );
  expect(proof).toMatchObject({ runs: 1, failures: 1, stress: "race" });
});

/** Plain runs pass; those in a changed harness end as the box says. */
const onlyRace =
  (box: Sandbox): Sandbox["run"] =>
  async (command) =>
    command.argv.length > 3 ? await box.run(command) : { exit: 0, timedOut: false, output: "ok", ms: 1 };

test.if(sandbox.kind === "bubblewrap")("neighbours run beside the test and end with it", async () => {
  const line = `n=$(nproc); set -- /proc/[0-9]*; [ "$#" -lt "$((2 * n + 2))" ] || ${REPORTED}`;
  const { run, tree } = await bare(with_(line, ["neighbours"]));
  expect(await reproduce(run, tree, TEST)).toMatchObject({ failures: 3, stress: "neighbours", plain: 5 });
});

test("threads go 1, 2, 4 in turn, and the race detector comes by GOFLAGS", async () => {
  const threads = await bare(
    with_(`it=PROCS; [ "$(printenv "GOMAX$it")" != 1 ] || ${REPORTED}`, ["procs"], 20),
  );
  const seen = await reproduce(threads.run, threads.tree, TEST);
  expect(seen).toMatchObject({ runs: 7, failures: 3, stress: "procs" });
  const race = await bare(with_(`[ "$GOFLAGS" != "-""race" ] || ${REPORTED}`, ["race"]));
  expect(await reproduce(race.run, race.tree, TEST)).toMatchObject({ failures: 3, stress: "race" });
});

test("all tests of the file are shuffled by the same seeds on both sides", async () => {
  const body = `import { expect, test } from "bun:test";
let left = false;
test("leaves", () => { left = true; });
test("a", () => {});
test("reads", () => { expect(left).toBe(true); });
`;
  await writeFile(join(world.repo, "test/order.test.ts"), body);
  const reads = { name: "reads", framework: "bun", file: "test/order.test.ts" };
  const { run, tree } = await bare({
    test: reads,
    signatures: [],
    toolchain: { test: "bun test {file}" },
    prove: { runs: 8, stress: ["shuffle"] },
  });
  const seen = await reproduce(run, tree, reads);
  expect(seen).toMatchObject({ stress: "shuffle", plain: 4 });
  expect(seen.failures).toBeGreaterThan(0);
  expect(await prove(run, tree, reads, seen)).toMatchObject({ failures: 1, stress: "shuffle" });
});

/** A stand-in for a runner: it says what it was given, as the real one does, and fails for one seed. */
const RUNNERS: { framework: string; file: string; line: string; body: string; repeat: string }[] = [
  {
    framework: "jest",
    file: "node_modules/.bin/jest",
    line: "node node_modules/.bin/jest {file} -- {test}",
    body: `const has = (flag) => process.argv.indexOf(flag) < process.argv.indexOf("--") && process.argv.includes(flag);
if (has("--randomize")) console.log("Seed:        " + process.argv.find((arg) => arg.startsWith("--seed="))?.slice(7));
if (has("--seed=2")) { console.log("=== RUN   TestPack\\n    a_test.go:7: no\\n--- FAIL: TestPack (0.00s)\\nFAIL"); process.exit(1); }
`,
    repeat: "--randomize --seed=2",
  },
  {
    framework: "rspec",
    file: "rspec.sh",
    line: "sh rspec.sh {test}",
    body: `case "$SPEC_OPTS" in "-p --order rand:"*) echo "Randomized with seed \${SPEC_OPTS##*:}";; esac
[ "$SPEC_OPTS" != "-p --order rand:2" ] || ${fails("no")}
`,
    repeat: "--order rand:2",
  },
  {
    framework: "exunit",
    file: "bin/mix",
    line: "PATH=$PATH:$PWD/bin && mix test {file}",
    body: `#!/bin/sh
[ "$1 $2" != "test --seed" ] || echo "Running ExUnit with seed: $3, max_cases: 4"
[ "$3" != 2 ] || ${fails("no")}
`,
    repeat: "--seed 2",
  },
];

test.each(RUNNERS)(
  "$framework is put into an order that it confirms, and the seed is told",
  async (runner) => {
    const { framework, file, line, body, repeat } = runner;
    await mkdir(dirname(join(world.repo, file)), { recursive: true });
    await writeFile(join(world.repo, file), body, { mode: 0o755 });
    const over = {
      toolchain: { test: line },
      prove: { runs: 8, stress: ["shuffle" as const] },
      signatures: [],
    };
    const subject = { name: "TestPack", framework, file: "a.test" };
    const { run, tree } = await bare({ ...over, test: subject });
    const unread: Sandbox = {
      kind: sandbox.kind,
      run: (command) => sandbox.run({ ...command, env: { ...command.env, SPEC_OPTS: "-p" } }),
    };
    const given = await bare({ ...over, test: subject }, unread);
    const seen = await reproduce(given.run, tree, subject);
    expect(seen).toMatchObject({ runs: 4, failures: 1, stress: "shuffle", plain: 4, repeat });
    // a runner that does not say so was not put into that order, for all that is known
    await writeFile(join(world.repo, file), framework === "jest" ? "" : "#!/bin/sh\ntrue\n", { mode: 0o755 });
    const silent = await reproduce(run, tree, subject);
    expect([silent.failures, silent.tried]).toEqual([0, undefined]);
  },
);

test("the order that failed is told in the pull request with how to have it again", async () => {
  const fails = '[ "$(printenv GOFLAGS)" != "-shuffle=3" ] || grep -q settled test/packer.test.ts';
  const result = await fix(world, new ScriptedModel(GOOD_FIX, finish), {
    test: TEST,
    toolchain: { test: `${fails} || ${REPORTED}`, suite: "true" },
    prove: { runs: 30, stress: ["shuffle"] },
  });
  expect(result.status.reproduction.before).toMatchObject({
    stress: "shuffle",
    repeat: "GOFLAGS=-shuffle=3",
  });
  expect(result.pr.body).toContain("comes again by `GOFLAGS=-shuffle=3`");
});

test.if(sandbox.kind === "bubblewrap")(
  "two runs of one test that want the same file are beside each other, and a clash nobody reported is none",
  async () => {
    // taken several times: the run that was first may meet the others at the next
    const line = (said: string) =>
      `for n in 1 2 3; do mkdir /tmp/lock || ${fails(said)}; sleep 0.1; rmdir /tmp/lock; sleep 0.1; done`;
    const { run, tree } = await bare(with_(line("got 1 items, want 2"), ["siblings"], 10));
    const seen = await reproduce(run, tree, TEST);
    expect(seen).toMatchObject({ stress: "siblings", plain: 5 });
    expect(seen.failures).toBeGreaterThan(0);
    const other = await bare(with_(line("open lock: file exists"), ["siblings"], 10));
    const proof = await prove(other.run, other.tree, TEST, { runs: 3, failures: 3, stress: "siblings" });
    expect([proof.failures, proof.lost > 0]).toEqual([0, true]);
  },
);

test("which stress there is follows from the framework, the line and the settings", async () => {
  const ladder = async (framework: string, line: string, stress: FixInput["prove"]["stress"] = "auto") => {
    const { run } = await bare({ toolchain: { test: line }, prove: { runs: 20, stress } });
    return ladderFor(run, { name: "TestPack", framework });
  };
  expect(await ladder("go", "make gotest")).toEqual([...STRESSES]);
  expect(await ladder("other", "go test -race -cpu 1 -run {test}")).toEqual([
    "cpu",
    "neighbours",
    "shuffle",
    "siblings",
  ]);
  expect(await ladder("go", "make gotest GOTEST_ARGS='-race -cpu 1'")).not.toContain("race");
  expect(await ladder("pytest", "python3 -m pytest")).toEqual(["cpu", "neighbours", "shuffle", "siblings"]);
  for (const runner of ["vitest", "jest"])
    expect(await ladder(runner, "npm test")).toEqual(["cpu", "neighbours", "procs", "shuffle", "siblings"]);
  expect(await ladder("node-test", "node --test {file}")).not.toContain("shuffle");
  expect(await ladder("surefire", "mvn test")).toEqual(["cpu", "neighbours", "procs", "shuffle"]);
  // nothing says there whether the order was another one, or one folder is not for two runs
  expect(await ladder("gradle", "./gradlew test")).toEqual(["cpu", "neighbours", "procs"]);
  expect(await ladder("exunit", "mix test {file}")).toEqual(["cpu", "neighbours", "shuffle"]);
  expect(await ladder("bats", "bats {file}")).toEqual(["cpu", "neighbours"]);
  expect(await ladder("go", "go test", "none")).toEqual([]);
  expect(await ladder("bats", "bats {file}", ["race", "neighbours"])).toEqual(["neighbours"]);
});
