import { expect, setDefaultTimeout, test } from "bun:test";
import { fix, RACE_TEST, ScriptedModel, scratch } from "./world.ts";

// Many real runs of a test, on a machine that may be busy.
setDefaultTimeout(240_000);

const SETTLE = "sed -i 's/await new Promise.*/await packer.settled();/' test/packer.test.ts";
const command = (script: string) => ({ fixer: { kind: "command" as const, command: ["sh", "-c", script] } });

test("a command fixes under the same gates and the same proof", async () => {
  await using world = await scratch();
  const said = JSON.stringify({
    mechanism: "Read too early.",
    change: "Waits.",
    product_at_fault: "No, the test is.",
  });
  const script = `grep -q 'Test: packs what was added' "$TASK_PROMPT" && ${SETTLE} && echo '${said}'`;
  const result = await fix(world, new ScriptedModel(), command(script));
  expect([result.outcome, result.summary?.mechanism]).toEqual(["done", "Read too early."]);
  expect(result.status.reproduction.after?.failures).toBe(0);
});

test("what set-up leaves behind is no part of the change", async () => {
  await using world = await scratch();
  const toolchain = {
    setup: "echo 1 > installed.txt",
    test: "test -e installed.txt && bun test {file}",
    suite: "bun test test",
  };
  const result = await fix(world, new ScriptedModel(), { ...command(SETTLE), toolchain });
  expect(result.outcome).toBe("done");
  expect(result.patch).not.toContain("installed.txt");
});

test("a command's change to anything but allowed paths is refused", async () => {
  await using world = await scratch();
  const script = `${SETTLE}; mkdir -p .github/workflows; echo x > .github/workflows/ci.yml; ln -s /etc/passwd test/p`;
  const result = await fix(world, new ScriptedModel(), command(script));
  expect(result.reason).toContain("git's own files and CI settings stay as they are");
  expect(result.reason).toContain("symbolic links are not changed");
});

test("a command that fails ends the task with what it said", async () => {
  await using world = await scratch();
  const result = await fix(world, new ScriptedModel(), command("echo no licence; exit 4"));
  expect(result.reason).toBe("command_failed: the command ended with 4: no licence\n");
});

test("product code is off limits unless the settings allow it", async () => {
  await using world = await scratch();
  const script = "sed -i 's/Math.random() \\* 30/0/' src/packer.ts";
  const refused = await fix(world, new ScriptedModel(), command(script));
  expect(refused.reason).toContain("src/packer.ts:0 paths (refuse): this is product code");
  const paths = { allow: [], deny: [], product: "allow" as const };
  const allowed = await fix(world, new ScriptedModel(), { ...command(script), paths });
  expect([allowed.outcome, allowed.labels]).toEqual([
    "done_with_risk",
    ["automated", "test", "needs-manual-review"],
  ]);
});

/** A change of the line that waits, as a node would report it. */
const fromNode = (after: string, wait = lineOf("  await new")) => ({
  fixer: {
    kind: "patch" as const,
    patch: `diff --git a/${AT} b/${AT}\n--- a/${AT}\n+++ b/${AT}\n@@ -6,3 +6,3 @@\n ${lineOf("  packer.add")}\n-${wait}\n+${after}\n ${lineOf("  expect(")}\n`,
    summary: null,
  },
});
const AT = "test/packer.test.ts";
const lineOf = (start: string) => RACE_TEST.split("\n").find((line) => line.startsWith(start)) ?? "";

test("a patch from elsewhere is judged like any other, and given no second try", async () => {
  await using world = await scratch();
  const slow = fromNode("  await new Promise((done) => setTimeout(done, 2000));");
  const refused = await fix(world, new ScriptedModel(), slow);
  expect([refused.outcome, refused.patch]).toEqual(["failed", null]);
  expect(refused.reason).toStartWith("gate_refused:");
  expect(refused.status.phases.filter(({ name }) => name === "GENERATE")).toHaveLength(1);
  const stale = await fix(world, new ScriptedModel(), fromNode("  await 1;", "  something else"));
  expect(stale.reason).toStartWith("patch_refused:");
});
