import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TaskRemote } from "../../src/commands/cli/task-publish.ts";
import { taskRun } from "../../src/commands/cli/task-run.ts";
import type { TaskStatus } from "../../src/features/fixes/model.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { createNoSandbox } from "../../src/outbound/sandbox/index.ts";
import { depsFor, type Scratch, ScriptedModel, scratch, sh, statusOf } from "../unit/fixes/world.ts";

// Many programs are started, on a machine that may be busy.
setDefaultTimeout(240_000);

/** A target whose tests, linter, type checker and coverage are shell scripts of a few lines. */
const TARGET = {
  "src/pay.sh": "fee() {\n  echo $(($1 / 20))\n}\n",
  "src/order.sh": "total() { echo $1; }\n",
  "test/order.test.sh": '. src/order.sh\n[ "$(total 3)" = 3 ]\n',
  "suite.sh": `passed=0; failed=0
for t in test/*.test.sh; do
  if sh "$t"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "not ok $t"; fi
done
echo "$passed passed, $failed failed"; [ $failed = 0 ]
`,
  "coverage.sh": 'echo "TOTAL $((70 + $(ls test/*.test.sh | wc -l) - 5 * $(grep -l DEAD src/* | wc -l)))%"\n',
  "lint.sh": '! grep -n "TAB" -r src test && exit 0; echo "1 error"; exit 1\n',
  "types.sh": '! grep -n "UNTYPED" -r src test && exit 0; echo "Found 1 error in 1 file"; exit 1\n',
};
const SUITE = { suite: "sh suite.sh" };
const ALL = {
  ...SUITE,
  lint: "sh lint.sh",
  types: "sh types.sh",
  coverage: "sh coverage.sh",
};

let world: Scratch;
beforeAll(async () => {
  world = await scratch(TARGET);
  await rm(join(world.repo, "test/packer.test.ts"));
  await sh(world.repo, "git", "commit", "-qam", "Shell alone");
});
afterAll(() => world[Symbol.asyncDispose]());

interface Run {
  code: 0 | 1 | 2;
  lines: string[];
}

interface Options {
  argv?: string[];
  clock?: Clock;
  seen?: (line: string) => void;
  remote?: TaskRemote;
}

async function run(tasks: object[], options: Options = {}): Promise<Run> {
  const folder = join(world.dir, "tasks");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const [index, task] of tasks.entries())
    await writeFile(join(folder, `${index}.yaml`), JSON.stringify(task));
  // the wall has tests of its own, and costs a tenth of a second each time
  const { artifactsDir, ...deps } = depsFor(world, new ScriptedModel(), {
    sandbox: createNoSandbox({ prlimit: false }),
  });
  const lines: string[] = [];
  const say = (line: string) => {
    lines.push(line);
    options.seen?.(line);
  };
  const remoteOf = async () => options.remote ?? { pushUrl: "/nowhere", openPull: null };
  const argv = ["tasks", "--repo-dir", "repo", "--artifacts", artifactsDir, ...(options.argv ?? [])];
  const clock = options.clock ?? deps.clock;
  return {
    code: await taskRun(argv, { ...deps, clock, remoteOf, cwd: world.dir, out: say, err: say }),
    lines,
  };
}

const task = (id: string, script: string, over: object = {}) => ({
  id,
  objective: "Cover the payments with tests.",
  toolchain: SUITE,
  fixer: { kind: "command", command: ["sh", "-c", script] },
  publish: "none",
  ...over,
});

const inBranch = (branch: string, path: string) => sh(world.repo, "git", "show", `${branch}:${path}`);
const branches = async () => (await sh(world.repo, "git", "branch", "--format=%(refname:short)")).split("\n");
const gate = (status: TaskStatus, name: string) => status.gates.find((one) => one.name === name);
const artifact = (id: string, name: string) => readFile(join(world.dir, "artifacts", id, name), "utf8");

const GOOD = `. src/pay.sh\\n[ "$(fee 100)" = 5 ]\\n`;
const BAD = `. src/pay.sh\\n[ "$(fee 100)" = 6 ]\\n`;
const write = (path: string, text: string) => `printf '%b' '${text}' > ${path}`;

