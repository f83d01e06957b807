import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/** A block under `FAILURES` or `ERRORS`: its title has dots where the id has `::`. */
interface Section {
  readonly title: string;
  readonly line: Line;
  readonly during: string | undefined;
  draft: Draft | undefined;
  lines: string[];
}

const RULE = /^(?:={3,}|_{3,}|-{3,}|!{3,}) ?.*[=_!-]$|^_ .* _$/;
const ID = /^([^\s:]+(?: [^\s:]+)*\.\w+)(?:::(.+))?$/;

class PytestTracker extends Tracker {
  section: Section | undefined;
  private within: "failures" | "errors" | "reruns" | undefined;
  private readonly sections: Section[] = [];
  private readonly failures: Draft[] = [];
  private readonly passes = new Map<string, number>();
  private readonly reruns = new Map<string, Line>();

  /** Inside a section every line counts: titles of long names have no needle. */
  enter(section: "failures" | "errors" | "reruns" | undefined): void {
    this.within = section;
    this.waiting = section !== undefined;
  }

  override line(line: Line): void {
    super.line(line);
    if (this.within === undefined) return;
    const title = /^_+ (\S.*?) _+$/.exec(line.text)?.[1];
    if (title !== undefined && !/^_(?: _)+$/.test(line.text)) this.open(title, line);
    else if (/^=+ .*(?:\d+ (?:failed|passed|errors?)|no tests ran).*=+$/.test(line.text))
      this.enter(undefined);
  }

  fail(id: string, line: Line, message = ""): Draft {
    const { file, suite, test } = splitId(id);
    const draft = this.sink.fail({ test, suite, file, line: line.number, message });
    if (!this.failures.includes(draft)) this.failures.push(draft);
    return draft;
  }

  pass(id: string, line: Line): void {
    this.sink.pass(id, line.number);
    if (this.passes.size < 20_000) this.passes.set(id, line.number);
  }

  rerun(id: string, line: Line): void {
    this.sink.wake(id);
    if (this.reruns.size < 2000 && !this.reruns.has(id)) this.reruns.set(id, line);
  }

  open(title: string, line: Line): void {
    const collecting = /^(?:ERROR collecting |ERROR at (?:setup|teardown) of )(.+)$/.exec(title);
    const section: Section = {
      title: (collecting?.[1] ?? title).replace(/^\[doctest\] /, ""),
      during: collecting ? title : undefined,
      line,
      draft: undefined,
      lines: [],
    };
    if (this.within === "reruns" || this.sections.length >= 2000) return;
    this.sections.push(section);
    this.read(
      400,
      (text) => RULE.test(text) && !/^_ _ _ /.test(text) && !/^-{3,} Captured/.test(text),
      (lines) => {
        section.lines = lines;
      },
    );
    const known = this.failures.find((draft) => sameTest(draft, section.title));
    if (known !== undefined) this.sink.anchor(known);
    else section.draft = this.sink.fail({ test: section.title, line: line.number });
  }

  override end(): void {
    super.end();
    for (const section of this.sections) this.settle(section);
    for (const draft of this.failures) {
      const passed = this.passes.get(idOf(draft));
      draft.retriedOk = passed !== undefined && passed > draft.line;
    }
    for (const [id, line] of this.reruns) {
      const passed = this.passes.get(id);
      if (passed === undefined || passed < line.number || this.failures.some((draft) => idOf(draft) === id))
        continue;
      this.fail(id, line).retriedOk = true;
    }
  }

  /** Joins a section with the failure the summary or the progress named, or makes one from its title. */
  private settle(section: Section): void {
    const known = this.failures.filter((draft) => draft !== section.draft && sameTest(draft, section.title));
    const message = messageOf(errorLines(section.lines));
    let draft = known.find((one) => one.signature === undefined) ?? known[0];
    if (draft === undefined && section.draft !== undefined && this.failures.includes(section.draft)) {
      draft = section.draft; // the summary named it
    } else if (draft === undefined && section.draft !== undefined) {
      draft = section.draft;
      const where = section.during?.startsWith("ERROR collecting") ? undefined : fileOf(section.lines);
      const parts =
        where === undefined
          ? section.title
          : `${where}::${section.title.replace(/^([A-Z]\w*(?:\.[A-Z]\w*)*)\.(?=\w)/, "$1::")}`;
      const { file, suite, test } = splitId(parts);
      draft.test = test;
      draft.suite = suite;
      draft.file = file ?? (where === undefined ? section.title : undefined);
    } else if (section.draft !== undefined && known.length > 0) section.draft.dropped = true;
    if (draft === undefined || message === "" || draft.signature !== undefined) return;
    draft.message = message;
    draft.signature = message.split("\n").slice(0, 3).join("\n");
    if (section.during !== undefined) draft.kind = "error";
  }
}

