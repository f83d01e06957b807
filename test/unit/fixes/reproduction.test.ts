import { expect, setDefaultTimeout, test } from "bun:test";
import { failedOtherwise } from "../../../src/features/fixes/run/same-failure.ts";
import { redact } from "../../../src/kernel/text/redact.ts";
import { finish, fix, GOOD_FIX, ScriptedModel, scratch } from "./world.ts";

setDefaultTimeout(60_000);

const failed = (...signatures: string[]) => signatures.map((signature) => ({ name: "TestPack", signature }));

test("a failure is the reported one by its signature, figures and secrets apart", () => {
  const known = ["got 1 items, want 2", "the crate is gone"];
  expect(failedOtherwise(failed("got 17 items, want 2"), known)).toBeNull();
  expect(failedOtherwise(failed("the crate is gone"), known)).toBeNull();
  expect(failedOtherwise(failed("got no items"), known)).toBe("got no items");
  const secret = `ghp_${"a".repeat(36)}`;
  // what is known was kept without its secrets
  expect(failedOtherwise(failed(`refused ${secret}`), [redact(`refused ${secret}`)])).toBeNull();
  expect(failedOtherwise(failed(`refused ${secret}`), known)).not.toContain(secret);
});

test("of several failures in one run, the reported one is enough", () => {
  expect(failedOtherwise(failed("left over: 3 files", "got 0 items"), ["got 1 items"])).toBeNull();
  expect(failedOtherwise(failed("left over", "refused"), ["got 1 items"])).toBe("left over");
});

test("where one side does not tell, a failure of the test counts", () => {
  expect(failedOtherwise([], ["got 1 items"])).toBeNull();
  expect(failedOtherwise(failed("left over"), undefined)).toBeNull();
  expect(failedOtherwise(failed("left over"), [""])).toBeNull();
  expect(failedOtherwise(failed("", "left over"), ["got 1 items"])).toBeNull();
});

const COUNT = "n=$(cat runs 2>/dev/null || echo 0); echo $((n + 1)) >runs";
const fails = (how: string) =>
  `printf '=== RUN   TestPack\\n    pack_test.go:7: ${how}\\n--- FAIL: TestPack (0.00s)\\nFAIL\\n'; exit 1`;
/** Fails as was reported, then in another way, then passes, and so on; `mended` is what it does after the change. */
const line = (mended: string) =>
  `${COUNT}; if grep -q settled test/packer.test.ts; then ${mended}; fi; ` +
  `case $((n % 3)) in 0) ${fails("got 1 items, want 2")};; 1) ${fails("connection refused")};; esac`;
const task = (mended: string, signature: string, runs: number) => ({
  test: { name: "TestPack", framework: "go" },
  toolchain: { test: line(mended), suite: "true" },
  signatures: [signature],
  prove: { runs },
});
const model = () => new ScriptedModel(GOOD_FIX, finish);

test("another failure of the same test is counted and named apart", async () => {
  await using world = await scratch();
  const asked = model();
  const result = await fix(world, asked, task("exit 0", "got 5 items, want 2", 40));
  expect(result.outcome).toBe("done");
  expect(result.status.reproduction.before).toEqual({ runs: 7, failures: 3, otherwise: 2 });
  expect(result.status.reproduction.after).toEqual({ runs: 20, failures: 0 });
  expect(result.pr.body).toContain("- Before: 3 of 7 runs failed (2 more in another way).");
  expect(result.pr.body).toContain("in 2 of 7 runs before the change; these do not count");
  expect(result.pr.body).toContain("connection refused");
  expect(JSON.stringify(asked.seen[0])).toContain("One of them, as it was reported:");
});

test("where only another failure was seen, the reported one is not reproduced", async () => {
  await using world = await scratch();
  const asked = model();
  const result = await fix(world, asked, task("exit 0", "the crate is gone", 6));
  expect(result.outcome).toBe("done_with_risk");
  expect(result.status.reproduction.before).toEqual({
    runs: 6,
    failures: 0,
    otherwise: 4,
    tried: ["cpu", "neighbours", "procs"],
  });
  expect(result.status.risk_labels).toContain("needs-manual-review");
  expect(result.pr.body).toContain("The failure that was reported was not seen in our own runs");
  expect(JSON.stringify(asked.seen[0])).toContain("That is not the failure in CI");
});

test("after the change another failure ends the proof too, and it is said that it is another", async () => {
  await using world = await scratch();
  const result = await fix(world, model(), task(fails("deadlock"), "got 1 items, want 2", 9));
  expect(result.reason).toMatch(
    /^proof_failed: The test still fails with your change, in another way than was reported \(.*deadlock.*\) \(run 1\)/,
  );
  expect(result.status.reproduction).toMatchObject({ after: { runs: 1, failures: 1 }, bound: null });
});