test("A: tests are added, all gates pass, one commit and a text that tells it", async () => {
  const { code } = await run([
    task("a", write("test/pay.test.sh", GOOD), {
      target: { include: ["test/pay.test.sh"] },
      toolchain: ALL,
    }),
  ]);
  const status = await statusOf(world, "a");
  expect([code, status.exit_code, status.risk_labels, status.partial]).toEqual([0, 0, [], false]);
  expect([status.commits, status.tests_passed, status.tests_failed]).toEqual([1, 2, 0]);
  expect([status.coverage_before, status.coverage_after, status.coverage_delta]).toEqual([71, 72, 1]);
  expect([status.lint_errors, status.type_errors]).toEqual([0, 0]);
  expect(status.phases.map((phase) => phase.name)).toEqual([
    "PREPARE",
    "ANALYZE",
    "GENERATE",
    "VALIDATE",
    "COMMIT",
    "AGGREGATE",
    "PR",
    "EXIT",
  ]);
  expect(gate(status, "proof")).toEqual({ name: "proof", ok: true, detail: "not configured" });
  expect(await inBranch("auto/a", "test/pay.test.sh")).toContain("fee 100");
  expect(await artifact("a", "pr.md")).toContain("| coverage | ok | `71 % before, 72 % after` |");
  expect(await artifact("", "dashboard.md")).toContain("| `a` | `0` |");
});

test("B: failing tests are rolled back, and leave a report on a branch of their own", async () => {
  const { code } = await run([task("b", write("test/pay.test.sh", BAD), { failure_pr: true })]);
  const status = await statusOf(world, "b");
  expect([code, status.commits, status.tests_failed, status.risk_labels]).toEqual([
    1,
    0,
    1,
    ["tests-failed"],
  ]);
  expect(status.reason).toStartWith("tests_failed: ");
  const there = await branches();
  expect([there.includes("auto/b"), there.includes("auto/b-fail")]).toEqual([false, true]);
  expect(await inBranch("auto/b-fail", "artifacts/b-fail/FAILURE.md")).toContain("- Failure: `tests_failed`");
  expect(await inBranch("auto/b-fail", "artifacts/b-fail/trace.txt")).toContain("not ok test/pay.test.sh");
  const files = await sh(world.repo, "git", "diff", "--name-only", "main...auto/b-fail");
  expect(files).not.toContain("pay.test.sh");
});

test("B: kept where the task says so, with the labels and the end of the log", async () => {
  const { code } = await run([task("kept", write("test/pay.test.sh", BAD), { keep_failing: true })]);
  const status = await statusOf(world, "kept");
  expect([code, status.commits, status.exit_code]).toEqual([2, 1, 2]);
  expect(status.risk_labels).toEqual(["potential-bug", "tests-failed"]);
  expect(gate(status, "tests")?.ok).toBe(false);
  expect(await artifact("kept", "pr.md")).toContain("not ok test/pay.test.sh");
  // only what is nothing but tests can show a fault of the product
  const broken = `${write("test/pay.test.sh", BAD)}; sed -i s/20/19/ src/pay.sh`;
  const { code: refused } = await run([task("broken", broken, { keep_failing: true })]);
  expect([refused, (await statusOf(world, "broken")).commits]).toEqual([1, 0]);
});

test("C: others changed the same files: both sides of tests are kept, their code stays", async () => {
  const mine = [
    write("test/order.test.sh", '. src/order.sh\\n[ "$(total 4)" = 4 ]\\n'),
    "sed -i 's/ 20/ 10 \\* 1/' src/pay.sh",
    write("test/new.test.sh", "true\\n"),
  ].join("; ");
  const start = await sh(world.repo, "git", "rev-parse", "main");
  let moved = false;
  const move = () => {
    moved = true;
    const script = `sed -i 's/3/5/g' test/order.test.sh; sed -i 's/ 20/ 25/' src/pay.sh`;
    Bun.spawnSync(["sh", "-c", script], { cwd: world.repo });
    Bun.spawnSync(
      ["git", "-c", "user.name=Bo", "-c", "user.email=bo@example.org", "commit", "-qam", "Others"],
      { cwd: world.repo },
    );
  };
  const seen = (line: string) => void (!moved && line.includes("GENERATE") && move());
  const { code } = await run([task("c", mine, { strategy: { batch_mode: "single_file" } })], { seen });
  const status = await statusOf(world, "c");
  const head = await sh(world.repo, "git", "rev-parse", "main");
  expect(head).not.toBe(start);
  expect([code, status.base_sha, status.risk_labels]).toEqual([2, head, ["needs-manual-review"]]);
  const both = await inBranch("auto/c", "test/order.test.sh");
  expect([both.includes("total 5"), both.includes("total 4")]).toEqual([true, true]);
  expect(await inBranch("auto/c", "src/pay.sh")).toContain("/ 25");
  expect(await inBranch("auto/c", "test/new.test.sh")).toBe("true");
  expect(await sh(world.repo, "git", "rev-parse", "auto/c~2")).toBe(head);
  const body = await artifact("c", "pr.md");
  expect(body).toContain("both sides' lines were kept in test/order.test.sh");
  expect(body).toContain("this change to it was given up: src/pay.sh");
  await sh(world.repo, "git", "reset", "-q", "--hard", start);
});

