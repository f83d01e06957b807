import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

class JvmTracker extends ListTracker {
  private spec: string | undefined;

  begin(): void {
    this.spec = undefined;
    this.openList();
  }

  /** Kotest's last list: specs, and below them the paths of what failed. */
  protected item(line: Line): boolean {
    const path = /^ ?- (\S.*)$/.exec(line.text)?.[1]?.split(" -- ");
    const test = path?.pop();
    if (test !== undefined && this.spec !== undefined) {
      const suite = [this.spec, ...(path ?? [])].join(" > ");
      this.sink.fail({ test, suite, line: line.number });
      return true;
    }
    if (/^(?:Specs|Tests): /.test(line.text)) this.closeList();
    else this.spec = /^ ?(?:\d+\. )?(\S+)$/.exec(line.text)?.[1] ?? this.spec;
    return false;
  }
}

const rules: readonly Rule<JvmTracker>[] = [
  {
    id: "kotest",
    needles: [">> There were test failures"],
    pattern: /^>> There were test failures$/,
    example:
      ">> There were test failures\n\n acme.StoreTest\n - getting -- gets what was put\n\nSpecs:   0 passed, 1 failed, 1 total\nTests:   1 passed, 1 failed, 0 ignored, 2 total\n",
    test: "gets what was put",
    run: (_match, _line, tracker) => tracker.begin(),
  },
  {
    id: "karate",
    needles: [".feature:"],
    pattern: /^(?:classpath:)?(\S+\.feature):(\d+)(?: - (\S.*))?$/,
    example:
      ">>> failed features:\nmatch failed: EQUALS\n  $ | not equal (NUMBER:NUMBER)\n  2\n  3\n\nstore/store.feature:12\n<<<\n",
    test: "store/store.feature:12",
    run(match, line, tracker) {
      const told = above(line, 60, (text) => /^>>> failed features:|^<<<$/.test(text));
      if (!/^>>> failed features:/.test(line.before(told.length + 1))) return;
      const at = told.findLastIndex((text) => /^\S+\.feature:\d+/.test(text));
      const [, file = "", place = "", name] = match;
      const message = messageOf(told.slice(at + 1), 8);
      tracker.sink.fail({ test: name ?? `${file}:${place}`, file, message, line: line.number });
    },
  },
];

/** Kotest's console and Karate. */
export const jvmOthers = defineFramework("jvm", (sink) => new JvmTracker(sink), rules);
