import { expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { edit, finish, fix, GOOD_FIX, type Say, ScriptedModel, scratch, sh, statusOf } from "./world.ts";

// Many real runs of a test, on a machine that may be busy.
setDefaultTimeout(240_000);

test("a good fix is done, with a proof that says how sure it is", async () => {
  await using world = await scratch();
  const model = new ScriptedModel(
    { name: "search", args: { pattern: "packs what was added" } },
    { name: "read_file", args: { path: "test/packer.test.ts" } },
    GOOD_FIX,
    { name: "run_test", args: { count: 3 } },
    { name: "git_log", args: { path: "test/packer.test.ts" } },
    finish,
  );
  const result = await fix(world, model);
  expect([result.outcome, result.reason]).toEqual(["done", "done: all gates passed"]);
  expect(result.patch).toContain("+  await packer.settled();");
  const { before, after, bound } = result.status.reproduction;
  expect(before?.failures).toBeGreaterThan(0);
  expect(after?.failures).toBe(0);
  expect(after?.runs).toBeGreaterThanOrEqual(20);
  expect(bound).toBeCloseTo(3 / (after?.runs ?? 0));
  expect(result.status.gates.every((gate) => gate.ok)).toBe(true);
  expect(await statusOf(world)).toEqual(result.status);
  expect(result.status.phases.map((phase) => phase.name)).toEqual([
    "PREPARE",
    "ANALYZE",
    "GENERATE",
    "VALIDATE",
    "COMMIT",
    "AGGREGATE",
    "PR",
    "EXIT",
  ]);
  expect(result.pr.body).toMatch(/^## Why it failed, and why it can't now\n\nThe length is read before/);
  const results = model.results().join("\n");
  expect(results).toContain("0 of 3 runs failed");
  expect(results).toContain("Ann: Start");
  const trajectory = await readFile(join(world.dir, "artifacts/task-1/trajectory.ndjson"), "utf8");
  expect(trajectory.trim().split("\n")).toHaveLength(7);
  expect(await sh(world.repo, "git", "status", "--porcelain")).toBe("");
});

test("a change that only hides the failure is refused, and the fixer hears why", async () => {
  await using world = await scratch();
  const skip = edit('test("packs what was added"', 'test.skip("packs what was added"');
  const model = new ScriptedModel(skip, finish);
  const result = await fix(world, model);
  expect(result.outcome).toBe("failed");
  expect(result.reason).toStartWith(
    "gate_refused: The change is refused:\ntest/packer.test.ts:4 skip (refuse)",
  );
  expect(result.patch).toBeNull();
  expect(model.results().filter((text) => text.startsWith("Not accepted yet."))).toHaveLength(2);
  expect((await statusOf(world)).exit_code).toBe(1);
});

test("a fixer that hid the failure first may do better", async () => {
  await using world = await scratch();
  const longer = edit("setTimeout(done, 20)", "setTimeout(done, 60)");
  const undo = edit("setTimeout(done, 60)", "setTimeout(done, 20)");
  const result = await fix(world, new ScriptedModel(longer, finish, undo, GOOD_FIX, finish));
  expect([result.outcome, result.patch?.includes("setTimeout(done, 60)")]).toEqual(["done", false]);
});

test("what a person overruled passes with a label, and the text says who and why", async () => {
  await using world = await scratch();
  const longer = edit("setTimeout(done, 20)", "setTimeout(done, 60)");
  const result = await fix(world, new ScriptedModel(longer, finish), {
    toolchain: { test: "grep -q 'done, 60' test/packer.test.ts", suite: "true" },
    overrules: [{ rule: "longer-wait", path: "test/**", by: "bob", reason: "*slow* carrier, see @ops" }],
  });
  expect([result.outcome, result.status.risk_labels]).toEqual(["done_with_risk", ["needs-manual-review"]]);
  const said = result.pr.body.split("## Overruled\n\n")[1]?.split("\n\n##")[0];
  expect(said).toStartWith("- `longer-wait` at `test/packer.test.ts:");
  expect(said).toContain("Overruled by bob: \\*slow\\* carrier");
  expect(said).not.toMatch(/(^|\s)@ops/);
  expect(result.status.gates.find(({ name }) => name === "restraint")?.detail).toContain("overruled by bob");
});

test("what a fixer quotes has no force in the commit, the title or the pull request", async () => {
  await using world = await scratch();
  const hostile =
    "It waits, as @acme/all said; this fixes #12 and closes acme/shop#3.\n/lgtm\nResolves https://github.com/a/b/issues/4";
  const args = { mechanism: hostile, change: hostile, product_at_fault: false };
  const titlePrefix = "fixes #12 for @bob:";
  const result = await fix(world, new ScriptedModel(GOOD_FIX, { name: "finish", args }), { titlePrefix });
  for (const text of [result.commitMessage, result.pr.title, result.pr.body]) {
    expect(text).toMatch(/fixes #\u200b/);
    expect(text).not.toMatch(/@(?:acme|bob)|#\d|^\/lgtm|\b(?:fixes|resolves) http/im);
  }
});

test("a change that does not help fails the proof", async () => {
  await using world = await scratch();
  const rename = edit('packer.add("apple")', 'packer.add("pear")');
  const result = await fix(world, new ScriptedModel(rename, finish));
  expect(result.reason).toStartWith("proof_failed: The test still fails with your change");
  expect(result.status.reproduction.bound).toBeNull();
});

test("a model that makes no sense is told so, and given up after five times in a row", async () => {
  await using world = await scratch();
  const nonsense: Say[] = [
    { name: "read_file", raw: "{nope" },
    { name: "fly", args: {} },
    { name: "edit_file", args: { path: 1 } },
    { text: "I think the answer is 42." },
    { name: "finish", args: { mechanism: "" } },
  ];
  const model = new ScriptedModel(...nonsense);
  const result = await fix(world, model, { prove: { runs: 1 } });
  expect([result.outcome, result.reason.split(":")[0]]).toEqual(["failed", "model_nonsense"]);
  expect(result.status.steps).toBe(5);
  expect(model.results()).toEqual([
    "error: the arguments of read_file are not JSON",
    'error: there is no tool "fly"',
    expect.stringContaining("error: the arguments of edit_file are wrong"),
  ]);
});

test("steps, dollars and minutes end a task, each under its name", async () => {
  await using world = await scratch();
  const look = new ScriptedModel({ name: "list_files", args: { path: "" } });
  const prove = { runs: 1 };
  const end = async (budget: { usd: number; steps: number; minutes: number }) => {
    const result = await fix(world, look, { budget, prove });
    return [result.outcome, result.reason.split(":")[0]];
  };
  expect(await end({ usd: 9, steps: 3, minutes: 1 })).toEqual(["failed", "step_limit"]);
  expect(await end({ usd: 0.03, steps: 90, minutes: 1 })).toEqual(["failed", "budget"]);
  const hangs = { toolchain: { test: "sleep 60" }, budget: { usd: 1, steps: 9, minutes: 0.02 } };
  const late = await fix(world, look, hangs);
  expect([late.outcome, late.reason.split(":")[0], late.status.partial]).toEqual([
    "timed_out",
    "time_limit",
    true,
  ]);
});

test("cancelling reaches the running command", async () => {
  await using world = await scratch();
  const stop = new AbortController();
  const running = fix(
    world,
    new ScriptedModel(finish),
    { toolchain: { test: "touch started; sleep 60" } },
    { signal: stop.signal, onPhase: async (phase) => void (phase === "ANALYZE" && stop.abort()) },
  );
  expect((await running).outcome).toBe("cancelled");
  expect((await statusOf(world)).reason).toStartWith("cancelled");
});

test("a test command that finds no test is no proof of anything", async () => {
  await using world = await scratch();
  const test = { name: "no such test", file: "test/packer.test.ts", framework: "bun" };
  const result = await fix(world, new ScriptedModel(finish), { test });
  expect([result.outcome, result.reason.split(":")[0]]).toEqual(["failed", "test_not_run"]);
});

test("a set-up that fails is said at once", async () => {
  await using world = await scratch();
  const toolchain = { setup: "echo no registry; exit 3", test: "bun test" };
  const result = await fix(world, new ScriptedModel(finish), { toolchain });
  expect(result.reason).toBe("setup_failed: set-up failed: no registry");
});
