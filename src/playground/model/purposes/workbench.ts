import { type Call, signed, UNKNOWN } from "../answer.ts";
import type { Conversation } from "../conversation.ts";
import { fileText } from "../lines.ts";
import type { Edit } from "../patterns/index.ts";
import { leafOf } from "../test-name.ts";

/** Part of a script that gives its caller a value, or the last words where it has to stop. */
export type Part<T> = Generator<Call, T | { stop: string }, string>;

export interface Opened {
  path: string;
  text: string;
}

const TEST_FILE = /[\w./-]+\.(?:test|spec)\.[jt]sx?/;
const REFUSED = /^\W*(?:error|refused|failed|invalid|not found|cannot|could not|no such|does not)\b/i;
const RUNS = 3;
/** How often the work is handed in: an objection may be another test's bad luck. */
const HAND_INS = 3;

/** Finds the file that has the test, by a search for its name, and reads it. */
export function* openTest(test: string): Part<Opened> {
  const [pattern = test] = leafOf(test)
    .split(/[^\w ,'-]+/)
    .sort((a, b) => b.length - a.length);
  const found: string = yield { name: "search", args: { pattern: pattern.trim() } };
  const path = TEST_FILE.exec(found)?.[0].replace(/^\.\//, "");
  if (path === undefined) return { stop: UNKNOWN };
  const read: string = yield { name: "read_file", args: { path } };
  return { path, text: fileText(read) };
}

/** Makes the edits one by one; stops with the tool's own words at the first that was refused. */
export function* applyEdits(path: string, edits: readonly Edit[]): Part<null> {
  for (const edit of edits) {
    const result: string = yield { name: "edit_file", args: { path, old: edit.old, new: edit.new } };
    if (REFUSED.test(result))
      return { stop: signed(`The edit of ${path} was refused: ${result.slice(0, 300)}`) };
  }
  return null;
}

/** Runs the test often; stops when it still failed. */
export function* runTest(test: string): Part<null> {
  const result: string = yield { name: "run_test", args: { count: RUNS } };
  const named = result.split("\n").some((line) => line.includes("(fail)") && line.includes(leafOf(test)));
  const counted = /failures?["']?\s*[:=]\s*[1-9]|\b[1-9]\d* of \d+ (?:runs )?failed/i.test(result);
  if (!named && !counted) return null;
  return { stop: signed("The test still failed after my change, and I know no other one.") };
}

/** Hands the work in; where it is not taken, runs the test again and hands it in again, and at last says so. */
export function* handIn(test: string, args: Call["args"]): Part<null> {
  let objection = "";
  for (let times = 1; times <= HAND_INS; times += 1) {
    objection = yield { name: "finish", args };
    if (objection === "") return null;
    const failed = yield* runTest(test);
    if (failed) return failed;
  }
  return { stop: signed(`I know no other way. The last objection was: ${objection.slice(0, 300)}`) };
}

/** Reads the file's history where there is a tool for that; gives how many earlier commits were fixes of it. */
export function* earlierFixes(path: string, { tools }: Conversation): Generator<Call, number, string> {
  if (!tools.has("git_log")) return 0;
  const log: string = yield { name: "git_log", args: { path } };
  return log.split("\n").filter((line) => /\b(?:flaky|de-?flake|stabili[sz]e)\b/i.test(line)).length;
}
