import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createExtractor, extractText } from "../../../src/features/failures/extract/engine.ts";

const options = { repo: "acme/store" };
const encoder = new TextEncoder();

describe("go test", () => {
  test("a parent that failed by its subtest alone is none", () => {
    const log = "--- FAIL: TestA (0.1s)\n    --- FAIL: TestA/b (0.1s)\n        a_test.go:3: bad\nFAIL\n";
    expect(extractText(log, options).failures.map((one) => one.test)).toEqual(["TestA/b"]);
  });

  test("the function that runs Ginkgo's specs fails by them alone; a test far from them by itself", () => {
    const specs = [
      "  [FAILED] Expected",
      "      <int>: 1",
      "  to equal",
      "      <int>: 2",
      "  In [It] at: /x/store_test.go:16 @ 01/02/26 03:04:05.678",
      "Summarizing 1 Failure:",
      "  [FAIL] Store [It] gets",
      "  /x/store_test.go:16",
      "FAIL! -- 2 Passed | 1 Failed | 0 Pending | 0 Skipped",
      "--- FAIL: TestStore (0.00s)",
      "FAIL",
    ];
    const rest = Array.from({ length: 40 }, (_, at) => `line ${at}`);
    const log = [...specs, ...rest, "--- FAIL: TestQuiet (0.00s)", "FAIL"].join("\n");
    const { failures } = extractText(log, options);
    expect(failures.map((one) => one.test)).toEqual(["gets", "TestQuiet"]);
    expect(failures[0]?.message).toStartWith("Expected\n");
    expect(failures[0]?.message).not.toContain("In [It]");
  });

  test("a leak that goleak finds in a test is told by where the goroutines are, not by their numbers", () => {
    const leaks = (number: number) =>
      [
        "=== RUN   TestLeaky",
        "    leaks.go:78: found unexpected goroutines:",
        `        [Goroutine ${number} in state chan receive, with example.com/a.TestLeaky.func1 on top of the stack:`,
        `        goroutine ${number} [chan receive]:`,
        "        example.com/a.TestLeaky.func1()",
        "        ]",
        "--- FAIL: TestLeaky (0.45s)",
        "FAIL",
      ].join("\n");
    const [one, other] = [leaks(20), leaks(377)].map((log) => extractText(log, options).failures[0]);
    expect([one?.kind, one?.signature]).toEqual(["leak", "goleak example.com/a.TestLeaky.func1"]);
    expect(String(one?.fingerprint)).toBe(String(other?.fingerprint));
  });

  test("a test that fails and then passes in the same package was retried", () => {
    const log = [
      "=== RUN   TestA",
      "    a_test.go:3: bad",
      "--- FAIL: TestA (0.01s)",
      "FAIL\texample.com/a\t0.1s",
      "=== RUN   TestA",
      "--- PASS: TestA (0.01s)",
      "ok  \texample.com/a\t0.1s",
    ].join("\n");
    expect(extractText(log, options).failures[0]?.retried_ok).toBe(true);
    const elsewhere = log.replace("ok  \texample.com/a", "ok  \texample.com/b");
    expect(extractText(elsewhere, options).failures[0]?.retried_ok).toBeUndefined();
  });

  test("subtests that panic where an earlier one had failed are felled by it", () => {
    const felled = (name: string) => [
      `=== RUN   TestSuite/${name}`,
      "    panic.go:262: test panicked: runtime error: invalid memory address or nil pointer dereference",
      "        goroutine 12 [running]:",
      "        example.com/a.(*Server).Get(0x0)",
      "        \t/x/server.go:10 +0x1",
      `    --- FAIL: TestSuite/${name} (0.00s)`,
    ];
    const log = [
      "=== RUN   TestSuite/TestFirst",
      "    a_test.go:3:",
      "        \tError Trace:\t/x/a_test.go:3",
      "        \tError:      \tNot equal",
      "        \tTest:       \tTestSuite/TestFirst",
      "    --- FAIL: TestSuite/TestFirst (0.00s)",
      ...felled("TestSecond"),
      ...felled("TestThird"),
    ].join("\n");
    const found = extractText(log, options).failures.map((one) => [one.test, one.kind, one.cascade_of]);
    expect(found).toEqual([
      ["TestSuite/TestFirst", "assert", undefined],
      ["TestSuite/TestSecond", "panic", "TestSuite/TestFirst"],
      ["TestSuite/TestThird", "panic", "TestSuite/TestFirst"],
    ]);
  });

  test("all tests that hung in one timeout name the first one as the cause", () => {
    const log =
      "panic: test timed out after 5m0s\n\trunning tests:\n\t\tTestA (5m0s)\n\t\tTestB (4m0s)\n\nFAIL\texample.com/a\t300s\n";
    const found = extractText(log, options).failures.map((one) => [
      one.test,
      one.kind,
      one.cascade_of,
      one.package,
    ]);
    expect(found).toEqual([
      ["TestA", "timeout", undefined, "example.com/a"],
      ["TestB", "timeout", "TestA", "example.com/a"],
    ]);
  });

  test("testify's error is the message, under whichever test prints it", () => {
    const log = [
      "=== RUN   TestA",
      "=== RUN   TestB",
      "    testutil.go:68:",
      "        \tError Trace:\t/home/runner/work/a/a/testutil.go:68",
      "        \tError:      \tCondition never satisfied",
      "        \tTest:       \tTestA",
      "--- FAIL: TestA (1.00s)",
      "--- PASS: TestB (1.00s)",
    ].join("\n");
    const [failure] = extractText(log, options).failures;
    expect([failure?.test, failure?.message, failure?.signature]).toEqual([
      "TestA",
      "Condition never satisfied",
      "Condition never satisfied",
    ]);
  });

  test("the function that runs gocheck's suites is no failure of its own", () => {
    const log =
      "FAIL: a_test.go:12: storeSuite.TestGet\n\n... obtained int = 1\n\n--- FAIL: TestStore (0.1s)\nFAIL\n";
    expect(extractText(log, options).failures.map((one) => one.test)).toEqual(["TestGet"]);
  });

  test("what a parent logs after its subtest is not the subtest's message", () => {
    const log =
      "--- FAIL: TestA (1s)\n    --- FAIL: TestA/b (1s)\n        testing.go:9: race detected during execution of test\n    a.go:5: next\n";
    const [failure] = extractText(log, options).failures;
    expect([failure?.test, failure?.kind, failure?.signature]).toEqual([
      "TestA/b",
      "race",
      "race detected during execution of test",
    ]);
  });

  test("a quoted log is not a log", () => {
    const log = '> --- FAIL: TestA (0.1s)\n+    "--- FAIL: TestB (0.1s)"\necho "--- FAIL: TestC (0.1s)"\n';
    expect(extractText(log, options).failures).toEqual([]);
  });
});

