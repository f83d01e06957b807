import { describe, expect, test } from "bun:test";
import type { PathRules } from "../../../src/features/fixes/model.ts";
import { overruleHint } from "../../../src/features/fixes/overrules.ts";
import { allowedPaths, judgePatch, parseDiff } from "../../../src/features/fixes/run/gates/index.ts";

/** A patch that puts `after` in place of `before`, in a file that is shown whole. */
function patchOf(path: string, before: string, after: string, top = "", end = ""): string {
  const lines = (sign: string, text: string) =>
    text === "" ? [] : text.split("\n").map((line) => sign + line);
  const body = [...lines(" ", top), ...lines("-", before), ...lines("+", after), ...lines(" ", end)];
  const head = `diff --git a/${path} b/${path}\nindex 1111111..2222222 100644\n--- a/${path}\n+++ b/${path}\n`;
  return `${head}@@ -1,9 +1,9 @@\n${body.join("\n")}\n`;
}

const JS = "test/a.test.ts";
const GO = "pkg/a_test.go";
const PY = "tests/test_a.py";
const JAVA = "src/test/java/ATest.java";
const RUST = "tests/a.rs";

/** A test around the changed lines. */
const AROUND: Record<string, [string, string]> = {
  [JS]: ['test("a", async () => {\n  await run();', "  expect(n).toBe(1);\n});"],
  [GO]: ["package a\n\nfunc TestA(t *testing.T) {\n\trun()", "\trequire.Equal(t, 1, n)\n}"],
  [PY]: ["def test_a():\n    run()", "    assert n == 1"],
  [JAVA]: ["class ATest {\n  @Test\n  void a() {\n    run();", "    assertEquals(1, n);\n  }\n}"],
  [RUST]: ["#[test]\nfn a() {\n    run();", "    assert_eq!(n, 1);\n}"],
};

async function verdict(patch: string, evidence = ""): Promise<string> {
  const judged = await judgePatch(patch, { evidence });
  return `${judged.verdict}: ${[...new Set(judged.findings.map((finding) => finding.rule))].join(" ")}`;
}

const inTest = (path: string, before: string, after: string, evidence = "") =>
  verdict(patchOf(path, before, after, ...(AROUND[path] ?? ["", ""])), evidence);

describe("masking changes in a test", () => {
  test.each([
    [GO, "", '\tif os.Getenv("CI") != "" {\n\t\tt.Skip("flaky")\n\t}', "refuse: skip environment-branch"],
    [PY, "", "    return", "refuse: skip"],
    [JAVA, "", "    assumeTrue(ready());", "refuse: skip"],
    [GO, "\ttime.Sleep(10 * time.Millisecond)", "\ttime.Sleep(time.Second * 10)", "refuse: longer-wait"],
    [PY, "    q.get(timeout=1)", "    q.get(timeout=30)", "refuse: longer-wait"],
    [
      RUST,
      "    rx.recv_timeout(Duration::from_millis(90)).unwrap();",
      "    rx.recv_timeout(Duration::from_secs(9)).unwrap();",
      "refuse: longer-wait",
    ],
    [JS, "", "  await Bun.sleep(100);", "refuse: sleep"],
    [JS, "", "  await new Promise((resolve) => setTimeout(resolve, 200));", "refuse: sleep"],
    [GO, "", "\t<-time.After(time.Second)", "refuse: sleep"],
    [JAVA, "", "    new CountDownLatch(1).await(1, TimeUnit.SECONDS);", "refuse: sleep"],
    [RUST, "", "    std::thread::sleep(Duration::from_millis(50));", "refuse: sleep"],
    [JS, "", "  await waitFor(() => true);", "refuse: idle-wait"],
    [GO, "", "\tfor !done {\n\t}", "label: spin"],
    [GO, "", "\truntime.Gosched()", "label: yield"],
    [JS, "", "  await stop().catch(() => {});", "label: swallowed-error"],
    [GO, "\trequire.NoError(t, stop())", "\t_ = stop()", "label: lost-assertion swallowed-error"],
    [JS, "  expect(a).toBe(1);", "", "label: lost-assertion"],
    [JS, "  expect(a).toBe(1);", "  expect(a).toBe(a);", "label: always-true"],
    [JS, "  expect(a).toBe(1);", "  expect(a).toBeDefined();", "label: weaker-comparison"],
    [PY, "    assert a == 1", "    assert a == 1 or True", "label: always-true"],
    [RUST, "    assert_eq!(a, 1);", "    assert_eq!(a, 2);", "label: expected-value"],
    [PY, "    assert seconds < 1", "    assert seconds < 60", "label: tolerance"],
    [
      GO,
      "\trequire.Equal(t, 2, m)",
      "\tif ok {\n\t\trequire.Equal(t, 2, m)\n\t}",
      "label: guarded-assertion",
    ],
    [
      JS,
      "  await expect(f()).rejects.toThrow(E);",
      "  expect(f()).rejects.toThrow(E);",
      "label: unawaited-assertion",
    ],
    [PY, "", "    random.seed(7)", "label: fixed-seed"],
    [GO, "\tworkers := 50", "\tworkers := 1", "label: smaller-load"],
    [GO, "\tt.Parallel()", "", "label: serialised"],
    [JS, "", '  vi.spyOn(price, "of").mockReturnValue(1);', "label: mock"],
    [GO, "", "\tos.Exit(0)", "refuse: exit"],
    [
      GO,
      "",
      "\tctx, stop := context.WithTimeout(bg, time.Second)\n\tdefer stop()\n\t<-ctx.Done()",
      "refuse: sleep",
    ],
    [GO, "", "\t<-time.NewTimer(time.Second).C", "refuse: sleep"],
    [GO, "", "\tfor at := time.Now(); time.Since(at) < time.Second; {\n\t}", "refuse: sleep"],
    [
      GO,
      '\tif !errors.Is(err, ErrGone) {\n\t\tt.Fatal("no")\n\t}',
      '\tif err == nil {\n\t\tt.Fatal("no")\n\t}',
      "label: weaker-comparison",
    ],
    [PY, "", "    select.select([], [], [], 0.5)", "refuse: sleep"],
    [JAVA, "", "    this.wait(500);", "refuse: sleep"],
    [JS, "  expect(rows).toEqual([a, b]);", "  expect(rows.length).toBe(2);", "label: weaker-comparison"],
    [JS, "  expect(a).toBe(3);", "  a && expect(a).toBe(3);", "label: guarded-assertion"],
    [JS, "  expect(list).to.be.empty;", "", "label: lost-assertion"],
  ])("%s: %p becomes %p", async (path, before, after, wanted) => {
    expect(await inTest(path, before, after)).toBe(wanted);
  });

  test("the assertion that failed may not go", async () => {
    const evidence = "  12 |   expect(packed).toHaveLength(3);\nerror: expect(received)";
    expect(await inTest(JS, "  expect(packed).toHaveLength(3);", "", evidence)).toBe(
      "refuse: lost-assertion",
    );
  });
});

