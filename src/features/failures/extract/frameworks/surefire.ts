import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

/** Maven's levels, also as GitHub shows them on its pages, from where logs are copied. */
const LEVEL = /^(?:\[(?:ERROR|WARNING|INFO)\] ?|(?:Error|Warning|Info): {1,2})/;
const END =
  /^(?:\[\w+\] )?(?:Tests run:|Running |Results ?:|Failed tests:|Tests in error:|-{10,}|Failures:|Errors:)|<<< (?:FAILURE|ERROR)!|^\[(?:INFO|ERROR|WARNING)\]/;

/** `method(package.Class)`, `package.Class.method` or `method on instance …(Class)` in its parts. */
export function javaName(name: string): { test: string; suite: string | undefined } {
  const text = name.trim();
  const owner = /^(.+?)\((\w[\w.$[\]]*)\)$/.exec(text.replace(/^(\S+) on instance .*(\([\w.$]+\))$/, "$1$2"));
  if (
    owner?.[1] !== undefined &&
    /[A-Z]/.test(owner[2] ?? "") &&
    !/^(?:String|Integer|Object|Class|Path|File)\b/.test(owner[2] ?? "")
  ) {
    return { test: owner[1], suite: owner[2] };
  }
  const dotted = /^((?:[a-z_][\w-]*\.)*[A-Z_][\w$]*(?:\$\w+)*)\.(\S.*)$/.exec(text);
  return dotted?.[2] === undefined ? { test: text, suite: undefined } : { test: dotted[2], suite: dotted[1] };
}

class SurefireTracker extends ListTracker {
  kind: "failures" | "flakes" = "failures";
  readonly told: Draft[] = [];
  private readonly listed: { name: string; message: string; line: Line; entry: string }[] = [];
  private readonly flakes: { name: string; line: Line; message: string }[] = [];