describe("a test that failed and passed later", () => {
  const rest = "\u001b[32mPASSED\u001b[0m                      [ 12%]";
  const logs = [
    ["t/test_x.py::test_store_gets FAILED", "t/test_x.py::test_store_gets PASSED"],
    ["t/test_x.py::test_store_gets \u001b[31mFAILED\u001b[0m", `t/test_x.py::test_store_gets ${rest}`],
    ["t/test_x.py::test_a FAILED", `t/test_x.py::test_a ${rest}`],
    ["t/test_x.py::test_store[a-1] FAILED", `t/test_x.py::test_store[a-1] ${rest}`],
    ["t/test_x.py::test_stor\u00e9s RERUN", `t/test_x.py::test_stor\u00e9s ${rest}`],
    ["[info] - gets what was put *** FAILED ***", "[info] - gets what was put (12 milliseconds)"],
    ["[info] - gets *** FAILED ***", "\u001b[0m[\u001b[0minfo\u001b[0m] \u001b[0m- gets\u001b[0m"],
  ];
  const others = [
    "t/test_x.py::test_others PASSED",
    `t/test_x.py::test_stores ${rest}`,
    "[info] - gets nothing",
  ];
  for (const [failed = "", passed = ""] of logs)
    test(JSON.stringify(passed), () => {
      const retried = (...lines: string[]) => {
        const extractor = createExtractor({ ...options, tests: "failed" });
        // each is searched by itself, with what the one before taught
        for (const line of lines) extractor.push(encoder.encode(`${line}\n`));
        return extractor.end().failures.map((one) => one.retried_ok ?? false);
      };
      expect(retried(...others, failed, ...others, passed, ...others)).toEqual([true]);
      expect(retried(...others, passed, failed, ...others)).toEqual(failed.endsWith("RERUN") ? [] : [false]);
    });
});