function splitId(id: string): { file: string | undefined; suite: string | undefined; test: string } {
  const match = ID.exec(id.trim().replace(/ <- \S+$/, ""));
  if (match?.[1] === undefined) return { file: undefined, suite: undefined, test: id.trim() };
  if (match[2] === undefined) return { file: match[1], suite: undefined, test: match[1] };
  const [head = "", ...params] = match[2].split(/(?=\[)/);
  const names = head.split("::");
  const test = (names.pop() ?? "") + params.join("");
  return { file: match[1], suite: names.length > 0 ? names.join("::") : undefined, test };
}

const idOf = (draft: Draft): string =>
  draft.file === draft.test
    ? draft.test
    : [draft.file, draft.suite, draft.test].filter((part) => part !== undefined).join("::");

function sameTest(draft: Draft, title: string): boolean {
  const plain = [draft.suite?.replaceAll("::", "."), draft.test]
    .filter((part) => part !== undefined)
    .join(".");
  return plain === title || draft.test === title || draft.file === title;
}

/** The lines that name the error: those marked `E`, else the last ones of a plain traceback. */
function errorLines(lines: readonly string[]): string[] {
  const marked = lines.filter((line) => /^E {2,}|^E$/.test(line)).map((line) => line.slice(4));
  if (marked.length > 0) return marked.slice(0, 24);
  const last = lines.findLastIndex((line) =>
    /^[A-Za-z_][\w.]*(?:Error|Exception|Failed|Warning|Exit)\b/.test(line),
  );
  return last < 0 ? lines.slice(-12) : lines.slice(last, last + 12);
}

/** The file a traceback ends in: the first one for native tracebacks of the test itself. */
function fileOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const file = /^([^\s:]*[\w-]+\.py):\d+: /.exec(line)?.[1];
    if (file !== undefined && !/site-packages|^\/usr\/lib/.test(file)) return file;
  }
  return undefined;
}

