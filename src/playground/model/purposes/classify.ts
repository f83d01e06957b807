import type { Purpose } from "../answer.ts";
import { fill } from "../json-schema.ts";
import { numberedLines } from "../lines.ts";
import { recognise } from "../patterns/index.ts";
import { evidence } from "./analyse.ts";

const INFRA =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|No space left on device|\b50[234] (?:Bad|Service|Gateway)/;

/** Says what kind of failure it is, with the lines that say so. */
export const classify: Purpose = ({ material, test, schema }) => {
  const outage = numberedLines(material).filter(({ text }) => INFRA.test(text));
  const lines = evidence(material, test);
  const pattern = test === null ? null : recognise(material, test);
  const verdict = pattern
    ? { class: "flaky-test", confidence: 0.85, reasons: lines }
    : outage.length > 0 || INFRA.test(material)
      ? { class: "infra-flake", confidence: 0.9, reasons: outage.slice(0, 5) }
      : lines.length > 0
        ? { class: "likely-regression", confidence: 0.6, reasons: lines }
        : { class: "unknown", confidence: 0.5, reasons: [] };
  // a form with `quotes` wants the lines as text
  const quotes = verdict.reasons.slice(0, 5).map(({ line, text }) => `${line}: ${text}`);
  const said = schema?.properties?.quotes ? { ...verdict, quotes } : verdict;
  return { text: JSON.stringify(fill(schema ?? {}, said)) };
};
