import type { ExtractOptions } from "../model.ts";
import { textOf } from "./detect.ts";
import { junitReader, type ReportReader } from "./junit.ts";
import { trxReader } from "./trx.ts";

/** The reader for a report that begins with `head`, or undefined where that is no known report. */
export function reportReader(head: string, options: ExtractOptions): ReportReader | undefined {
  const text = textOf(head);
  if (/<(?:[\w.-]+:)?TestRun[\s>]/.test(text)) return trxReader(options);
  return /<(?:[\w.-]+:)?testsuites?[\s>/]/.test(text) || /^<(?:\?xml|!DOCTYPE)/.test(text)
    ? junitReader(options)
    : undefined;
}
