import { Drafts } from "../extract/draft.ts";
import { finish } from "../extract/finish.ts";
import type { ExtractOptions } from "../model.ts";
import type { ReportReader } from "./junit.ts";
import { xmlReader } from "./xml.ts";

/** Visual Studio's TRX, as `dotnet test --logger trx` writes it. */
export function trxReader(options: ExtractOptions): ReportReader {
  const drafts = new Drafts();
  let result: { name: string; outcome: string; message: string; stack: string } | undefined;
  let serial = 0;
  const reader = xmlReader({
    open(name, attributes) {
      if (name !== "UnitTestResult") return;
      result = { name: attributes.testName ?? "", outcome: attributes.outcome ?? "", message: "", stack: "" };
    },
    close(name, text) {
      if (result === undefined) return;
      if (name === "Message") result.message ||= text.trim();
      if (name === "StackTrace") result.stack ||= text.trim();
      if (name !== "UnitTestResult") return;
      serial += 1;
      const { name: test, outcome, message } = result;
      result = undefined;
      if (outcome === "Passed") drafts.pass(test, serial);
      const kind =
        outcome === "Timeout" ? ("timeout" as const) : outcome === "Aborted" ? ("crash" as const) : undefined;
      if (/^(?:Failed|Error|Timeout|Aborted)$/.test(outcome))
        drafts.add("trx", { test, message, line: serial, kind });
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
