import type { FailureKind } from "../../model.ts";
import { kindOf, messageOf } from "../message.ts";

/** What some lines tell about why a Go test failed. */
export interface Evidence {
  readonly line: number;
  readonly message: string;
  readonly signature: string | undefined;
  readonly kind: FailureKind | undefined;
  /** testify's `Error Trace` block: such lines are only printed by a failed assertion. */
  readonly assertion: boolean;
}

const TESTIFY_LABEL = /^\s*(Error Trace|Error|Messages|Test):(?:\s+(.*))?$/;

/** Fields of testify's failure block, and the lines around it that are not part of it. */
export interface Testify {
  readonly test: string | undefined;
  readonly error: string;
  readonly messages: string;
}

/** Reads the first testify block in `lines`; undefined where there is none. */
export function readTestify(lines: readonly string[]): Testify | undefined {
  const fields = new Map<string, string[]>();
  let label: string | undefined;
  for (const line of lines) {
    const match = TESTIFY_LABEL.exec(line);
    if (match?.[1] !== undefined) {
      if (match[1] === "Error Trace" && fields.size > 0) break;
      label = match[1];
      fields.set(label, match[2] ? [match[2]] : []);
    } else if (label !== undefined && /^\s{4,}/.test(line)) {
      fields.get(label)?.push(line.trim());
    } else if (label !== undefined) break;
  }
  const error = fields.get("Error");
  if (error === undefined && !fields.has("Error Trace")) return undefined;
  return {
    test: fields.get("Test")?.[0]?.trim(),
    error: (error ?? []).filter((line) => line !== "").join("\n"),
    messages: (fields.get("Messages") ?? []).join("\n"),
  };
}

/** Lines that belong to one failing test as evidence; undefined where they say nothing. */
export function evidenceOf(lines: readonly string[], line: number): Evidence | undefined {
  const testify = readTestify(lines);
  if (testify !== undefined) {
    const message = [testify.error, testify.messages].filter((text) => text !== "").join("\n");
    const error = testify.error.split("\nDiff:")[0] ?? "";
    return {
      line,
      message,
      signature: error,
      kind: "assert",
      assertion: true,
    };
  }
  const panicked = lines.findIndex((text) => /test panicked: |^\s*panic: /.test(text));
  if (panicked >= 0) return panicEvidence(lines.slice(panicked), line);
  const told = lines.filter((text) => /\S/.test(text));
  if (told.length === 0) return undefined;
  if (told.some((text) => /race detected during execution/.test(text))) {
    const signature = "race detected during execution of test";
    return { line, message: messageOf(told), signature, kind: "race", assertion: false };
  }
  const message = messageOf(told);
  if (told.some((text) => /found unexpected goroutines:/.test(text)))
    return { line, message, signature: leakSignature(told), kind: "leak", assertion: false };
  return {
    line,
    message,
    signature: firstReport(told),
    kind: kindOf(message) === "timeout" ? "timeout" : "assert",
    assertion: false,
  };
}

/** The first `file.go:12: text` of a test's output with its continuation; all of it where there is none. */
function firstReport(lines: readonly string[]): string {
  const at = lines.findIndex((line) => /^\s*[\w.-]+\.go:\d+: ?/.test(line));
  if (at < 0) return lines.slice(0, 4).join("\n");
  const out = [(lines[at] ?? "").trim()];
  for (const line of lines.slice(at + 1, at + 6)) {
    if (/^\s*[\w.-]+\.go:\d+: ?/.test(line)) break;
    out.push(line.trim());
  }
  return out.join("\n").replace(/^[\w.-]+\.go:\d+: ?/, "");
}

/** Signature of what goleak found: the functions the goroutines left over are in, whatever their numbers. */
export function leakSignature(lines: readonly string[]): string {
  const tops = lines
    .map((text) => /with (\S+) on top of the stack/.exec(text)?.[1])
    .filter((top) => top !== undefined);
  return `goleak ${[...new Set(tops)].sort().join(" ")}`;
}

/** Functions on the stack of the first goroutine in `lines`, innermost first, without the runtime's own. */
export function framesOf(lines: readonly string[]): string[] {
  const frames: string[] = [];
  for (const line of lines) {
    const text = line.trim();
    if (!text.endsWith(")")) continue;
    // arguments hold no parentheses, so the last one opens them
    const name = text.slice(0, text.lastIndexOf("("));
    if (name.length < 300 && name.includes(".") && /^[\w.~/()*[\]…-]+$/.test(name)) frames.push(name);
    if (frames.length >= 60) break;
  }
  return frames.filter(
    (name) => !/^(?:runtime|testing|panic|reflect|internal)[./]|stretchr\/testify/.test(name),
  );
}

/** A panic with its stack, from the line that says `panic:` on. */
export function panicEvidence(lines: readonly string[], line: number): Evidence {
  const said = (lines[0] ?? "")
    .replace(/^\s*(?:[\w.]+\.go:\d+: )?(?:test panicked: |panic: )?/, "")
    .replace(/ \[recovered.*\]$/, "");
  const frames = framesOf(lines);
  const timeout = /^test timed out after/.test(said);
  const message = messageOf([`panic: ${said}`, ...lines.slice(1)], 24);
  const top = frames.slice(0, 2).join(" < ");
  return {
    line,
    message,
    signature: `panic: ${said}${top === "" || timeout ? "" : ` at ${top}`}`,
    kind: timeout ? "timeout" : "panic",
    assertion: true,
  };
}

/** Names of tests on a stack: `TestX`, or `suiteType.TestX` for a suite's method. */
export function testsOnStack(
  frames: readonly string[],
): { test: string; suite: string | undefined; package: string }[] {
  const found = new Map<string, { test: string; suite: string | undefined; package: string }>();
  for (const frame of frames) {
    const match =
      /^((?:[\w.~-]+\/)*[\w~-]+)(?:\.\(\*?(\w+)\))?\.((?:Test|Example|Fuzz|Benchmark)\w*)(?:\.|$)/.exec(
        frame,
      );
    if (match?.[3] === undefined || match[3] === "TestMain") continue;
    const key = `${match[2] ?? ""}.${match[3]}`;
    if (!found.has(key))
      found.set(key, { test: match[3], suite: match[2], package: (match[1] ?? "").replace(/_test$/, "") });
  }
  return [...found.values()];
}

/** Signature of a data race: where its two sides are, whichever was noticed first. */
export function raceSignature(lines: readonly string[]): string {
  const sides: string[] = [];
  lines.forEach((line, at) => {
    if (!/(?:[Rr]ead|[Ww]rite) at 0x/.test(line)) return;
    const own = framesOf(lines.slice(at + 1, at + 12));
    if (own[0] !== undefined) sides.push(own[0]);
  });
  return `DATA RACE ${[...new Set(sides)].sort().join(" / ")}`.trim();
}
