import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

/** Busted's places, of Lua and of what is compiled to it. */
const bare = (lines: readonly string[]): string =>
  messageOf(lines, 8).replace(/^\S+\.(?:lua|moon|fnl):\d+: /, "");

class LuaTracker extends ListTracker {
  /** LuaUnit and luatest number theirs, `group.test`. */
  protected item(line: Line): boolean {
    if (/^Ran \d+ tests? in /.test(line.text)) this.closeList();
    const name = /^\d+\) (\S.*)$/.exec(line.text)?.[1];
    if (name === undefined) return false;
    const at = name.lastIndexOf(".");
    this.read(
      10,
      (text) => /^(?:stack traceback:|\d+\) |Ran \d+ tests? in )|^$/.test(text),
      (lines) => {
        if (lines.length === 0) return;
        const suite = at > 0 ? name.slice(0, at) : undefined;
        this.sink.fail({ test: name.slice(at + 1), suite, message: bare(lines), line: line.number });
      },
    );
    return true;
  }

  /** Reports a failure whose message follows. */
  told(test: string, file: string | undefined, line: Line, stop: RegExp): void {
    const draft = this.sink.fail({ test, file, line: line.number });
    this.read(
      10,
      (text) => stop.test(text),
      (lines) => {
        if (draft.message === "") draft.message = bare(lines);
      },
    );
  }
}

const rules: readonly Rule<LuaTracker>[] = [
  {
    id: "luaunit",
    needles: ["Failed tests:\n", "Failed tests:\r", "Tests with errors:"],
    pattern: /^(?:Failed tests|Tests with errors):$/,
    example:
      "Failed tests:\n-------------\n1) TestStore.testGets\nstore_test.lua:12: expected: 3, actual: 2\nstack traceback:\n\tstore_test.lua:12: in function 'TestStore.testGets'\n\nRan 2 tests in 0.001 seconds, 1 success, 1 failure\n",
    test: "testGets",
    run: (_match, _line, tracker) =>
      tracker.read(
        1,
        () => false,
        ([next = ""]) => {
          if (/^-{13,18}$/.test(next)) tracker.openList();
        },
      ),
  },
  {
    id: "busted",
    needles: ["Failure -> ", "Error -> ", "Failure → ", "Error → "],
    pattern: /^(?:\d+\) )?(Failure|Error) (?:->|→) (\S+\.(?:lua|moon|fnl)) @ \d+$/,
    example:
      "Failure → spec/store_spec.lua @ 3\nstore gets what was put\nspec/store_spec.lua:3: Expected 3\n",
    test: "store gets what was put",
    run(match, line, tracker) {
      tracker.read(
        10,
        (text, lines) => lines.length > 0 && text === "",
        ([test = "", ...told]) => {
          const kind = match[1] === "Error" ? "error" : "assert";
          tracker.sink.fail({ test, file: match[2], kind, message: bare(told), line: line.number });
        },
      );
    },
  },
  {
    id: "busted-gtest",
    needles: ["[  FAILED  ] ", "[  ERROR   ] ", "FAILED   ", "ERROR    "],
    pattern:
      /^(?:\[ {2}(?:FAILED {2}|ERROR {3})\]|FAILED {2}|ERROR {3}) (\S+\.(?:lua|moon|fnl))(?: @ |:)\d+: (\S.*?)(?: \([\d.]+ ms\))?$/,
    example:
      "[ RUN      ] spec/store_spec.lua @ 5: store gets\nspec/store_spec.lua:6: Expected objects to be equal.\n[  FAILED  ] spec/store_spec.lua @ 5: store gets (0.41 ms)\n[----------] 1 test from spec/store_spec.lua (0.50 ms total)\n",
    test: "store gets",
    run(match, line, tracker) {
      const told = above(line, 10, (text) => /^\[/.test(text));
      const message = line.text.startsWith("[") ? bare(told) : "";
      tracker.sink.fail({ test: match[2] ?? "", file: match[1], message, line: line.number });
    },
  },
  {
    id: "nvim-test",
    needles: [" ms FAIL", " ms ERR"],
    pattern: /^(?:RUN {7}|\[ RUN {6}\] )(?:T\d+ )?(\S.*?): [\d.]+ ms (?:FAIL|ERR)$/,
    example:
      "RUN       T12 store gets: 12.42 ms FAIL\ntest/store_spec.lua:13: Expected objects to be the same.\n\nRUN       T13 store puts: 1.00 ms OK\n",
    test: "store gets",
    run: (match, line, tracker) => tracker.told(match[1] ?? "", undefined, line, /^(?:RUN|\[|stack)|^$/),
  },
  {
    id: "plenary",
    needles: ["Fail\t||\t", "Fail\u001b[0m\t||\t"],
    pattern: /^Fail\t\|\|\t(\S.*)$/,
    example:
      "Success\t||\tstore puts\nFail\t||\tstore gets\n            store_spec.lua:7: Expected objects to be equal.\n\nSuccess: \t1\n",
    test: "store gets",
    run: (match, line, tracker) => tracker.told(match[1] ?? "", undefined, line, /^\S|^$/),
  },
];

/** Busted with its handlers, Neovim's and plenary's, LuaUnit and luatest. */
export const lua = defineFramework("lua", (sink) => new LuaTracker(sink), rules);
