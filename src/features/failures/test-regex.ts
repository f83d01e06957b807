/** A text as a regular expression that matches just it. */
export const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** A test's name as a pattern of itself; JavaScript runners join the levels with a space that logs show as ` > `. */
export function testRegex(name: string, framework: string): string {
  if (!/^(?:bun|jest|vitest)/.test(framework)) return literal(name);
  return name.split(" > ").map(literal).join(" (?:> )?");
}
