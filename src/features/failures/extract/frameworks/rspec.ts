import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

class RspecTracker extends ListTracker {
  protected item(line: Line): boolean {
    const name = /^\s+\d+\) (\S.*)$/.exec(line.text)?.[1];
    if (/^(?:Finished in |Failed examples:|Pending:)/.test(line.text)) this.closeList();
    if (name === undefined) return false;
    this.read(
      60,
      (text) => /^\s+\d+\) \S|^Finished in /.test(text),
      (lines) => {
        if (
          !lines
            .slice(0, 3)
            .some((text) =>
              /^\s+(?:Failure\/Error:|Got \d+ failures?|.*(?:Error|Exception|Failure))/.test(text),
            ) ||
          lines.some((text) => /^\s+To rerun use: --match /.test(text)) // hspec's
        )
          return;
        const end = lines.findIndex((text) => /^\s+# /.test(text));
        const file = /^\s+# (\.\/\S+?_spec\.rb):\d+/m.exec(lines.join("\n"))?.[1];
        this.sink.fail({
          test: name,
          file,
          message: messageOf(lines.slice(0, end < 0 ? 16 : Math.min(end, 16))),
          line: line.number,
        });
      },
    );
    return true;
  }
}

const rules: readonly Rule<RspecTracker>[] = [
  {
    id: "list",
    needles: ["Failures:\n", "Failures:\r", "Failures:\u001b", "Failures:[0m"],
    pattern: /^Failures:$/,
    example:
      "Failures:\n\n  1) Store gets what was put\n     Failure/Error: expect(1).to eq(2)\n\n       expected: 2\n            got: 1\n     # ./spec/store_spec.rb:5:in `block'\n\nFinished in 0.1 seconds\n",
    test: "Store gets what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "summary",
    needles: ["rspec ./", "rspec './"],
    pattern: /^rspec '?(\.\/[^\s:[']+)\S* # (\S.*)$/,
    example: "rspec ./spec/store_spec.rb:12 # Store gets what was put",
    test: "Store gets what was put",
    run(match, line, tracker) {
      tracker.closeList();
      const name = match[2] ?? "";
      const known = tracker.sink.drafts.find((draft) => draft.test === name);
      if (known === undefined) tracker.sink.fail({ test: name, file: match[1], line: line.number });
      else known.file = match[1];
    },
  },
];

/** RSpec. */
export const rspec = defineFramework("rspec", (sink) => new RspecTracker(sink), rules);
