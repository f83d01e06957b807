import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gates } from "../../../src/commands/cli/gates.ts";
import { taskRun } from "../../../src/commands/cli/task-run.ts";
import { UserError } from "../../../src/kernel/errors.ts";
import { diffOfCommit, diffOfPatch, diffOfWorkTree } from "../../../src/outbound/git/index.ts";
import { depsFor, finish, GOOD_FIX, type Scratch, ScriptedModel, scratch, sh, statusOf } from "./world.ts";

// Many real runs of a test, on a machine that may be busy.
setDefaultTimeout(240_000);

const TASK = {
  id: "task-1",
  branch: "auto/settle",
  objective: "Make the test wait for what it reads.",
  target: { include: ["test/**"] },
  toolchain: { test: "bun test {file} -t {test_regex}", suite: "bun test test" },
  prove: { test: "packs what was added", file: "test/packer.test.ts", runs: 30 },
  publish: "none",
};

async function run(world: Scratch, task: object, ...model: ConstructorParameters<typeof ScriptedModel>) {
  const file = join(world.dir, "tasks", "one.yaml");
  await mkdir(join(world.dir, "tasks"), { recursive: true });
  await writeFile(file, JSON.stringify(task));
  const lines: string[] = [];
  const { artifactsDir, ...deps } = depsFor(world, new ScriptedModel(...model));
  const argv = ["tasks", "--repo-dir", "repo", "--artifacts", artifactsDir, "--jobs", "2"];
  const out = (line: string) => void lines.push(line);
  const remoteOf = () => Promise.reject(new UserError("no origin to publish to"));
  return { code: await taskRun(argv, { ...deps, remoteOf, cwd: world.dir, out, err: out }), lines };
}

test("task run leaves a branch in the repository and its checkout as it was", async () => {
  await using world = await scratch();
  const { code, lines } = await run(world, TASK, GOOD_FIX, finish);
  expect([code, lines.at(-1)]).toEqual([0, expect.stringContaining('"outcome":"done"')]);
  const status = await statusOf(world);
  expect(await sh(world.repo, "git", "rev-parse", "auto/settle")).toBe(status.head_sha ?? "");
  expect(await sh(world.repo, "git", "log", "-1", "--format=%s %an", "auto/settle")).toBe(
    `test: make "packs what was added" stable flaky-test-cleaner`,
  );
  expect(await sh(world.repo, "git", "status", "--porcelain", "--branch")).toBe("## main");
  const again = await run(world, TASK, GOOD_FIX, finish);
  expect([again.code, again.lines]).toEqual([
    1,
    [`task-1: the branch auto/settle exists already in ${world.repo}`],
  ]);
});

test("a command does a task without a failing test; risk rules raise its exit code", async () => {
  await using world = await scratch();
  const { prove: _, ...rest } = TASK;
  const write = `printf 'import { expect, test } from "bun:test";\\ntest("adds", () => expect(1 + 1).toBe(2));\\n' > test/sum.test.ts`;
  const fixer = { kind: "command", command: ["sh", "-c", write] };
  const toolchain = { test: "bun test test/sum.test.ts", coverage: "echo 'All 81.5 %'" };
  const task = {
    ...rest,
    toolchain,
    fixer,
    pr: { risk_rules: { high_if: ["diff_lines > 1", "lint_errors > 0"] } },
  };
  const { code } = await run(world, task);
  const status = await statusOf(world);
  expect([code, status.risk_labels, status.coverage_delta]).toEqual([2, ["needs-manual-review"], 0]);
  expect(await sh(world.repo, "git", "show", "--stat", "--format=", "auto/settle")).toContain(
    "test/sum.test.ts",
  );
});

test("a file outside the task's target fails it", async () => {
  await using world = await scratch();
  const fixer = { kind: "command", command: ["sh", "-c", "echo x > notes.txt"] };
  const { code, lines } = await run(world, { ...TASK, fixer });
  expect([code, lines.at(-1)]).toEqual([1, expect.stringContaining("notes.txt:0 paths (refuse)")]);
});

test("a task file with faults is refused with all of them named", async () => {
  await using world = await scratch();
  const bad = {
    ...TASK,
    branch: "--upload-pack=x",
    toolchain: {},
    pr: { risk_rules: { high_if: ["much risk"] } },
  };
  await expect(run(world, bad)).rejects.toThrow(/branch[\s\S]*FIELD OP NUMBER|FIELD OP NUMBER[\s\S]*branch/);
  // a rule on a field that is not there would never hold, and nobody would hear of it
  const typo = { ...TASK, pr: { risk_rules: { high_if: ["coverge_delta < -2"] } } };
  await expect(run(world, typo)).rejects.toThrow(/the fields are .*coverage_delta/);
  await expect(run(world, { ...TASK, publish: "pull" })).rejects.toThrow("no origin to publish to");
});

test("gates judges a commit and a patch of anyone, and tells its verdict by its exit code", async () => {
  await using world = await scratch();
  await sh(
    world.repo,
    "sed",
    "-i",
    's/test("packs nothing"/test.skip("packs nothing"/',
    "test/packer.test.ts",
  );
  await writeFile(join(world.dir, "skip.patch"), `${await sh(world.repo, "git", "diff")}\n`);
  const lines: string[] = [];
  const judge = (...argv: string[]) =>
    gates(["--repo-dir", "repo", ...argv], {
      cwd: world.dir,
      diffOfCommit,
      diffOfPatch,
      diffOfWorkTree,
      out: (line) => void lines.push(line),
      isTerminal: false,
    });
  expect(await judge("--working-tree", "--overrule", "skip:test/**=ada: the port is broken, see #7")).toBe(2);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    verdict: "label",
    overruled: "ada: the port is broken, see #7",
  });
  expect(await judge("--working-tree", "--format", "text")).toBe(1);
  expect(lines.slice(-3)).toEqual([
    expect.stringContaining("refuse skip test/packer.test.ts:"),
    expect.stringContaining("    a test is skipped"),
    "refuse",
  ]);
  await expect(judge("--working-tree", "--overrule", "skips=ada: why")).rejects.toThrow(
    "there is no rule skips",
  );
  lines.length = 0;
  await sh(world.repo, "git", "checkout", "-q", ".");
  expect(await judge("--patch", "skip.patch")).toBe(1);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ rule: "skip", verdict: "refuse", path: "test/packer.test.ts" }),
    { verdict: "refuse" },
  ]);
  expect(await sh(world.repo, "git", "status", "--porcelain")).toBe("");
  await writeFile(join(world.repo, "README.md"), "Packs.\n");
  await sh(world.repo, "git", "add", "-A");
  await sh(world.repo, "git", "commit", "-qm", "Say what it is");
  expect(await judge("--commit", "HEAD", "--format", "text")).toBe(0);
  expect(lines.at(-1)).toBe("allow");
  await expect(judge()).rejects.toThrow("--patch FILE or --commit SHA");
});
