import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

/** AVA puts what failed behind the title, on one line; the blocks below say where the title ends. */
class AvaTracker extends ListTracker {
  private readonly failed = new Map<string, Draft>();

  fail(text: string, line: Line): void {
    const draft = this.sink.fail({ test: text.split(" › ").at(-1) ?? text, line: line.number });
    name(draft, text.replace(/ (?:Error thrown in test|Rejected promise returned by test)$/, ""));
    if (this.failed.size < 2000 && !this.failed.has(text)) this.failed.set(text, draft);
    this.openList();
  }

  protected item(line: Line): boolean {
    const title = /^ {2}(\S.*)$/.exec(line.text)?.[1];
    if (title === undefined || line.before(1) !== "") return false;
    const draft = this.titled(title);
    if (draft === undefined) return false;
    name(draft, title);
    this.read(
      40,
      (text) => /^\s+(?:at |› )/.test(text),
      (lines) => {
        const own = lines.filter((text) => !/^ +(?:\S+:\d+|\d+:.*)$/.test(text));
        if (draft.message === "") draft.message = messageOf(own, 14).replace(/\n\n+/g, "\n");
      },
    );
    return true;
  }

  private titled(title: string): Draft | undefined {
    const start = `${title} `;
    for (const [text, draft] of this.failed) if (text === title || text.startsWith(start)) return draft;
    return undefined;
  }
}

function name(draft: Draft, title: string): void {
  const parts = title.split(" › ");
  draft.test = parts.pop() ?? title;
  draft.suite = parts.length > 0 ? parts.join(" › ") : undefined;
}

const avaRules: readonly Rule<AvaTracker>[] = [
  {
    id: "ava",
    needles: ["[fail]: ", "[fail]:\u001b"],
    pattern: /^\s*[✖✘×x] \[fail\]: (\S.*?)(?: \([\d.]+m?s\))?$/,
    example: "  ✘ [fail]: store › gets what was put",
    test: "gets what was put",
    run: (match, line, tracker) => tracker.fail(match[1] ?? "", line),
  },
];

/** AVA. */
export const ava = defineFramework("ava", (sink) => new AvaTracker(sink), avaRules);

class LabTracker extends ListTracker {
  protected item(line: Line): boolean {
    if (/^(?:\d+ of \d+ tests failed|Test duration:)/.test(line.text)) this.closeList();
    const test = /^ {2}\d+\) (\S.*):$/.exec(line.text)?.[1];
    if (test === undefined) return false;
    this.read(
      20,
      (text) => /^\s+at |^ {2}\d+\) /.test(text),
      (lines) => {
        const message = messageOf(lines, 12).replace(/\n\n+/g, "\n");
        if (lines[0] === "") this.sink.fail({ test, message, line: line.number });
      },
    );
    return true;
  }
}

const labRules: readonly Rule<LabTracker>[] = [
  {
    id: "list",
    needles: ["Failed tests:\n"],
    pattern: /^Failed tests:$/,
    example:
      "Failed tests:\n\n  2) store gets what was put:\n\n      Expected 2 to equal specified value: 3\n\n      at test/store.js:5:52\n\n2 of 3 tests failed\n",
    test: "store gets what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
];

/** hapi's lab. */
export const lab = defineFramework("lab", (sink) => new LabTracker(sink), labRules);
