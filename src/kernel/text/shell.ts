/** Characters that a POSIX shell takes as they are, anywhere in a word. */
const PLAIN = /^[\w./:@%+,-]+$/;
/** What a reader cannot see, or what turns the order of a line around: never pasted as it is. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const UNSEEN_ALL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One word of a shell line, quoted so that nothing in it has force and it stays on one line. */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  return UNSEEN.test(text) ? ansiWord(text) : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A word in the form `$'…'` of bash and zsh, which spells out what cannot be seen. */
function ansiWord(text: string): string {
  const spelled = text
    .replace(/[\\']/g, "\\$&")
    .replace(UNSEEN_ALL, (char) => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`);
  return `$'${spelled}'`;
}

/**
 * Fills the `{name}` places of a shell line for people to read and paste. Each value is quoted to suit the quotes that
 * stand around its place; places that `values` does not have stay as they are.
 */
export function fillShell(line: string, values: Readonly<Record<string, string>>): string {
  let out = "";
  let quote: "" | "'" | '"' = "";
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    const name = char === "{" ? /^\{([a-z_]+)\}/.exec(line.slice(at))?.[1] : undefined;
    if (name !== undefined && Object.hasOwn(values, name)) {
      out += within(quote, values[name] ?? "");
      at += name.length + 1;
      continue;
    }
    out += char;
    if (char === "\\" && quote !== "'") {
      at += 1;
      out += line.charAt(at);
    } else if (char === "'" || char === '"') {
      if (quote === "") quote = char;
      else if (quote === char) quote = "";
    }
  }
  return out;
}

/** A value where the line is inside quotes: what these do not hold makes them end, and be taken up again after it. */
function within(quote: "" | "'" | '"', value: string): string {
  if (quote === "") return value === "" ? "''" : shellWord(value);
  const holds = quote === "'" ? !/'/.test(value) : !/["\\$`!]/.test(value);
  return holds && !UNSEEN.test(value) ? value : `${quote}${shellWord(value)}${quote}`;
}
