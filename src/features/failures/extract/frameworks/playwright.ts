import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

const PLACE = /^\s*(?:\d+\) )?(?:\[([^\]]+)\] › )?(\S+?\.[cm]?[jt]sx?):\d+:\d+ › (\S.*?)[ ─]*$/;

class PlaywrightTracker extends ListTracker {
  /** A numbered report, or an entry of the final list of flaky tests. */
  report(match: RegExpExecArray, line: Line): Draft {
    const parts = (match[3] ?? "").split(" › ");
    const test = parts.pop() ?? "";
    const suite = [match[1], ...parts].filter((part) => part !== undefined).join(" › ");
    return this.sink.fail({
      test,
      suite: suite === "" ? undefined : suite,
      file: match[2],
      line: line.number,
    });
  }

  protected item(line: Line): boolean {
    const match = /^\s{2,}/.test(line.text) ? PLACE.exec(line.text) : null;
    if (match !== null) this.report(match, line).retriedOk = true;
    else this.closeList();
    return match !== null;
  }
}

const rules: readonly Rule<PlaywrightTracker>[] = [
  {
    id: "failure",
    needles: [" › "],
    pattern: /^\s*\d+\) (?:\[([^\]]+)\] › )?(\S+?\.[cm]?[jt]sx?):\d+:\d+ › (\S.*?)[ ─]*$/,
    example:
      "  1) [chromium] › store.spec.ts:3:5 › store › gets ─────────\n\n    Error: expect(received).toBe(expected)\n\n    Expected: 1\n    Received: 2\n\n      5 |   expect(2).toBe(1);\n",
    test: "gets",
    run(match, line, tracker) {
      const draft = tracker.report(match, line);
      tracker.read(
        40,
        (text) => /^\s*\d+\) |^\s+(?:>? *\d+ \||at |Retry #\d+|attachment #\d+)/.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 14);
        },
      );
    },
  },
  {
    id: "flaky",
    needles: [" flaky"],
    pattern: /^\s+\d+ flaky$/,
    example: "  1 flaky\n    [chromium] › store.spec.ts:3:5 › store › gets ─────────\n  3 passed (2.1s)",
    test: "gets",
    run: (_match, _line, tracker) => tracker.openList(),
  },
];

/** Playwright Test. */
export const playwright = defineFramework("playwright", (sink) => new PlaywrightTracker(sink), rules);
