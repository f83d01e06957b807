import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

interface Candidate {
  readonly test: string;
  readonly suite?: string | undefined;
  readonly file?: string | undefined;
  readonly line: number;
  message?: string;
}

/** Suites whose lines others have as well: they count once a line says whose they were. */
class SystemTracker extends Tracker {
  private readonly candidates = new Map<string, Candidate[]>();

  hold(whose: string, candidate: Candidate): Candidate {
    const held = this.candidates.get(whose) ?? [];
    if (held.length < 2000) this.candidates.set(whose, [...held, candidate]);
    return candidate;
  }

  settle(whose: string): void {
    this.close();
    for (const candidate of this.candidates.get(whose) ?? []) this.sink.fail(candidate);
    this.candidates.delete(whose);
  }

  /** InSpec's results stand below what they are about, which begins two blanks in. */
  inspec(test: string, line: Line): void {
    const isHead = (text: string) => /^ {2}\S/.test(text);
    const head = line.before(above(line, 60, isHead).length + 1);
    const suite = isHead(head) ? head.trim().replace(/^[✔×∅↺] +|(?: \(\d+ \w+\))+$/g, "") : undefined;
    const held = this.hold("inspec", { test, suite, line: line.number });
    this.read(
      8,
      (text) => text === "" || /^\s+[✔×∅↺] /.test(text) || isHead(text),
      (lines) => {
        held.message = messageOf(lines, 6);
      },
    );
  }
}

const rules: readonly Rule<SystemTracker>[] = [
  {
    id: "avocado",
    needles: [": FAIL", ": ERROR", ": INTERRUPT"],
    pattern:
      /^\s*\(\d+(?:-\d+)?\/\d+\) (\S.*?): +(?:FAIL|ERROR|INTERRUPT(?:ED)?)(?:: (.*?))?(?: \([\d.]+ s\))?$/,
    example: " (2/4) tests/store.py:StoreTest.test_gets: FAIL: 2 is not 3 (0.02 s)",
    test: "test_gets",
    run(match, line, tracker) {
      const [, name = "", message] = match;
      const [, file, suite, test] = /^(\S+\.py):(\w+)\.(\S+)$/.exec(name) ?? [];
      tracker.sink.fail({ test: test ?? name, suite, file, message, line: line.number });
    },
  },
  {
    id: "avocado-console",
    needles: ["FAIL: ", "ERROR: ", "INTERRUPTED: "],
    pattern: /^\s*(?:FAIL|ERROR|INTERRUPTED): (.*?) \([\d.]+ s\)$/,
    example:
      " (2/2) tests/store.py:StoreTest.test_gets:\nconsole: booting\nconsole: panic\nFAIL: 2 is not 3 (1.73 s)\n",
    test: "test_gets",
    run(match, line, tracker) {
      const HEAD = /^\s*\(\d+(?:-\d+)?\/\d+\) (\S+):$/;
      const between = above(line, 400, (text) => HEAD.test(text)).length;
      const name = HEAD.exec(line.before(between + 1))?.[1];
      const [, file, suite, test] = /^(\S+\.py):(\w+)\.(\S+)$/.exec(name ?? "") ?? [];
      if (name !== undefined)
        tracker.sink.fail({ test: test ?? name, suite, file, message: match[1], line: line.number });
    },
  },
  {
    id: "dejagnu",
    needles: ["FAIL: "],
    pattern: /^FAIL: (\S.*)$/,
    example:
      "Running /x/store.exp ...\nFAIL: store/get.exp: gets what was put (timeout)\nPASS: store/get.exp: puts\n\n\t\t=== store Summary ===\n\n# of unexpected failures\t1\n",
    test: "store/get.exp: gets what was put (timeout)",
    run: (match, line, tracker) => void tracker.hold("dejagnu", { test: match[1] ?? "", line: line.number }),
  },
  {
    id: "dejagnu-summary",
    needles: ["# of unexpected failures"],
    pattern: /^# of unexpected failures\s+\d+$/,
    example: "\t\t=== store Summary ===\n\n# of expected passes\t\t3\n# of unexpected failures\t1",
    test: null,
    run: (_match, _line, tracker) => tracker.settle("dejagnu"),
  },
  {
    id: "autotest",
    needles: [" FAILED ("],
    pattern: /^\s*\d+: (\S.*?) +FAILED \((\S+\.at):\d+\)$/,
    example: " 12: gets what was put                               FAILED (store.at:7)",
    test: "gets what was put",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[1] ?? "", file: match[2], line: line.number }),
  },
  {
    id: "inspec",
    needles: ["   ×  ", "   ∅  "],
    pattern: /^ {5}[×∅] {2}(\S.*)$/,
    example:
      "  Port 22\n     ✔  is expected to be open\n     ×  is expected to speak\n     expected it to speak\n\nTest Summary: 1 successful, 1 failure, 0 skipped\n",
    test: "is expected to speak",
    run: (match, line, tracker) => tracker.inspec(match[1] ?? "", line),
  },
  {
    id: "inspec-summary",
    needles: ["Test Summary: "],
    pattern: /^\s*Test Summary: \d+ successful, \d+ failures?, \d+ skipped/,
    example: "Test Summary: 2 successful, 1 failure, 0 skipped",
    test: null,
    run: (_match, _line, tracker) => tracker.settle("inspec"),
  },
  {
    id: "tinytest",
    needles: ["----- FAILED["],
    pattern: /^\s*(?:Error: )?----- FAILED\[\w+\]: ((\S+\.[Rr])<\d+--\d+>)/,
    example:
      "----- FAILED[data]: test_store.R<12--12>\n call| expect_equal(get(\"a\"), 3)\n diff| Expected '3', got '2'\nShowing 1 out of 3 results: 1 fails, 2 passes (0.2s)\n",
    test: "test_store.R<12--12>",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[1] ?? "", file: match[2], line: line.number });
      tracker.read(
        10,
        (text) => !/^\s*(?:call|diff|info)\| /.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
  {
    id: "yath",
    needles: ["[  FAIL  ]"],
    pattern: /^\[ {2}FAIL {2}\] +job +\d+ +\+~?(\S.*|\s+\S.*)$/,
    example: "[  FAIL  ]  job  2  + gets what was put\n[  DIAG  ]  job  2    at t/store.t line 7.",
    test: "gets what was put",
    run: (match, line, tracker) => void tracker.sink.fail({ test: match[1] ?? "", line: line.number }),
  },
];

/** Suites of whole systems and tools: Avocado, DejaGnu, Autotest, InSpec, tinytest and yath. */
export const system = defineFramework("system", (sink) => new SystemTracker(sink), rules);
