/**
 * Whether a pattern of CODEOWNERS, as gitignore has them, is for a path. Runs in their lengths' product, whatever
 * somebody writes into the file: no regular expression is made of it.
 */
export function isFor(pattern: string, path: string): boolean {
  if (pattern === "*") return true;
  const rooted = pattern.replace(/\/$/, "").includes("/");
  const own = pattern.replace(/^\/|\/$/g, "").match(/\*\*\/|\*\*|[\s\S]/g) ?? [];
  const tokens: string[] = rooted ? own : ["**/", ...own];
  let at = new Array<boolean>(path.length + 1).fill(false);
  at[0] = true;
  for (const token of tokens) at = step(at, token, path);
  // `docs/*` is the files in it, `docs/` all below it, `docs` both
  const whole = at[path.length] === true && !pattern.endsWith("/");
  const below =
    !pattern.endsWith("/*") && at.some((on, end) => on && path[end] === "/" && end < path.length - 1);
  return whole || below;
}

/** Where in the path one may stand after a token, by where one may stand before it. */
function step(at: readonly boolean[], token: string, path: string): boolean[] {
  const next = new Array<boolean>(at.length).fill(false);
  let open = false;
  for (let end = 0; end < at.length; end += 1) {
    const last = end === 0 ? "" : (path[end - 1] ?? "");
    if (token === "*") {
      open = at[end] === true || (open && last !== "/");
      next[end] = open;
    } else if (token === "**" || token === "**/") {
      next[end] = at[end] === true || (open && (token === "**" || last === "/"));
      open ||= at[end] === true;
    } else {
      const fits = token === "?" ? last !== "/" : last === token;
      next[end] = end > 0 && at[end - 1] === true && fits;
    }
  }
  return next;
}
