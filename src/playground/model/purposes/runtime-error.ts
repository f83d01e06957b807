import { type Answer, signed, UNKNOWN } from "../answer.ts";
import type { Conversation } from "../conversation.ts";
import { fill } from "../json-schema.ts";
import { fileText, numberedLines } from "../lines.ts";
import { replay, type Script } from "../replay.ts";

/** A value that is read although it may be missing: what is read, and where. */
interface Missing {
  expression: string;
  path: string;
  name: string;
}

const EVALUATING = /undefined is not an object \(evaluating '([\w.]+)'\)/;
const OWN = /own code: (\S+?):\d+ (\w+)/;

function missingOf({ material }: Conversation): Missing | null {
  const expression = EVALUATING.exec(material)?.[1];
  const [, path, name] = OWN.exec(material) ?? [];
  return expression === undefined || path === undefined || name === undefined
    ? null
    : { expression, path, name };
}

/** The read made safe: nothing where there is nothing. */
function guarded(expression: string): string {
  const dot = expression.lastIndexOf(".");
  return `(${expression.slice(0, dot)}?.${expression.slice(dot + 1)} ?? "")`;
}

/** Explains a runtime error that reads a value which is not there. */
export function analyseError(conversation: Conversation): Answer {
  const missing = missingOf(conversation);
  if (missing === null || conversation.schema === null) return { text: UNKNOWN };
  const { expression, path, name } = missing;
  const lines = numberedLines(conversation.material).filter(({ text }) => text.includes("own code:"));
  const said = {
    cause: `\`${name}\` in \`${path}\` reads \`${expression}\` without looking whether it is there. For a value without it the read throws.`,
    evidence_lines: lines.slice(0, 1).map(({ line, text }) => `${line}: ${text}`),
    reproduce: `Call \`${name}\` with an object that has nothing in it.`,
    fix: `Read \`${guarded(expression)}\` there, with a test of it.`,
    risks: signed("Who calls it gets an empty text in place of an error."),
  };
  return { text: JSON.stringify(fill(conversation.schema, said)) };
}

const testOf = (path: string, name: string): string => `import { expect, test } from "bun:test";
import { ${name} } from "../${path}";

test("${name} takes an object with nothing in it", () => {
  expect(${name}({})).toBe("");
});
`;

function* script({ expression, path, name }: Missing): Script {
  const file = fileText(yield { name: "read_file", args: { path } });
  if (file.split(expression).length !== 2) return UNKNOWN;
  yield { name: "edit_file", args: { path, old: expression, new: guarded(expression) } };
  const leaf = path.split("/").at(-1)?.replace(/\.ts$/, "") ?? "error";
  yield { name: "write_file", args: { path: `test/${leaf}.test.ts`, content: testOf(path, name) } };
  const mechanism = signed(`\`${name}\` read \`${expression}\` of a value that has none.`);
  const change = `It reads \`${guarded(expression)}\` now, and a test calls it with nothing.`;
  yield { name: "finish", args: { mechanism, change, product_at_fault: true } };
  return signed("Done.");
}

/** Mends such a read through the tools. */
export function fixError(conversation: Conversation): Answer {
  const missing = missingOf(conversation);
  return missing === null ? { text: UNKNOWN } : replay(script(missing), conversation);
}
