import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/** Lines looked back over for the suites of a test. */
const BACK = 200;

interface Candidate {
  readonly test: string;
  readonly suite: string | undefined;
  readonly line: number;
  readonly message: string;
}

const bare = (text: string): string => text.replace(/^\[(?:info|error)\] /, "");
const indentOf = (text: string): number => text.search(/\S/);

/** Tests and suites begin alike, by their indentation; only the last line says whose they were. */
class ZioTracker extends Tracker {
  private candidates: Candidate[] = [];

  /** What went wrong stands below the test, further in. */
  below(line: Line): void {
    const own = bare(line.text);
    const told = above(line, 30, (text) => bare(text).trim() !== "" && indentOf(bare(text)) < indentOf(own));
    const distance = told.length + 1;
    const heading = bare(line.before(distance));
    const name = /^\s*- (\S.*)$/.exec(heading)?.[1];
    if (name === undefined || this.candidates.length >= 2000) return;
    const parts = name.split(" / ");
    const test = parts.pop() ?? name;
    const suites = parts.length > 0 ? parts : this.suitesOf(line, distance, indentOf(heading));
    const message = messageOf([...told, line.text].map(bare), 10).replace(/^✗ /, "");
    const suite = suites.length > 0 ? suites.join(" > ") : undefined;
    this.candidates.push({ test, suite, line: line.number - distance, message });
  }

  private suitesOf(line: Line, from: number, within: number): string[] {
    const suites: string[] = [];
    for (let distance = from + 1, indent = within; distance < BACK && indent > 0; distance++) {
      const suite = /^( *)[+-] (\S.*)$/.exec(bare(line.before(distance)));
      if (suite?.[1] === undefined || suite[1].length >= indent) continue;
      indent = suite[1].length;
      suites.unshift(suite[2] ?? "");
    }
    return suites;
  }

  settle(): void {
    for (const candidate of this.candidates) this.sink.fail(candidate);
    this.candidates = [];
  }
}

const rules: readonly Rule<ZioTracker>[] = [
  {
    id: "below",
    needles: ["   ✗ ", "✗\u001b[", "Fiber failed.", "Timeout of "],
    pattern: /^(?:\[(?:info|error)\] )?\s{2,}(?:✗ |Fiber failed\.$|Timeout of \S.* exceeded\.$)/,
    example:
      "+ StoreSpec\n  + puts\n  - gets what was put\n    ✗ 2 was not equal to 3\n    get == 3\n\n1 tests passed. 1 tests failed. 0 tests ignored.\n",
    test: "gets what was put",
    run: (_match, line, tracker) => tracker.below(line),
  },
  {
    id: "end",
    needles: [" tests failed. ", " succeeded, "],
    pattern:
      /^(?:\[\w+\] )?(?:\d+ tests passed\. \d+ tests failed\. \d+ tests ignored|Ran \d+ tests? in .*: \d+ succeeded, \d+ ignored, \d+ failed)/,
    example:
      "- StoreSpec\n  - gets what was put\n    Fiber failed.\n    no such key\nRan 1 test in 20 ms: 0 succeeded, 0 ignored, 1 failed\n",
    test: "gets what was put",
    run: (_match, _line, tracker) => tracker.settle(),
  },
];

/** ZIO Test. */
export const zioTest = defineFramework("zio-test", (sink) => new ZioTracker(sink), rules);