const OUTCOME =
  /^(\S.*?\.\w+::.+?) (PASSED|FAILED|ERROR|RERUN|SKIPPED|XFAIL|XPASS|\('RERUN'.*?\))(?:$| +(?:\[|\())/;
const XDIST = /^\[gw\d+\](?: \[ *\d+%\])? (PASSED|FAILED|ERROR|RERUN) (\S.*?::.+)$/;

const note = (tracker: PytestTracker, id: string, outcome: string, line: Line): void => {
  if (outcome === "PASSED") tracker.pass(id, line);
  else if (outcome.includes("RERUN")) tracker.rerun(id, line);
  else if (outcome === "FAILED" || outcome === "ERROR") tracker.fail(id, line);
};

const rules: readonly Rule<PytestTracker>[] = [
  {
    id: "section",
    needles: ["= FAILURES =", "= ERRORS =", "= RERUNS =", "short test summary info", "warnings summary ="],
    pattern:
      /^={3,} (?:[\w-]+ )*?(FAILURES|ERRORS|RERUNS|short test summary info|warnings summary)(?: \([^)]*\))? ={3,}$/,
    example:
      "=================================== FAILURES ===================================\n___________________________________ test_a ____________________________________\n\n    def test_a():\n>       assert 1 == 2\nE       assert 1 == 2\n\nt/test_x.py:2: AssertionError\n=== 1 failed in 0.1s ===",
    test: "test_a",
    run(match, _line, tracker) {
      const name = match[1] ?? "";
      tracker.enter(
        name === "FAILURES"
          ? "failures"
          : name === "ERRORS"
            ? "errors"
            : name === "RERUNS"
              ? "reruns"
              : undefined,
      );
    },
  },
  {
    id: "summary",
    needles: ["FAILED ", "ERROR ", "FAILED\u001b", "ERROR\u001b"],
    pattern: /^(FAILED|ERROR) (?:\[[\d.]+s\] )?(\S*?\.\w+(?:::.+?)?)(?: - (.*))?$/,
    example: "=== short test summary info ===\nFAILED t/test_x.py::TestA::test_b[1 - 2] - assert 0",
    test: "test_b[1 - 2]",
    run(match, line, tracker) {
      const [, word = "", id = "", message = ""] = match;
      if (!id.includes("::") && !/\.py$/.test(id)) return;
      const [whole, told] = splitMessage(id, message);
      const draft = tracker.fail(whole, line, told);
      if (word === "ERROR") draft.kind ??= "error";
    },
  },
  {
    id: "verbose",
    needles: [" FAILED", " ERROR", " RERUN", "mFAILED", "mERROR", "mRERUN", "('RERUN'"],
    pattern: OUTCOME,
    example: "t/test_x.py::test_a FAILED                                    [ 12%]",
    test: "test_a",
    run: (match, line, tracker) => note(tracker, match[1] ?? "", match[2] ?? "", line),
  },
  {
    id: "verbose-passed",
    needles: [" PASSED", "PASSED\u001b", "mPASSED"],
    pattern: OUTCOME,
    example: "t/test_x.py::test_a PASSED                                    [ 12%]",
    test: null,
    idle: true,
    names: "before",
    run: (match, line, tracker) => note(tracker, match[1] ?? "", match[2] ?? "", line),
  },
  {
    id: "xdist-passed",
    needles: ["PASSED"],
    pattern: XDIST,
    example: "[gw1] [ 35%] PASSED t/test_x.py::test_a",
    test: null,
    idle: true,
    run: (match, line, tracker) => note(tracker, match[2] ?? "", match[1] ?? "", line),
  },
  {
    id: "xdist",
    needles: ["FAILED", "ERROR", "RERUN"],
    pattern: XDIST,
    example: "[gw1] [ 35%] FAILED t/test_x.py::test_a",
    test: "test_a",
    run: (match, line, tracker) => note(tracker, match[2] ?? "", match[1] ?? "", line),
  },
  {
    id: "crash",
    needles: ["Fatal Python error: "],
    pattern: /^(?:(\S.*?\.py::\S.*?) )?Fatal Python error: (.*)$/,
    example: "t/test_x.py::test_a Fatal Python error: Segmentation fault",
    test: "test_a",
    run(match, line, tracker) {
      const id = match[1] ?? /^(\S+\.py::\S.*?)\s*$/.exec(line.before(1))?.[1];
      if (id === undefined) return;
      const draft = tracker.fail(id, line, `Fatal Python error: ${match[2] ?? ""}`);
      draft.kind = /timeout/i.test(match[2] ?? "") ? "timeout" : "crash";
    },
  },
  {
    id: "worker-crash",
    needles: ["crashed while running"],
    pattern: /worker '?\w+'? crashed while running '?(\S+?::.+?)'?$/,
    example: "E   worker 'gw0' crashed while running 't/test_x.py::test_a'",
    test: "test_a",
    run(match, line, tracker) {
      tracker.fail(match[1] ?? "", line, line.text.trim()).kind = "crash";
    },
  },
  {
    id: "sugar",
    needles: ["Results ("],
    pattern: /^Results \([\d.:]+m?s(?: \([\d:]+\))?\):$/,
    example:
      "Results (0.12s):\n       1 passed\n       1 failed\n         - tests/test_store.py:4 test_gets\n\n",
    test: "test_gets",
    run(_match, line, tracker) {
      tracker.read(
        2000,
        (text) => !/^\s{7,}\S/.test(text),
        (lines) =>
          lines.forEach((text, at) => {
            const [, file, name = ""] = /^ {9}- (\S+\.py):\d+ (\S.*)$/.exec(text) ?? [];
            if (file === undefined) return;
            const [path = "", values = ""] = name.split(/(?=\[)(.*)/);
            tracker.fail(`${file}::${path.replaceAll(".", "::")}${values}`, {
              ...line,
              number: line.number + at + 1,
            });
          }),
      );
    },
  },
];

/** A parameter may hold ` - `: brackets that are still open take the text up to the one that closes them. */
function splitMessage(id: string, message: string): [string, string] {
  if (!id.includes("[") || id.endsWith("]")) return [id, message];
  const close = message.indexOf("]");
  if (close < 0) return [id, message];
  return [`${id} - ${message.slice(0, close + 1)}`, message.slice(close + 1).replace(/^ - /, "")];
}

/** pytest with its usual plugins: xdist, rerunfailures, timeout. */
export const pytest = defineFramework("pytest", (sink) => new PytestTracker(sink), rules);
