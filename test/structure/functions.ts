import { codeOnly } from "./code-only.ts";

export interface FunctionSize {
  /** Line where it begins, from 1. */
  line: number;
  /** Lines from its first to its closing brace, both counted. */
  lines: number;
}

/** Words before a parenthesis and a block that make no function. */
const NO_FUNCTION =
  /^\s*(?:\} )?(?:else )?(?:if|for|while|switch|catch|with|else|do|try|finally|class|return|await)\b/;
const ARROW = /=> \{$/;
const NAMED = /^\s*(?:export )?(?:default )?(?:async )?function\b/;
const METHOD =
  /^\s*(?:(?:public|private|protected|static|override|async|get|set|readonly) )*[\w$#]+(?:<.*>)?\(.*\)(?:: .+)? \{$/;

/**
 * The functions of a file that have a block as their body, by the layout that the formatter gives them: a block ends
 * at the first line that closes on the indentation of the line where its statement began.
 */
export function functionsOf(text: string): FunctionSize[] {
  const lines = codeOnly(text)
    .split("\n")
    .map((line) => line.trimEnd());
  const found: FunctionSize[] = [];
  lines.forEach((line, at) => {
    if (!line.endsWith("{")) return;
    const first = beginOf(lines, at);
    if (!isFunction(lines.slice(first, at + 1).join(" "), line)) return;
    const end = lines.findIndex(
      (later, index) => index > at && indentOf(later) === indentOf(line) && /^\s*\}/.test(later),
    );
    if (end > 0) found.push({ line: first + 1, lines: end - first + 1 });
  });
  return found;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** A signature over several lines ends with `) {` or `): T {` on the indentation where it began. */
function beginOf(lines: readonly string[], at: number): number {
  const line = lines[at] ?? "";
  if (!/^\s*(\)|\}\))/.test(line)) return at;
  for (let i = at - 1; i >= 0; i -= 1) {
    const before = lines[i] ?? "";
    if (before !== "" && indentOf(before) === indentOf(line)) return i;
  }
  return at;
}

function isFunction(statement: string, last: string): boolean {
  if (ARROW.test(last) || NAMED.test(statement)) return true;
  return !NO_FUNCTION.test(statement) && METHOD.test(statement);
}