test("what reads like it and is sound is let through", async () => {
  const choice = "\tselect {\n\tcase <-f.C:\n\tcase <-ctx.Done():\n\t\tt.Fatal(1)\n\t}";
  const made = "\tctx, stop := context.WithTimeout(bg, time.Second)\n\tdefer stop()\n";
  expect(await inTest(GO, "", made + choice)).toBe("allow: ");
  const both = '\tif a != 1 || b != 2 {\n\t\tt.Fatal("no")\n\t}';
  expect(await inTest(GO, '\tif a != 1 {\n\t\tt.Fatal("no")\n\t}', both)).not.toStartWith("refuse");
  expect(await verdict(patchOf("deploy/app.yaml", "timeout: 30", "timeout: 5"))).toBe("allow: ");
});

describe("masking changes of whole tests", () => {
  const jsTest = (head: string, end = "});") => `${head}\n  expect(await f()).toBe(1);\n${end}`;
  const body = jsTest('test("a", async () => {');
  test.each([
    [JS, body, jsTest('test.skip("a", async () => {'), "refuse: skip"],
    [JS, body, jsTest('xit("a", async () => {'), "refuse: skip"],
    [JS, body, jsTest('test("a", async () => {', "}, { retry: 3 });"), "refuse: retry"],
    [JS, body, jsTest('test("a", { skip: true }, async () => {'), "refuse: skip"],
    [JS, body, "", "refuse: deleted-test"],
    ["Makefile", "\tgo test ./...", "\tgo test ./... || go test ./...", "refuse: retry runner-settings"],
    [".env.test", "WAIT_MS=100", "WAIT_MS=9000", "refuse: longer-wait runner-settings"],
    ["deploy/app.yaml", "timeout: 5", "timeout: 30", "refuse: longer-wait"],
    [JS, body, 'test("a", async () => {});', "refuse: deleted-test lost-assertion"],
    [
      GO,
      "package a\n\nfunc TestA(t *testing.T) { t.Fatal() }",
      "package a\n\nfunc testA(t *testing.T) { t.Fatal() }",
      "refuse: deleted-test",
    ],
    [GO, "package a", "//go:build !race\n\npackage a", "refuse: skip"],
    [
      PY,
      "def test_a():\n    assert f()",
      "@pytest.mark.flaky(reruns=3)\ndef test_a():\n    assert f()",
      "refuse: retry",
    ],
    [RUST, "#[test]\nfn a() {\n    f();\n}", "#[test]\n#[ignore]\nfn a() {\n    f();\n}", "refuse: skip"],
    [
      JAVA,
      "class ATest {\n  @Test void a() { f(); }\n}",
      "class ATest {\n  @Disabled @Test void a() { f(); }\n}",
      "refuse: skip",
    ],
    ["bunfig.toml", "", "retry = 3", "refuse: retry runner-settings"],
    [
      ".github/workflows/ci.yml",
      "    run: go test -race ./...",
      "    run: go test ./... || true",
      "refuse: skip lost-check runner-settings",
    ],
    ["go.sum", "", "x v1 h1:a=", "label: lock-file"],
    [
      "src/a.ts",
      "const n = 1;",
      'const n = process.env.NODE_ENV === "test" ? 2 : 1;',
      "label: environment-branch product-code",
    ],
  ])("%s: %p becomes %p", async (path, before, after, wanted) => {
    expect(await verdict(patchOf(path, before, after))).toBe(wanted);
  });
});

