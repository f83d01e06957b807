import { type Purpose, signed, UNKNOWN } from "../answer.ts";
import { fill } from "../json-schema.ts";
import { type Pattern, recall } from "../patterns/index.ts";
import { testName } from "../test-name.ts";
import { evidence } from "./analyse.ts";

type Topic = [asked: RegExp, say: (pattern: Pattern) => string];

/** What people ask about, most particular first. */
const topics: readonly Topic[] = [
  [/reproduc|locally|how (?:often|many)|seed/i, (pattern) => pattern.reproduce],
  [/risk|danger|break|safe|side effect/i, (pattern) => pattern.risks],
  [/product|our fault|real bug|production|customer/i, (pattern) => `With the fix: ${pattern.now}`],
  [
    /timeout|sleep|longer|retry|skip/i,
    (pattern) => `A longer wait or a retry would only hide it. ${pattern.fix}`,
  ],
  [/fix|solve|repair|change|do about/i, (pattern) => pattern.fix],
  [/why|cause|reason|how come|what happens|explain/i, (pattern) => pattern.cause],
];

/** The part of a message that asks: what stands between tags, else its last line with a question mark or with text. */
function questionIn(message: string): string {
  const tagged = /<question>\s*([\s\S]*?)\s*<\/question>/.exec(message)?.[1];
  if (tagged !== undefined) return tagged;
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => line.includes("?")) ?? lines.at(-1) ?? "";
}

/** How people tell the script that they found something out. */
const FACT = /\b(?:it turns out|turns out|I measured|we measured)(?: that)?[:,]?\s+([^.?!\n]+)/i;

/** A fact that a person brings becomes the cause: the script believes what was measured. */
function changeOf(asked: string, pattern: Pattern) {
  const fact = FACT.exec(asked)?.[1]?.trim();
  if (fact === undefined) return null;
  return {
    because: `${fact}.`,
    cause: signed(`What was measured: ${fact}. The test rests on the opposite.`),
    fix: pattern.fix,
  };
}

/** Questions whose answer rests on the log. */
const CAUSE = topics.at(-1)?.[0] ?? /why/i;

/** Answers a person's question about a finding in a few sentences. */
export const discuss: Purpose = ({ material, question, test, schema }) => {
  const name = test ?? testName(material);
  const pattern = name === null ? null : recall(material, name);
  const asked = questionIn(question);
  const topic = topics.find(([words]) => words.test(asked));
  const change = pattern && changeOf(asked, pattern);
  const known = pattern && (topic ? topic[1](pattern) : `${pattern.cause} ${pattern.fix}`);
  const text = known === null ? UNKNOWN : signed(change ? "That is not what I took it for." : known);
  if (!schema) return { text };
  const lines = pattern && CAUSE.test(asked) ? evidence(material, name) : [];
  const said = {
    answer: text,
    evidence_lines: lines.map((seen) => `${seen.line}: ${seen.text}`),
    changed_conclusion: change,
    language: "en",
  };
  return { text: JSON.stringify(fill(schema, said)) };
};
