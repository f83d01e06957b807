import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

class OtherTracker extends Tracker {
  /** Vim runs a failed test again; running it with no error found since is its passing. */
  readonly vimRuns = new Map<string, { ran: number; found: number }>();

  override end(): void {
    super.end();
    for (const draft of this.sink.drafts) {
      const runs = this.vimRuns.get(draft.test);
      if (runs !== undefined && runs.ran > runs.found) draft.retriedOk = true;
    }
  }
}

const rules: readonly Rule<OtherTracker>[] = [
  {
    id: "catch2",
    needles: [": FAILED:"],
    pattern: /^(?:\d+: )?(\S+?)(?::\d+|\(\d+\)): FAILED:/,
    example:
      "-------------------------------------------------------------------------------\nstore gets\n-------------------------------------------------------------------------------\nstore.cpp:4\n...............................................................................\n\nstore.cpp:5: FAILED:\n  REQUIRE( 1 == 2 )\n",
    test: "store gets",
    run(match, line, tracker) {
      const lines = above(line, 40, () => false).map((text) => text.replace(/^\d+: /, ""));
      const end = lines.findLastIndex((text) => /^-{70,}$/.test(text));
      const start = end < 0 ? -1 : lines.slice(0, end).findLastIndex((text) => /^-{70,}$/.test(text));
      const name = start < 0 ? undefined : lines[start + 1]?.trim();
      if (name === undefined || name === "") return;
      const draft = tracker.sink.fail({ test: name, file: match[1], line: line.number });
      tracker.read(
        10,
        (text) => /^(?:={70,}|-{70,}|)$/.test(text),
        (told) => {
          if (draft.message === "") draft.message = messageOf(told, 8);
        },
      );
    },
  },
  {
    id: "boost",
    needles: ['error: in "'],
    pattern: /^(unknown location|\S+?)(?:\(\d+\)|:\d+): (?:fatal )?error: in "([^"]+)": (.*)$/,
    example: 'store.cpp(12): error: in "store/gets": check 1 == 2 has failed [1 != 2]',
    test: "store/gets",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[2] ?? "", file: match[1], message: match[3], line: line.number }),
  },
  {
    id: "qt",
    needles: ["FAIL!  : "],
    pattern: /^FAIL! {2}: ((?:\w+::)*\w+)::(\w+\(.*?\)) (.*)$/,
    example: "FAIL!  : StoreTest::get() Compared values are not the same",
    test: "get()",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[2] ?? "", suite: match[1], message: match[3], line: line.number }),
  },
  {
    id: "common-test",
    needles: [" failed on line "],
    pattern: /^(\w+_SUITE):(\w+) failed on line \d+$/,
    example: "store_SUITE:gets failed on line 195\nReason: expecting_nack_got_ack",
    test: "gets",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[2] ?? "", suite: match[1], line: line.number });
      tracker.read(
        6,
        (text) => /^(?:- ){5}|^\s*$/.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 6);
        },
      );
    },
  },
  {
    id: "vim",
    needles: ["Found errors in Test"],
    pattern: /^Found errors in (Test\w+)\(\):/,
    example:
      "Found errors in Test_popup():\nfunction RunTheTest[40]..Test_popup line 5: Expected 1 but got 2\n",
    test: "Test_popup",
    run(match, line, tracker) {
      const test = match[1] ?? "";
      const draft = tracker.sink.fail({ test, line: line.number });
      tracker.vimRuns.set(test, { ran: 0, found: line.number });
      tracker.read(
        6,
        (text) => /^(?:Executed|Found errors|Flaky test)/.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 4);
        },
      );
    },
  },
  {
    id: "vim-again",
    needles: ["Executed Test"],
    pattern: /^Executed (Test\w+)\(\)/,
    example: "Executed Test_popup() in   0.42 seconds",
    test: null,
    run(match, line, tracker) {
      const runs = tracker.vimRuns.get(match[1] ?? "");
      if (runs !== undefined) runs.ran = line.number;
    },
  },
  {
    id: "robot",
    needles: ["| FAIL |"],
    pattern: /^(\S.*?)\s+\| FAIL \|$/,
    example:
      "Gets What Was Put                                             | FAIL |\n1 != 2\n------------------------------------------------------------------------------\n",
    test: "Gets What Was Put",
    run(match, line, tracker) {
      tracker.read(
        5,
        (text) => /^[-=]{20,}$/.test(text),
        (lines) => {
          if (/^\d+ (?:critical )?tests?,/.test(lines[0] ?? "")) return;
          // behind the name stands the first line of its documentation
          const test = (match[1] ?? "").replace(/ :: .*$/, "");
          tracker.sink.fail({ test, message: messageOf(lines, 4), line: line.number });
        },
      );
    },
  },
  {
    id: "dart",
    needles: ["_test.dart"],
    pattern: /^\d\d:\d\d \+\d+(?: ~\d+)?(?: -\d+)?: (?:(\S+_test\.dart): )?(\S.*) \[E\]$/,
    example:
      "00:01 +1 -1: test/store_test.dart: store gets what was put [E]\n  Expected: <2>\n    Actual: <1>\n",
    test: "store gets what was put",
    run(match, line, tracker) {
      // a file that cannot be loaded stands for its tests
      const unread = /^loading (\S+_test\.dart)$/.exec(match[2] ?? "")?.[1];
      const test = unread ?? match[2] ?? "";
      const draft = tracker.sink.fail({ test, file: unread ?? match[1], line: line.number });
      tracker.read(
        10,
        (text) => /^\S/.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
  {
    id: "dart-github",
    needles: ["_test.dart: "],
    pattern: /^❌ (?:(\S+_test\.dart): )?(\S.*?) \(failed[^)]*\)$/,
    example: "❌ test/store_test.dart: store gets what was put (failed)\n  Expected: <2>\n    Actual: <1>\n",
    test: "store gets what was put",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[2] ?? "", file: match[1], line: line.number });
      tracker.read(
        10,
        (text) => /^\S/.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
  {
    id: "testthat",
    needles: ["Failure (", "Error (", "Failure: ", "Error: "],
    pattern:
      /^\s*(?:── )?(?:\d+\. )?(Failure|Error)(?: \('?|: )(?:(\S+\.[Rr])(?::\d+){1,4}'?\): )?(\S.*?)(?: \(@(\S+\.[Rr])#\d+\))?(?: ─+)?$/,
    example: "── Failure (test-store.R:12:3): gets what was put ──────────\n1 not equal to 2.\n",
    test: "gets what was put",
    run(match, line, tracker) {
      const file = match[2] ?? match[4];
      if (file === undefined) return;
      const draft = tracker.sink.fail({
        test: match[3] ?? "",
        file,
        line: line.number,
        kind: match[1] === "Error" ? "error" : "assert",
      });
      tracker.read(
        8,
        (text) => text === "" || text.trimStart().startsWith("──"),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
];

/** Runners with one rule or two each. */
export const others = defineFramework("other", (sink) => new OtherTracker(sink), rules);
