import { type Purpose, signed, UNKNOWN } from "../answer.ts";
import type { Conversation } from "../conversation.ts";
import { fill } from "../json-schema.ts";
import { failureOf, type NumberedLine, numberedLines } from "../lines.ts";
import { recall } from "../patterns/index.ts";
import { analyseError } from "./runtime-error.ts";

const TELLING = /error:|Expected:|Received:|\(fail\)|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|panic:|--- FAIL/;
const MOST = 8;

/** The numbered lines that show a failure: those of the test's own, else the first of any. */
export function evidence(material: string, test: string | null): NumberedLine[] {
  const own = test === null ? [] : numberedLines(failureOf(material, test));
  const lines = own.length > 0 ? own : numberedLines(material);
  return lines.filter(({ text }) => TELLING.test(text)).slice(0, MOST);
}

function sections({ material, test, schema }: Conversation) {
  const lines = evidence(material, test);
  const quoted = schema?.properties?.evidence_lines?.items?.type === "string";
  const pattern = test === null ? null : recall(material, test);
  const seen = lines.map(({ line }) => line);
  const evidence_lines = quoted ? lines.map(({ line, text }) => `${line}: ${text}`) : seen;
  if (!pattern) {
    const none = "I can't say.";
    return { cause: UNKNOWN, evidence_lines, reproduce: none, fix: none, risks: none };
  }
  const tie =
    seen.length === 0 ? "" : ` This shows in ${seen.length === 1 ? "line" : "lines"} ${seen.join(", ")}.`;
  return {
    cause: `${pattern.cause}${tie}`,
    evidence_lines,
    reproduce: pattern.reproduce,
    fix: pattern.fix,
    risks: signed(pattern.risks),
  };
}

/** Explains why a test is flaky: an object of the schema asked for, or Markdown without one. */
export const analyse: Purpose = (conversation) => {
  if (conversation.ofError) return analyseError(conversation);
  const said = sections(conversation);
  if (conversation.schema) return { text: JSON.stringify(fill(conversation.schema, said)) };
  const text = [
    `## Cause\n\n${said.cause}`,
    `## How to reproduce\n\n${said.reproduce}`,
    `## Smallest fix\n\n${said.fix}`,
    `## Risks\n\n${said.risks}`,
  ].join("\n\n");
  return { text };
};