test("D: a batch that lowers the coverage is rolled back, the others go on", async () => {
  const script = [
    write("test/one.test.sh", "true\\n"),
    "echo '# DEAD' >> src/order.sh",
    write("test/two.test.sh", "true\\n"),
    "echo '# UNTYPED' > test/three.test.sh",
    "echo '# TAB' > test/zlint.test.sh",
  ].join("; ");
  const { code } = await run([
    task("d", script, { toolchain: ALL, strategy: { batch_mode: "single_file" } }),
  ]);
  const status = await statusOf(world, "d");
  expect([code, status.commits, status.coverage_after]).toEqual([2, 2, 73]);
  expect(status.risk_labels).toEqual(["coverage-risk", "style-fix-needed", "type-risk"]);
  expect(status.rolled_back?.map(({ files, gate }) => [files, gate])).toEqual([
    [["src/order.sh"], "coverage"],
    [["test/three.test.sh"], "types"],
    [["test/zlint.test.sh"], "lint"],
  ]);
  const changed = await sh(world.repo, "git", "diff", "--name-only", "main...auto/d");
  expect(changed.split("\n")).toEqual(["test/one.test.sh", "test/two.test.sh"]);
  expect(gate(status, "coverage")).toEqual({
    name: "coverage",
    ok: false,
    detail: expect.stringContaining("rolled back"),
  });
  expect(await artifact("d", "pr.md")).toContain(
    "- `src/order.sh` (coverage): Coverage goes from 71 % to 66 %",
  );
});

test("E: five tasks at once, each on a branch of its own", async () => {
  const five = [1, 2, 3, 4, 5].map((n) => task(`e${n}`, write(`test/e${n}.test.sh`, "true\\n")));
  const { code } = await run(five, { argv: ["--jobs", "5"] });
  expect(code).toBe(0);
  const there = await branches();
  expect(five.filter(({ id }) => there.includes(`auto/${id}`))).toHaveLength(5);
  expect((await artifact("", "dashboard.md")).match(/\| `e\d` \| `0` \|/g)).toHaveLength(5);
});

/** A clock whose time is over when it is told so. */
function untilTold(): { clock: Clock; over: () => void } {
  let ahead = 0;
  const wake: (() => void)[] = [];
  const clock: Clock = {
    now: () => new Date(Date.now() + ahead),
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        wake.push(resolve);
        signal?.addEventListener("abort", () => reject(new Error("woken")));
      }),
  };
  const over = () => {
    ahead = 3_600_000;
    for (const resolve of wake) resolve();
  };
  return { clock, over };
}

test("F: time runs out after three of ten files: what is done is handed over, and says how much it is", async () => {
  const { clock, over } = untilTold();
  const script = `f=$(tail -n 1 "$TASK_PROMPT"); f=\${f#- }; [ "$f" = "$TASK_FILES" ] || exit 9
    case $f in *f3*) sleep 60;; esac; echo true > $f`;
  const include = [...Array(10).keys()].map((n) => `test/f${n}.test.sh`);
  const seen = (line: string) => void (line.endsWith("works on test/f3.test.sh") && over());
  const partly = task("f", script, {
    target: { include },
    strategy: { batch_mode: "single_file" },
  });
  const { code } = await run([partly], { clock, seen });
  const status = await statusOf(world, "f");
  expect([code, status.partial, status.commits, status.progress]).toEqual([
    2,
    true,
    3,
    { done: 3, total: 10 },
  ]);
  expect(status.reason).toStartWith("time_limit: ");
  expect(await artifact("f", "pr.md")).toContain("This covers only 30 % of the aim: 3 of 10 targets.");
  const subjects = await sh(world.repo, "git", "log", "--format=%s", "main..auto/f");
  expect(subjects.split("\n")).toEqual(
    [2, 1, 0].map((n) => `test: Cover the payments with tests. (test/f${n}.test.sh)`),
  );
});

