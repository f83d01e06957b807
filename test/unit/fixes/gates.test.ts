import { describe, expect, test } from "bun:test";
import type { PathRules } from "../../../src/features/fixes/model.ts";
import { allowedPaths, judgePatch, parseDiff } from "../../../src/features/fixes/run/gates/index.ts";

/** A patch that puts `after` in place of `before` in one file. */
function patchOf(path: string, before: string, after: string, context = ""): string {
  const lines = (sign: string, text: string) =>
    text === "" ? [] : text.split("\n").map((line) => sign + line);
  const body = [...lines(" ", context), ...lines("-", before), ...lines("+", after)];
  const head = `diff --git a/${path} b/${path}\nindex 1111111..2222222 100644\n--- a/${path}\n+++ b/${path}\n`;
  return `${head}@@ -1,9 +1,9 @@\n${body.join("\n")}\n`;
}

const verdict = (path: string, before: string, after: string, context = "", evidence = "") => {
  const judged = judgePatch(patchOf(path, before, after, context), { evidence });
  return `${judged.verdict}: ${[...new Set(judged.findings.map((finding) => finding.rule))].join(" ")}`;
};

const JS = "test/a.test.ts";
const GO = "pkg/a_test.go";
const PY = "tests/test_a.py";

describe("masking changes", () => {
  test.each([
    [JS, 'test("a", () => {', 'test.skip("a", () => {', "refuse: skip"],
    [JS, 'it("a", () => {', 'xit("a", () => {', "refuse: skip deleted-test"],
    [JS, "", 'test.only("b", () => {', "refuse: skip"],
    [GO, "", '\tt.Skip("flaky")', "refuse: skip"],
    [GO, "package a", "//go:build !race\n\npackage a", "refuse: skip"],
    [PY, "", '@pytest.mark.skip(reason="flaky")', "refuse: skip"],
    [PY, "", "@pytest.mark.xfail", "refuse: skip"],
    [
      JS,
      'test("a", async () => {\n  expect(await f()).toBe(1);\n});',
      "",
      "refuse: deleted-test lost-assertion",
    ],
    [GO, "func TestA(t *testing.T) {", "func testA(t *testing.T) {", "refuse: deleted-test"],
    [PY, "def test_a():", "# def test_a():", "refuse: deleted-test"],
    [GO, "\ttime.Sleep(10 * time.Millisecond)", "\ttime.Sleep(time.Second * 10)", "refuse: longer-wait"],
    [GO, "\tWaitTimeout: 3 * time.Second,", "\tWaitTimeout: 30 * time.Second,", "refuse: longer-wait"],
    [PY, "    q.get(timeout=1)", "    q.get(timeout=30)", "refuse: longer-wait"],
    [JS, "", "  await Bun.sleep(100);", "refuse: sleep"],
    [JS, "", "  await new Promise((r) => setTimeout(r, 200));", "refuse: sleep"],
    [GO, "", "\ttime.Sleep(100 * time.Millisecond)", "refuse: sleep"],
    [PY, "", "    time.sleep(1)", "refuse: sleep"],
    [JS, 'test("a", f);', 'test("a", f, { retry: 3 });', "refuse: retry"],
    [PY, "", "@pytest.mark.flaky(reruns=3)", "refuse: retry"],
    ["bunfig.toml", "", "retry = 3", "refuse: retry runner-settings"],
    [JS, "", "  await f().catch(() => {});", "label: swallowed-error"],
    [GO, "\trequire.NoError(t, run())", "\t_ = run()", "label: lost-assertion swallowed-error"],
    [JS, "  expect(a).toBe(1);", "", "label: lost-assertion"],
    [JS, "  expect(a).toBe(1);", "  expect(true).toBe(true);", "label: always-true"],
    [JS, "  expect(a).toBe(1);", "  expect(a).toBeDefined();", "label: weaker-comparison"],
  ])("%s: %p becomes %p", (path, before, after, wanted) => {
    expect(verdict(path, before, after)).toBe(wanted);
  });

  test("a number on a line of its own counts where the call above it waits", () => {
    expect(verdict(JS, "  }, 500);", "  }, 5000);", "  await waitFor(() => {")).toBe("refuse: longer-wait");
  });

  test("the assertion that failed may not go", () => {
    const evidence = "  12 |   expect(packed).toHaveLength(3);\nerror: expect(received)";
    expect(verdict(JS, "  expect(packed).toHaveLength(3);", "", "", evidence)).toBe("refuse: lost-assertion");
  });
});

describe("honest changes", () => {
  test.each([
    [JS, "  await Bun.sleep(20);", "  await packer.settled();"],
    [JS, "  expect(a).toBe(1);", "  await waitFor(() => a === 1);\n  expect(a).toBe(1);"],
    [
      GO,
      "\trequire.Equal(t, 1, n.Load())",
      "\trequire.Eventually(t, func() bool { return n.Load() == 1 }, time.Second, tick)",
    ],
    [GO, "\tport := 8080", "\tport := freePort(t)"],
    [PY, "    assert sorted(a) == b", "    worker.join()\n    assert sorted(a) == b"],
    [PY, "    random.seed()", "    random.seed(7)"],
    [JS, 'test("a", () => {', 'test("a, whatever the order", () => {'],
    [JS, "  const port = 3000;", "  const port = 0;"],
  ])("%s: %p becomes %p", (path, before, after) => {
    expect(verdict(path, before, after)).toStartWith("allow: ");
  });
});

describe("paths", () => {
  const rules: PathRules = { allow: [], deny: ["test/secret/**"], product: "deny" };
  const faults = (path: string, over: Partial<PathRules> = {}) =>
    allowedPaths(parseDiff(patchOf(path, "a", "b")), { ...rules, ...over }).map((finding) => finding.text);

  test("test code may change; CI settings, lock files, denied and product paths may not", () => {
    expect(faults("test/a.test.ts")).toEqual([]);
    for (const path of [
      ".github/workflows/ci.yml",
      "test/.gitattributes",
      "test/bun.lock",
      "test/secret/a.test.ts",
      "src/a.ts",
    ]) {
      expect(faults(path)).toHaveLength(1);
    }
    expect(faults("src/a.ts", { product: "allow" })).toEqual([]);
    expect(faults("src/b.ts", { allow: ["src/a.ts"], product: "allow" })).toEqual([
      "the path is not among the allowed ones",
    ]);
  });

  test("a lock in product code is let through, to be looked at", () => {
    const lock = patchOf("pkg/a.go", "", "\tc.mu.Lock()\n\tdefer c.mu.Unlock()");
    expect(allowedPaths(parseDiff(lock), rules)).toEqual([]);
    expect(judgePatch(lock, { evidence: "" }).verdict).toBe("label");
  });
});

test("a changed line cannot pass itself off as another file's header", () => {
  const sneaky = patchOf(JS, "", "x\rdiff --git a/y b/y\rindex 1..2 100644");
  expect(parseDiff(sneaky).files.map((file) => file.path)).toEqual([JS]);
});

test("quoted paths are read as git means them", () => {
  const patch =
    'diff --git "a/t\\303\\266 \\"x\\".py" "b/t\\303\\266 \\"x\\".py"\nold mode 100644\nnew mode 100755\n';
  expect(parseDiff(patch).files.map((file) => [file.path, file.newMode])).toEqual([['tö "x".py', "100755"]]);
});
