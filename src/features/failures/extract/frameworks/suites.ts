import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

class SuiteTracker extends Tracker {
  /** KUnit's lines, until its last one says that they are. */
  private kernel: { test: string; line: number }[] = [];

  kunit(test: string, line: Line): void {
    if (this.kernel.length < 2000) this.kernel.push({ test, line: line.number });
  }

  settle(): void {
    for (const one of this.kernel) this.sink.fail(one);
    this.kernel = [];
  }

  failed(test: string, line: Line, file?: string): Draft {
    return this.sink.fail({ test, file, line: line.number });
  }
}

const rules: readonly Rule<SuiteTracker>[] = [
  {
    id: "pg-regress",
    needles: ["... FAILED"],
    pattern: /^ {5}(\w+) {2,}\.\.\. FAILED(?: \(test process .*\))?(?: +\d+ ms)?$/,
    example: "parallel group (2 tests):  gets puts\n     gets                         ... FAILED       12 ms",
    test: "gets",
    run: (match, line, tracker) => void tracker.failed(match[1] ?? "", line),
  },
  {
    id: "mtr",
    needles: ["[ fail ]", "[ retry-fail ]"],
    pattern: /^([\w-]+\.[\w-]+)(?: '[^']*')?(?: +w\d+)? +\[ (?:retry-)?fail \]/,
    example:
      "main.gets 'innodb'                       w1 [ fail ]\n        Test ended at 2026-01-02 03:04:05\n\nCURRENT_TEST: main.gets\nmysqltest: At line 12: query failed\n",
    test: "main.gets",
    run(match, line, tracker) {
      const draft = tracker.failed(match[1] ?? "", line);
      tracker.read(
        12,
        (text) => /\[ [\w-]+ \]/.test(text),
        (lines) => {
          const at = lines.findIndex((text) => text.startsWith("CURRENT_TEST: "));
          if (draft.message === "" && at >= 0) draft.message = messageOf(lines.slice(at + 1), 8);
        },
      );
    },
  },
  {
    id: "mtr-again",
    needles: ["[ retry-pass ]"],
    pattern: /^([\w-]+\.[\w-]+)(?: '[^']*')?(?: +w\d+)? +\[ retry-pass \]/,
    example: "main.gets                                w1 [ retry-pass ]     12",
    test: null,
    run(match, _line, tracker) {
      for (const draft of tracker.sink.drafts) if (draft.test === match[1]) draft.retriedOk = true;
    },
  },
  {
    id: "clickhouse",
    needles: ["[ FAIL ]"],
    pattern: /^(\d{5}_\w+): +\[ FAIL \](?: [\d.]+ sec\.)?(?: - (.*))?/,
    example:
      "00001_gets:                                   [ FAIL ] 0.12 sec. - result differs with reference:",
    test: "00001_gets",
    run(match, line, tracker) {
      tracker.sink.fail({ test: match[1] ?? "", message: match[2], line: line.number });
    },
  },
  {
    id: "dbt",
    needles: ["Failure in test ", "Error in test "],
    pattern: /^\s*(?:Failure|\w+ Error) in test (\S+) \((\S+\.(?:ya?ml|sql))\)$/,
    example:
      "Failure in test not_null_orders_id (models/orders.yml)\n  Got 2 results, configured to fail if != 0\n\n",
    test: "not_null_orders_id",
    run(match, line, tracker) {
      const draft = tracker.failed(match[1] ?? "", line, match[2]);
      tracker.read(
        3,
        (text) => text === "",
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 3);
        },
      );
    },
  },
  {
    id: "xfstests",
    needles: ["Failures: "],
    pattern: /^Failures: (\w+\/\d+(?: \w+\/\d+)*)$/,
    example: "Ran: generic/001 generic/002\nFailures: generic/001\nFailed 1 of 2 tests",
    test: "generic/001",
    run: (match, line, tracker) =>
      tracker.read(
        1,
        () => false,
        ([next = ""]) => {
          if (!/^Failed \d+ of \d+ tests$/.test(next)) return;
          for (const test of (match[1] ?? "").split(" ")) tracker.failed(test, line);
        },
      ),
  },
  {
    id: "kunit",
    needles: ["[FAILED] "],
    pattern: /^\[FAILED\] ([\w-]+)$/,
    example: "[PASSED] store_puts\n[FAILED] store_gets\nTesting complete. Ran 2 tests: passed: 1, failed: 1",
    test: "store_gets",
    run: (match, line, tracker) => tracker.kunit(match[1] ?? "", line),
  },
  {
    id: "kunit-end",
    needles: ["Testing complete. "],
    pattern: /^Testing complete\. Ran \d+ tests/,
    example: "Testing complete. Ran 2 tests: passed: 1, failed: 1",
    test: null,
    run: (_match, _line, tracker) => tracker.settle(),
  },
  {
    id: "phpt",
    needles: [".phpt]"],
    pattern: /^FAIL (\S.*?) \[(\S+\.phpt)\]/,
    example: "PASS puts [ext/store/tests/puts.phpt]\nFAIL gets what was put [ext/store/tests/gets.phpt]",
    test: "gets what was put",
    run: (match, line, tracker) => void tracker.failed(match[1] ?? "", line, match[2]),
  },
  {
    id: "mspec",
    needles: [" FAILED", " ERROR"],
    pattern: /^(\S.*) (FAILED|ERROR)$/,
    example: "1)\nStore#get returns what was put FAILED\nExpected 2 == 3\nto be truthy but was false\n\n",
    test: "Store#get returns what was put",
    run(match, line, tracker) {
      if (!/^\d+\)$/.test(line.before(1))) return;
      tracker.read(
        8,
        (text) => text === "" || /^\S+:\d+:in /.test(text),
        (lines) => {
          if (!/^Expected |^[\w:]*(?:Error|Exception)\b/.test(lines[0] ?? "")) return;
          tracker.sink.fail({ test: match[1] ?? "", message: messageOf(lines, 6), line: line.number });
        },
      );
    },
  },
  {
    id: "vunit",
    needles: ["fail (P="],
    pattern: /^fail \(P=\d+ S=\d+ F=\d+ T=\d+\) (\w+\.\S+) \([\d.]+ seconds\)$/,
    example: "fail (P=1 S=0 F=1 T=2) lib.tb_store.gets (1.3 seconds)",
    test: "lib.tb_store.gets",
    run: (match, line, tracker) => void tracker.failed(match[1] ?? "", line),
  },
  {
    id: "cocotb",
    needles: ["  FAIL  "],
    pattern: /\*\* ([A-Za-z_][\w.]*) +FAIL +\d[\d.]* /,
    example: "** test_store.gets                FAIL           1.00           0.00       1234.00  **",
    test: "test_store.gets",
    run: (match, line, tracker) => void tracker.failed(match[1] ?? "", line),
  },
];

/** Suites of databases, kernels, languages and chips: PostgreSQL's, MySQL's, ClickHouse's, dbt, xfstests, KUnit, PHP's, mspec, VUnit, cocotb. */
export const suites = defineFramework("suites", (sink) => new SuiteTracker(sink), rules);