test("what stands behind the prefix of a task is the line, a bracket too", () => {
  const log = "--- FAIL: TestA (0.1s)\n[task 2026-01-02T03:04:05.678Z] [store] got 1\n";
  expect(extractText(log, options).excerpts.get(0)?.text).toBe("--- FAIL: TestA (0.1s)\n[store] got 1");
});

test("the same whatever the size of the chunks", async () => {
  const log = new Uint8Array(
    await Bun.file(join(import.meta.dir, "../../fixtures/logs/pytest-verbose.log")).arrayBuffer(),
  );
  const whole = createExtractor(options);
  whole.push(log);
  const expected = whole.end();
  expect(expected.failures.length).toBeGreaterThan(5);
  for (const size of [1, 7, 100, 4096]) {
    const extractor = createExtractor(options);
    for (let at = 0; at < log.length; at += size) extractor.push(log.subarray(at, at + size));
    expect(extractor.end()).toEqual(expected);
  }
});

test("a line without an end is cut, and what follows it is read", () => {
  const extractor = createExtractor(options);
  const part = encoder.encode("x".repeat(64 * 1024));
  for (let i = 0; i < 200; i++) extractor.push(part);
  extractor.push(encoder.encode("\n--- FAIL: TestA (0.1s)\n"));
  const { failures, lines } = extractor.end();
  expect([failures[0]?.test, failures[0]?.line, lines]).toEqual(["TestA", 2, 2]);
});

test("lines are counted as an editor counts them", () => {
  const numbers = (log: string) => [
    extractText(log, options).failures[0]?.line,
    extractText(log, options).lines,
  ];
  expect(numbers("\n\na\r\n--- FAIL: TestA (0.1s)")).toEqual([4, 4]);
  expect(numbers(`${"some line\n".repeat(100_000)}--- FAIL: TestA (0.1s)\nend\n`)).toEqual([
    100_001, 100_002,
  ]);
});

test("an excerpt is numbered, bounded and holds the failure", () => {
  const log = `${"before\n".repeat(500)}--- FAIL: TestA (0.1s)\n    a_test.go:3: bad\n${"after\n".repeat(500)}`;
  const { failures, excerpts } = extractText(log, options);
  const excerpt = excerpts.get(0);
  const lines = excerpt?.text.split("\n") ?? [];
  expect(lines.length).toBeLessThanOrEqual(120);
  expect(lines[(failures[0]?.line ?? 0) - (excerpt?.from ?? 0)]).toBe("--- FAIL: TestA (0.1s)");
});

test("infrastructure signs have a line and say nothing about tests", () => {
  const log =
    "a\n##[error]The runner has received a shutdown signal. Bye.\nwrite x: no space left on device\n";
  const { failures, infra } = extractText(log, options);
  expect(failures).toEqual([]);
  expect(infra.map((one) => [one.kind, one.line])).toEqual([
    ["runner_lost", 2],
    ["disk_full", 3],
  ]);
});

test("tests seen passing are told", () => {
  const { tests } = extractText("--- PASS: TestA (0.1s)\n--- FAIL: TestB (0.1s)\n", options);
  expect(tests).toEqual([
    { name: "TestA", passed: true },
    { name: "TestB", passed: false },
  ]);
});