  protected item(line: Line): boolean {
    const text = line.text.replace(LEVEL, "");
    if (/^(?:Tests run:|BUILD|-{10,}|Flakes:|Failures:|Errors:|Reactor Summary)/.test(text)) {
      if (!/^(?:Failures|Errors|Flakes):/.test(text)) this.closeList();
      return false;
    }
    if (this.kind === "flakes") return this.flake(text, line);
    const entry =
      /^ {1,4}(?!Run \d+:)([A-Za-z_$][^\s(]*[.(>].*)$/.exec(text)?.[1] ??
      /^ {1,4}(\w+ on instance .*)$/.exec(text)?.[1] ??
      (/^\[ERROR\] [a-z]\w*\.\S+$/.test(line.text) ? text : undefined);
    const run = /^\s+Run \d+: \S+ ?(.*)$/.exec(text);
    const last = this.listed.at(-1);
    if (run?.[1] !== undefined && last !== undefined && last.message === "") last.message = run[1];
    if (entry === undefined || run !== null) return run !== null;
    const parts = /^([^\s:(»]+(?:\([^)]*\))?(?:\[[^\]]*\])?)(?::(\d+)\S*)?(?:: ?| (?:»|Â») ?| |$)(.*)$/.exec(
      entry,
    );
    const whole = / on instance |^\w+\([\w.$]+\)$/.test(entry) ? entry : (parts?.[1] ?? entry);
    if (this.listed.length < 2000)
      this.listed.push({
        name: whole.replace(/^.*>/, ""),
        message: whole === entry ? "" : (parts?.[3] ?? ""),
        line,
        entry,
      });
    return true;
  }

  private flake(text: string, line: Line): boolean {
    const run = /^\s+Run \d+: (?!PASS)(?:\S+ )?(.*)$/.exec(text);
    const last = this.flakes.at(-1);
    if (run !== null && last !== undefined && last.message === "") last.message = run[1] ?? "";
    if (!/^[\w.$]+\.[\w$]+(?:\(.*\)|\[.*\])?$/.test(text)) return run !== null;
    this.flakes.push({ name: text, line, message: "" });
    return true;
  }

  override end(): void {
    super.end();
    for (const { name, message, line, entry } of this.listed) {
      const { test, suite } = javaName(name);
      const known = this.told.find(
        (draft) => sameMethod(draft, test, suite) || entry.startsWith(`${simple(draft.suite)}.${draft.test}`),
      );
      if (known === undefined) this.told.push(this.sink.fail({ test, suite, message, line: line.number }));
    }
    for (const { name, line, message } of this.flakes) {
      const { test, suite } = javaName(name);
      const known =
        this.told.find((draft) => sameMethod(draft, test, suite)) ??
        this.sink.fail({ test, suite, message, line: line.number });
      known.retriedOk = true;
    }
  }
}

const simple = (name: string | undefined): string | undefined => name?.split(".").at(-1);

function sameMethod(draft: Draft, test: string, suite: string | undefined): boolean {
  const method = (name: string) => name.replace(/[([].*$/, "");
  if (draft.test !== test && method(draft.test) !== method(test)) return false;
  return (
    suite === undefined ||
    draft.suite === undefined ||
    simple(draft.suite) === simple(suite) ||
    draft.test === test
  );
}

const rules: readonly Rule<SurefireTracker>[] = [
  {
    id: "failure",
    needles: ["<<< FAILURE!", "<<< ERROR!"],
    pattern: /^(?:\[ERROR\] +|Error: +)?(\S.*?)(?: +(?:-- )?Time elapsed: .*?)? +<<< (FAILURE|ERROR)!/,
    example:
      "[ERROR] testGet(com.acme.StoreTest)  Time elapsed: 0.022 s  <<< FAILURE!\njava.lang.AssertionError: expected:<1> but was:<2>\n\tat com.acme.StoreTest.testGet(StoreTest.java:9)\n",
    test: "testGet",
    run(match, line, tracker) {
      const name = match[1] ?? "";
      if (name.startsWith("Tests run:")) return;
      const draft = tracker.sink.fail({
        ...javaName(name),
        line: line.number,
        kind: match[2] === "ERROR" ? "error" : undefined,
      });
      tracker.told.push(draft);
      tracker.read(
        40,
        (text) => END.test(text),
        (lines) => {
          if (draft.message !== "") return;
          const end = lines.findIndex((text) => /^\s+at /.test(text));
          draft.message = messageOf(lines.slice(0, end < 0 ? 12 : Math.min(end, 12)));
          if (/Timed?Out|TimeoutException/.test(draft.message)) draft.kind = "timeout";
        },
      );
    },
  },
  {
    id: "summary",
    needles: [
      "Failed tests:",
      "Tests in error:",
      "] Failures:",
      "] Errors:",
      "Error:  Failures:",
      "Error:  Errors:",
    ],
    pattern: /^(?:\[ERROR\] |Error: {1,2})?(?:Failed tests:|Tests in error:|Failures:|Errors:)(?: +(\S.*))?$/,
    example:
      "Results :\n\nFailed tests: \n  StoreTest.testGet:9 expected:<1> but was:<2>\n\nTests run: 3, Failures: 1, Errors: 0, Skipped: 0",
    test: "testGet",
    run(match, line, tracker) {
      if (match[1] !== undefined && !/^\S+\(\S+\)/.test(match[1])) return;
      if (!/Failed tests|Tests in error|^(?:\[ERROR\]|Error: )/.test(line.text)) return;
      tracker.kind = "failures";
      tracker.openList();
      if (match[1] !== undefined) tracker.line({ ...line, text: `  ${match[1]}` });
    },
  },
  {
    id: "flakes",
    needles: ["] Flakes:", "Flaked tests:"],
    pattern: /^(?:\[WARNING\] )?(?:Flakes|Flaked tests):/,
    example:
      "[WARNING] Flakes: \n[WARNING] com.acme.StoreTest.testGet\n[ERROR]   Run 1: StoreTest.testGet:9 expected:<1> but was:<2>\n[INFO]   Run 2: PASS\n",
    test: "testGet",
    run(_match, _line, tracker) {
      tracker.kind = "flakes";
      tracker.openList();
    },
  },
];

/** Maven Surefire and Failsafe. */
export const surefire = defineFramework("surefire", (sink) => new SurefireTracker(sink), rules);
