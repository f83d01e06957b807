import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/** `module::path::name` in its parts. Doc tests keep their file in the name. */
function nameParts(name: string): { test: string; suite: string | undefined } {
  const at = name.includes(" - ") ? -1 : name.lastIndexOf("::");
  return at < 0 ? { test: name, suite: undefined } : { test: name.slice(at + 2), suite: name.slice(0, at) };
}

/** What the test printed, cut to the panic or the error. */
function panicOf(lines: readonly string[]): string {
  const at = lines.findIndex((text) => /^thread '.*' .*panicked at|^Error: /.test(text));
  const rest = at < 0 ? lines : lines.slice(at);
  const end = rest.findIndex((text) => /^stack backtrace:|^note: run with|^\s*$/.test(text));
  return messageOf(rest.slice(0, end <= 0 ? 10 : Math.min(end, 10)))
    .replace(/^thread '.*' (?:\(\d+\) )?panicked at [^\n]*:\d+:\d+:\n/, "")
    .replace(/^thread '.*' panicked at '/, "'");
}

class CargoTracker extends Tracker {
  /** Whether libtest has spoken: others frame output with dashes too. */
  seen = false;
}

const rules: readonly Rule<CargoTracker>[] = [
  {
    id: "list",
    needles: ["failures:", "test result: "],
    pattern: /^(?:failures:$|test result: )/,
    example: "failures:",
    test: null,
    run(_match, _line, tracker) {
      tracker.seen = true;
    },
  },
  {
    id: "result",
    needles: ["... FAIL"],
    pattern: /^test (\S.*?)(?: - should panic)? \.\.\. FAIL(?:ED\b|$)/,
    example: "test store::tests::gets ... FAILED",
    test: "gets",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ ...nameParts(match[1] ?? ""), line: line.number }),
  },
  {
    id: "output",
    needles: ["---- "],
    pattern: /^---- (\S.*?) std(?:out|err) ----$/,
    example:
      "failures:\n\n---- store::tests::gets stdout ----\n\nthread 'store::tests::gets' panicked at src/lib.rs:7:41:\nassertion `left == right` failed\n  left: 1\n right: 2\nnote: run with `RUST_BACKTRACE=1`\n",
    test: "gets",
    run(match, line, tracker) {
      if (!tracker.seen) return;
      const draft = tracker.sink.fail({ ...nameParts(match[1] ?? ""), line: line.number });
      tracker.sink.anchor(draft);
      tracker.read(
        200,
        (text) => /^---- .* ----$|^failures:$|^test result: /.test(text),
        (lines) => {
          draft.message = panicOf(lines);
          if (draft.message !== "" && draft.kind === undefined)
            draft.kind = /^assertion|^Error/.test(draft.message) ? undefined : "panic";
        },
      );
    },
  },
  {
    id: "abort",
    needles: ["... error: test failed", "(signal: "],
    pattern: /^test (\S+) \.\.\. .*(?:error: test failed|\(signal: \d+)/,
    example:
      "test tests::aborts ... error: test failed, to rerun pass `--lib`\n\nCaused by:\n  process didn't exit successfully: `store` (signal: 6, SIGABRT: process abort signal)\n",
    test: "aborts",
    run(match, line, tracker) {
      const name = nameParts(match[1] ?? "");
      const draft = tracker.sink.fail({ ...name, line: line.number, kind: "crash" });
      tracker.read(
        4,
        () => false,
        (lines) => {
          draft.message = /\(signal: .*\)$/.exec([line.text, ...lines].join("\n"))?.[0] ?? "the process died";
        },
      );
    },
  },
  {
    id: "stack-overflow",
    needles: ["' has overflowed its stack"],
    pattern: /^thread '(\S+?)'(?: \(\d+\))? (has overflowed its stack)/,
    example: "thread 'tests::deep' has overflowed its stack\nfatal runtime error: stack overflow\n",
    test: "deep",
    run(match, line, tracker) {
      if (match[1] === "main" || match[1]?.startsWith("<")) return;
      const name = nameParts(match[1] ?? "");
      tracker.sink.fail({ ...name, line: line.number, kind: "crash", message: match[2] });
    },
  },
  {
    id: "nextest",
    needles: ["FAIL [", "TIMEOUT [", "SIGABRT [", "SIGSEGV [", "SIGKILL [", "FAIL+LEAK"],
    pattern:
      /^\s*(?:TRY \d+ )?(FAIL|FAIL\+LEAK|TIMEOUT|SIG\w+) \[ *[>\d.]+s\] (?:\( *\d+\/\d+\) )?(\S+) (\S+)$/,
    example: "        FAIL [   0.005s] acme::store tests::gets",
    test: "gets",
    run(match, line, tracker) {
      const kind = match[1] === "TIMEOUT" ? "timeout" : match[1]?.startsWith("SIG") ? "crash" : undefined;
      tracker.sink.fail({ ...nameParts(match[3] ?? ""), package: match[2], line: line.number, kind });
    },
  },
  {
    id: "nextest-indented",
    needles: ["stdout ───", "stderr ───"],
    pattern: /^ +std(?:out|err) ─{3}$/,
    example:
      "        FAIL [   0.005s] acme::store tests::gets\n  stderr ───\n    thread 'tests::gets' panicked at src/lib.rs:7:41:\n    assertion failed: false\n",
    test: "gets",
    run(_match, line, tracker) {
      const draft = tracker.sink.drafts.findLast((one) => one.package !== undefined);
      if (draft === undefined || line.number - draft.line > 200) return;
      tracker.read(
        100,
        (text) => /^ {0,3}\S|^\s+(?:TRY|PASS|FAIL|FLAKY|SIG\w+|TIMEOUT) \[/.test(text),
        (lines) => {
          if (draft.message !== "" || !lines.some((text) => /panicked at/.test(text))) return;
          draft.message = panicOf(lines.map((text) => text.replace(/^ {4}/, "")));
        },
      );
    },
  },
  {
    id: "nextest-flaky",
    needles: ["FLAKY "],
    pattern: /^\s*FLAKY \d+\/\d+ \[ *[\d.]+s\] (?:\( *\d+\/\d+\) )?(\S+) (\S+)$/,
    example: "   FLAKY 2/3 [   0.005s] acme::store tests::gets",
    test: "gets",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ ...nameParts(match[2] ?? ""), package: match[1], line: line.number });
      draft.retriedOk = true;
    },
  },
  {
    id: "nextest-output",
    needles: ["STDOUT: ", "STDERR: "],
    pattern: /^-{3,} STD(?:OUT|ERR): +(\S+) (\S+) -{3,}$/,
    example:
      "--- STDERR:              acme::store tests::gets ---\nthread 'tests::gets' panicked at src/lib.rs:7:41:\nassertion failed: false\nnote: run with `RUST_BACKTRACE=1`\n",
    test: "gets",
    run(match, line, tracker) {
      tracker.read(
        100,
        (text) => /^-{3,} STD|^\s+(?:TRY|PASS|FAIL|FLAKY) \[?|^\s*Cancel/.test(text),
        (lines) => {
          const message = panicOf(lines);
          if (!/panicked|assertion|Error/.test(lines.join("\n"))) return;
          const draft = tracker.sink.fail({
            ...nameParts(match[2] ?? ""),
            package: match[1],
            line: line.number,
          });
          if (draft.message === "") draft.message = message;
        },
      );
    },
  },
];

/** cargo test (libtest) and cargo-nextest. */
export const cargo = defineFramework("cargo-test", (sink) => new CargoTracker(sink), rules);