describe("honest changes", () => {
  test.each([
    [JS, "  await Bun.sleep(20);", "  await packer.settled();"],
    [JS, "  expect(a).toBe(1);", "  await waitFor(() => a === 1);\n  expect(a).toBe(1);"],
    [
      GO,
      "\trequire.Equal(t, 1, m.Load())",
      "\trequire.Eventually(t, func() bool { return m.Load() == 1 }, time.Second, tick)",
    ],
    [GO, "\tport := 8080", "\tport := freePort(t)"],
    [GO, '\tt.Skip("flaky")', ""],
    [PY, "    assert sorted(a) == b", "    worker.join()\n    assert sorted(a) == b"],
    [PY, "    time.sleep(2)", "    time.sleep(1)"],
    [JAVA, "    Thread.sleep(500);", "    clock.advance(Duration.ofMillis(500));"],
    [RUST, "    work.start();", "    work.start();\n    work.finished().recv().unwrap();"],
    [JS, "  const port = 3000;", "  const port = 0;"],
  ])("%s: %p becomes %p", async (path, before, after) => {
    expect(await inTest(path, before, after)).toStartWith("allow: ");
  });

  test("a renamed or moved test is not a deleted one", async () => {
    const body = "\n  const out = f(1);\n  expect(out).toBe(1);\n});";
    expect(
      await verdict(patchOf(JS, `test("a", () => {${body}`, `test("says what it does", () => {${body}`)),
    ).toBe("allow: ");
    const moved =
      patchOf(JS, `test("a", () => {${body}`, "") + patchOf("test/b.test.ts", "", `test("a", () => {${body}`);
    expect(await verdict(moved)).toBe("allow: ");
  });
});

test("the policy turns a verdict; a maintainer's word lets pass what was refused, and is told", async () => {
  const patch = patchOf(JS, "", "  await Bun.sleep(100);", ...(AROUND[JS] ?? ["", ""]));
  expect((await judgePatch(patch, { evidence: "", policy: { sleep: "label" } })).verdict).toBe("label");
  const overrules = [
    { rule: "sleep", path: "test/**", by: "ada", reason: "the device needs 80 ms to settle, measured" },
  ];
  const judged = await judgePatch(patch, { evidence: "", overrules });
  expect([judged.verdict, judged.findings[0]?.overruled]).toEqual([
    "label",
    "ada: the device needs 80 ms to settle, measured",
  ]);
  const elsewhere = [{ rule: "sleep", path: "e2e/**", by: "ada", reason: "slow" }];
  expect((await judgePatch(patch, { evidence: "", overrules: elsewhere })).verdict).toBe("refuse");
  const soft = await judgePatch(patch, {
    evidence: "",
    overrules,
    policy: { [overrules[0]?.rule ?? ""]: "label" },
  });
  expect([soft.verdict, soft.findings[0]?.overruled]).toEqual([
    judged.verdict,
    judged.findings[0]?.overruled,
  ]);
});

test("who hears that a rule refused a fix hears how to overrule it", () => {
  const refused = "gate_refused: The change is refused:\ntest/a.js:4 sleep (refuse): a new sleep";
  expect(overruleHint("#12", refused)).toContain("`overrule #12 sleep reason`");
  expect(overruleHint("#12", "gate_refused: The change is refused:\nbun.lock:0 paths (refuse): no")).toBe("");
  expect(overruleHint("#12", refused.replace("gate_refused", "proof_failed"))).toBe("");
});

test("a patch that shows no whole files is told as that", async () => {
  const part = patchOf(JS, "  a();", "  b();").replace("@@ -1,9 +1,9 @@", "@@ -40,9 +40,9 @@");
  expect(await verdict(part)).toBe("label: partly-read");
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

  test("what CI obeys may change where a glob names it, git's own folder never", () => {
    for (const path of [
      ".github/workflows/ci.yml",
      ".circleci/config.yml",
      "Jenkinsfile",
      "azure-pipelines.yml",
    ]) {
      expect(faults(path, { product: "allow" })).toHaveLength(1);
      expect(faults(path, { product: "allow", allow: ["**", "*"] })).toHaveLength(1);
      expect(faults(path, { product: "allow", allow: [path] })).toEqual([]);
    }
    for (const path of [".git/config", ".gitmodules", "test/.gitattributes", "test/.git/hooks/post-commit"])
      expect(faults(path, { product: "allow", allow: [path] })).toHaveLength(1);
    expect(faults("test/.gitignore", { allow: ["test/**"] })).toHaveLength(1);
  });

  test("a lock in product code is let through, to be looked at", async () => {
    const lock = patchOf("pkg/a.go", "", "\tc.mu.Lock()\n\tdefer c.mu.Unlock()");
    expect(allowedPaths(parseDiff(lock), rules)).toEqual([]);
    expect((await judgePatch(lock, { evidence: "" })).verdict).toBe("label");
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
