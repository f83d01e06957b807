import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

class NodeTracker extends ListTracker {
  /** `file:line:column` of the test whose name comes next. */
  private place: string | undefined;

  protected item(line: Line): boolean {
    const place = /^test at (\S+?):\d+:\d+$/.exec(line.text)?.[1];
    if (place !== undefined) {
      this.place = place;
      return true;
    }
    const match = /^\s*✖ (\S.*?) \([\d.]+ms\)(.*)$/.exec(line.text);
    if (match?.[1] === undefined || / # (?:TODO|SKIP)/.test(match[2] ?? "")) return false;
    const draft = this.sink.fail({ test: match[1], file: this.place, line: line.number });
    this.place = undefined;
    this.read(
      40,
      (text) => /^test at |^\s*✖ /.test(text),
      (lines) => {
        const end = lines.findIndex((text) => /^\s+at /.test(text));
        if (/^\s*'\d+ subtests? failed'$/.test(lines[0] ?? "")) draft.dropped = true; // it failed by them alone
        draft.message = messageOf(lines.slice(0, end < 0 ? 14 : Math.min(end, 14)));
        if (/^'?test timed out after/.test(draft.message)) draft.kind = "timeout";
      },
    );
    return true;
  }
}

const rules: readonly Rule<NodeTracker>[] = [
  {
    id: "list",
    needles: ["failing tests:", "Failed tests:\n"],
    pattern: /^(?:\s*✖ failing|Failed) tests:$/,
    example:
      "✖ failing tests:\n\ntest at test/store.test.js:2:1\n✖ gets what was put (2.8ms)\n  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n  \n  1 !== 2\n  \n      at TestContext.<anonymous> (file:///x/store.test.js:2:38)\n",
    test: "gets what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
];

/** node:test with its spec reporter; its TAP is read as TAP. */
export const nodeTest = defineFramework("node-test", (sink) => new NodeTracker(sink), rules);
