/**
 * A TypeScript text with the content of comments, strings and template texts blanked out; lines and columns stay
 * where they were. What stands in a template's `${…}` is blanked as well.
 */
export function codeOnly(text: string): string {
  const out = [...text];
  let at = 0;
  while (at < text.length) {
    const end = endOfText(text, at);
    if (end === null) {
      at += 1;
      continue;
    }
    for (let i = at; i < end; i += 1) if (out[i] !== "\n") out[i] = " ";
    at = end;
  }
  return out.join("");
}

/** Where a comment, string or regular expression that begins at `at` ends; null when none begins there. */
function endOfText(text: string, at: number): number | null {
  const two = text.slice(at, at + 2);
  if (two === "//") return orEnd(text, text.indexOf("\n", at), 0);
  if (two === "/*") return orEnd(text, text.indexOf("*/", at + 2), 2);
  const char = text[at];
  if (char === '"' || char === "'") return quoted(text, at, char);
  if (char === "`") return template(text, at);
  if (char === "/" && regexMayBegin(text, at)) return regex(text, at);
  return null;
}

const orEnd = (text: string, found: number, plus: number) => (found < 0 ? text.length : found + plus);

function quoted(text: string, at: number, quote: string): number {
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === quote) return i + 1;
    // a quote in JSX's text is not closed
    else if (text[i] === "\n") return at + 1;
  }
  return text.length;
}

function template(text: string, at: number): number {
  let depth = 0;
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (depth === 0 && text[i] === "`") return i + 1;
    else if (text.startsWith("${", i)) depth += 1;
    else if (depth > 0 && text[i] === "`") i = template(text, i) - 1;
    else if (depth > 0 && text[i] === "{" && text[i - 1] !== "$") depth += 1;
    else if (depth > 0 && text[i] === "}") depth -= 1;
  }
  return text.length;
}

function regexMayBegin(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 30), at).trimEnd();
  return before === "" || /[([{,;:=!&|?+>]$|\b(return|case|typeof|of|in)$/.test(before);
}

function regex(text: string, at: number): number {
  let inClass = false;
  for (let i = at + 1; i < text.length && text[i] !== "\n"; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === "[") inClass = true;
    else if (text[i] === "]") inClass = false;
    else if (text[i] === "/" && !inClass) return i + 1;
  }
  return at + 1;
}