describe("what only looks like a failed test", () => {
  const lints: [string, string][] = [
    [
      "a type checker",
      "src/a.ts(3,5): error TS2322: Type 'string' is not assignable.\nFound 1 error in src/a.ts:3\n",
    ],
    [
      "ESLint",
      "/x/src/a.js\n  3:5  error  'a' is not defined  no-undef\n\n✖ 1 problem (1 error, 0 warnings)\n",
    ],
    ["a Go linter", "pkg/a.go:3:5: Error return value is not checked (errcheck)\n"],
    [
      "a compiler",
      'src/a.cc:5:1: error: expected ";"\nFAILED: src/a.o\nninja: build stopped: subcommand failed.\n',
    ],
    ["Clippy", "error: this could be rewritten\n --> src/a.rs:3:5\nerror: could not compile `store`\n"],
    ["a table of checks", "  lint: FAIL\n  format:  FAIL\n"],
    [
      "pre-commit",
      "black....................................................................Failed\n- hook id: black\n",
    ],
    [
      "a download",
      "failed to fetch dependency (123ms)\n  trying again\nDownloading Chrome 98.0 (linux) FAILED\n",
    ],
    ["Terraform", "Error: Invalid value\n\n  on main.tf line 3\n"],
    [
      "Go that does not build",
      "# example.com/a\n./a.go:3:5: undefined: x\nFAIL\texample.com/a [build failed]\nFAIL\n",
    ],
    [
      "a program's own words",
      "INFO 3 tests failed (see the report)\nError: store: 1: gets.\nassertion failed: x\n",
    ],
  ];
  for (const [what, log] of lints)
    test(what, () => {
      expect(extractText(log, options).failures.map((one) => one.test)).toEqual([]);
    });
});

test("Codeception says file and method below its own title", () => {
  const log =
    "There was 1 failure:\n\n---------\n1) StoreTest: Gets what was put\n Test  tests/unit/StoreTest.php:testGets\nFailed asserting that 2 is identical to 3.\n\nFAILURES!\n";
  const [failure] = extractText(log, options).failures;
  expect([failure?.test, failure?.file, failure?.message]).toEqual([
    "testGets",
    "tests/unit/StoreTest.php",
    "Failed asserting that 2 is identical to 3.",
  ]);
});

test("a Go run that timed out names the test that hung, also among others' output", () => {
  const log = [
    "[PASS]  example.com/store TestPuts",
    "[FAIL]  example.com/store TestHangs",
    "err=exit status 2",
    "=== RUN   TestHangs",
    "[PASS]  example.com/shop TestSells",
    "panic: test timed out after 10m0s",
    "\trunning tests:",
    "\t\tTestHangs (10m0s)",
    "",
    "goroutine 17 [running]:",
    "testing.(*M).startAlarm.func1()",
    "[FAIL]  example.com/shop TestBuys",
    "err=exit status 1",
    "=== RUN   TestBuys",
    "    shop_test.go:9: sold out",
    "--- FAIL: TestBuys (0.01s)",
  ].join("\n");
  const found = extractText(log, options).failures.map((one) => [one.package, one.test, one.kind]);
  expect(found).toEqual([
    ["example.com/store", "TestHangs", "timeout"],
    ["example.com/shop", "TestBuys", "assert"],
  ]);
});

test("what marks progress or time in other runners' lines is no part of a name", () => {
  const trial = "    test_gets ...                                     [FAIL]\n    test_puts ...    [OK]\n";
  expect(extractText(trial, options).failures).toEqual([]);
  const took = (ms: number) => `not ok 2 Chrome 120.0 - [${ms} ms] - Unit | Store: gets\n    ---\n`;
  const [first, second] = [took(12), took(480)].map((log) => extractText(log, options).failures[0]);
  expect(first?.test).toBe("Chrome 120.0 - Unit | Store: gets");
  expect(String(first?.fingerprint)).toBe(String(second?.fingerprint));
  const check = "  ── Failure ('test-store.R:4:3'): gets what was put ────\n  Expected `x` to equal 2.\n  \n";
  expect(extractText(check, options).failures.map((one) => [one.test, one.message])).toEqual([
    ["gets what was put", "Expected `x` to equal 2."],
  ]);
});
