import { type Purpose, signed, UNKNOWN } from "../answer.ts";
import { type Pattern, recall } from "../patterns/index.ts";
import { testName } from "../test-name.ts";

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

/** The part of a message that asks: its last line with a question mark, else its last line with text. */
function questionIn(message: string): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => line.includes("?")) ?? lines.at(-1) ?? "";
}

/** Answers a person's question about a finding in a few sentences. */
export const discuss: Purpose = ({ material, question, test }) => {
  const name = test ?? testName(material);
  const pattern = name === null ? null : recall(material, name);
  if (!pattern) return { text: UNKNOWN };
  const asked = questionIn(question);
  const topic = topics.find(([words]) => words.test(asked));
  return { text: signed(topic ? topic[1](pattern) : `${pattern.cause} ${pattern.fix}`) };
};