test("commits are limited, and what is left is said", async () => {
  const script = "for n in 1 2 3; do echo true > test/g$n.test.sh; done";
  const limited = task("g", script, { strategy: { batch_mode: "single_file" }, limits: { max_commits: 2 } });
  const { code } = await run([limited]);
  const status = await statusOf(world, "g");
  expect([code, status.commits, status.partial, status.reason]).toEqual([
    2,
    2,
    true,
    "commit_limit: the 2 commits are made",
  ]);
});

test("a batch that fails again and again aborts the task; only the network is tried again by itself", async () => {
  const again = task("again", `echo try >> "$XDG_CACHE_HOME/tries"; ${write("test/x.test.sh", "false\\n")}`, {
    limits: { max_retries: 1 },
  });
  const flaky = `test -e .tried || { touch .tried; echo "curl: Could not resolve host: example.org"; exit 6; }`;
  const setup = task("net", write("test/pay.test.sh", GOOD), { toolchain: { ...SUITE, setup: flaky } });
  const clock: Clock = {
    now: () => new Date(),
    sleep: async (ms) => (ms > 60_000 ? new Promise(() => {}) : undefined),
  };
  const { code } = await run([again, setup], { clock });
  const status = await statusOf(world, "again");
  expect([code, status.risk_labels]).toEqual([1, ["aborted", "tests-failed"]]);
  expect(status.phases.filter((phase) => phase.name === "GENERATE")).toHaveLength(2);
  const net = await statusOf(world, "net");
  expect([net.exit_code, net.outcome]).toEqual([0, "done"]);
  expect(await artifact("net", "pr.md")).toContain("Set-up was tried again: the network failed");
});

test("rules, labels and a bound of its own for a large change", async () => {
  const script = "for n in 1 2 3 4 5 6; do echo true; done > test/h.test.sh";
  const large = task("h", script, {
    limits: { max_diff_lines: 5 },
    pr: { labels: ["tests"], risk_rules: { high_if: ["diff_lines > 5", "coverage_delta < -2"] } },
  });
  expect((await run([large])).code).toBe(2);
  const status = await statusOf(world, "h");
  expect([status.risk_level, status.risk_labels]).toEqual(["high", ["large-diff", "needs-manual-review"]]);
});

test("pushed to origin, with a pull request that is labelled; failures as drafts", async () => {
  const origin = join(world.dir, "origin.git");
  await sh(world.dir, "git", "clone", "-q", "--bare", "repo", origin);
  const opened: unknown[] = [];
  const remote: TaskRemote = {
    pushUrl: origin,
    openPull: async ({ body: _, ...pull }) => {
      opened.push(pull);
      return `https://github.example/pull/${opened.length}`;
    },
  };
  const good = task("pull", write("test/pay.test.sh", GOOD), {
    publish: "pull",
    pr: { labels: ["payments"] },
  });
  const bad = task("fails", write("test/pay.test.sh", BAD), { publish: "pull", failure_pr: true });
  expect((await run([good, bad], { remote })).code).toBe(1);
  const status = await statusOf(world, "pull");
  expect([status.pr_url, status.head_sha]).toEqual([
    "https://github.example/pull/1",
    await sh(origin, "git", "rev-parse", "auto/pull"),
  ]);
  expect(opened).toEqual([
    {
      title: "test: Cover the payments with tests.",
      branch: "auto/pull",
      labels: ["automated", "test", "payments"],
      draft: false,
    },
    {
      title: "fail: fails (tests_failed)",
      branch: "auto/fails-fail",
      labels: ["automated", "failure", "tests-failed"],
      draft: true,
    },
  ]);
  expect((await statusOf(world, "fails")).pr_url).toBe("https://github.example/pull/2");
});
