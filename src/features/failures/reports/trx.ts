import { Drafts } from "../extract/draft.ts";
import { finish } from "../extract/finish.ts";
import type { ExtractOptions, FailureKind } from "../model.ts";
import type { ReportReader } from "./junit.ts";
import { plainText, xmlReader } from "./xml.ts";

interface Result {
  readonly test: string;
  readonly outcome: string;
  message: string;
  /** One of its rows failed. */
  rowFailed: boolean;
}

const FAILED = /^(?:Failed|Error|Timeout|Aborted)$/;
/** Kinds that the outcome tells. */
const KINDS: Readonly<Record<string, FailureKind>> = { Timeout: "timeout", Aborted: "crash" };

/** Visual Studio's TRX, as `dotnet test --logger trx` writes it. */
export function trxReader(options: ExtractOptions): ReportReader {
  const drafts = new Drafts();
  /** Results that are open: one of a test with data holds those of its rows. */
  const open: Result[] = [];
  let serial = 0;
  const reader = xmlReader({
    open(name, attributes) {
      if (name !== "UnitTestResult") return;
      const test = plainText(attributes.testName ?? "");
      open.push({ test, outcome: attributes.outcome ?? "", message: "", rowFailed: false });
    },
    close(name, text) {
      const result = open.at(-1);
      if (result === undefined) return;
      if (name === "Message") result.message ||= plainText(text).trim();
      if (name !== "UnitTestResult") return;
      serial += 1;
      open.pop();
      const { test, outcome, message, rowFailed } = result;
      if (outcome === "Passed") drafts.pass(test, serial);
      if (!FAILED.test(outcome)) return;
      const whole = open.at(-1);
      if (whole !== undefined) whole.rowFailed = true;
      // its rows tell it better
      if (!rowFailed) drafts.add("trx", { test, message, line: serial, kind: KINDS[outcome] });
    },
  });
  const told = () => finish(drafts, [], serial, new Map(), options);
  return {
    push: (text) => reader.push(text),
    end() {
      reader.end();
      return told();
    },
    told,
  };
}
