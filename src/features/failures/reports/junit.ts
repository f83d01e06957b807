import { UserError } from "../../../kernel/errors.ts";
import { Drafts } from "../extract/draft.ts";
import { finish } from "../extract/finish.ts";
import { kindOf, messageOf } from "../extract/message.ts";
import type { Extraction, ExtractOptions, FailureKind } from "../model.ts";
import { plainText, xmlReader } from "./xml.ts";

/** A report that is read piece by piece, as bytes come. */
export interface ReportReader {
  push(text: string): void;
  end(): Extraction;
  /** What it told so far, for a report that broke off. */
  told(): Extraction;
}

interface Case {
  readonly name: string;
  readonly suite: string | undefined;
  readonly file: string | undefined;
  outcome: "passed" | "failed" | "skipped" | "flaky";
  kind: FailureKind | undefined;
  message: string;
}

const BAD = new Set(["failure", "error", "rerunFailure", "rerunError"]);
/** Kinds that the message tells better than the element. */
const SPECIAL = new Set<FailureKind>(["panic", "race", "timeout", "crash"]);
/** Roots of reports that may hold no test at all. */
const EMPTY = new Set(["testsuites", "testsuite"]);
const FLAKY = new Set(["flakyFailure", "flakyError"]);

/** JUnit XML as Surefire, Gradle, pytest, gotestsum, Jest, bun and others write it. */
export function junitReader(options: ExtractOptions): ReportReader {
  const drafts = new Drafts();
  const suites: string[] = [];
  let current: Case | undefined;
  let attribute = "";
  let serial = 0;
  let first: string | undefined;
  const reader = xmlReader({
    open(name, attributes) {
      first ??= name;
      if (name === "testsuite") suites.push(attributes.name ?? "");
      else if (name === "testcase") {
        const suite = attributes.classname || suites.at(-1) || undefined;
        current = {
          name: plainText(attributes.name ?? ""),
          suite: suite === undefined ? undefined : plainText(suite),
          file: attributes.file,
          outcome: "passed",
          kind: undefined,
          message: "",
        };
      } else if (name === "skipped" && current !== undefined) current.outcome = "skipped";
      attribute = attributes.message ?? "";
    },
    close(name, text) {
      if (name === "testsuite") suites.pop();
      if (current === undefined) return;
      if (BAD.has(name) || FLAKY.has(name)) note(current, name, attribute, text);
      if (name !== "testcase") return;
      serial += 1;
      record(drafts, current, serial);
      current = undefined;
    },
  });
  const told = () => finish(drafts, [], serial, new Map(), options);
  return {
    push: (text) => reader.push(text),
    end() {
      reader.end();
      if (serial === 0 && first !== undefined && !EMPTY.has(first))
        throw new UserError(`it is XML, but neither JUnit's nor TRX: it begins with <${first.slice(0, 50)}>`);
      return told();
    },
    told,
  };
}

function note(current: Case, name: string, attribute: string, text: string): void {
  current.outcome = FLAKY.has(name) ? "flaky" : "failed";
  current.kind = /error/i.test(name) ? "error" : "assert";
  if (current.message !== "") return;
  const head = plainText(attribute).trim();
  const body = messageOf(plainText(text).split("\n"), 24);
  current.message =
    head === "" || /^Failed$/i.test(head) || body.includes(head) ? body || head : `${head}\n${body}`.trim();
}

function record(drafts: Drafts, current: Case, line: number): void {
  const { name: test, suite, file, outcome, kind, message } = current;
  if (outcome === "skipped") return;
  if (outcome === "passed") {
    drafts.pass(test, line);
    const failed = drafts.all.find(
      (draft) => draft.test === test && draft.suite === suite && draft.file === file,
    );
    if (failed !== undefined) failed.retriedOk = true;
    return;
  }
  const { draft } = drafts.add("junit-xml", {
    test,
    suite,
    file,
    line,
    kind: SPECIAL.has(kindOf(message)) ? kindOf(message) : kind,
    message,
  });
  if (outcome === "flaky") draft.retriedOk = true;
}
