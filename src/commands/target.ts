import type { Context } from "../features/context.ts";
import type { Finding } from "../features/findings/model.ts";
import { parseFindingRef, resolveFinding } from "../features/findings/resolve.ts";
import { listFindings } from "../features/findings/store.ts";
import { NotFoundError } from "../kernel/errors.ts";
import type { Call } from "./model.ts";
import { meansHere } from "./parse.ts";

/**
 * The finding a command is about, and the words behind its number: named first, else that of the thread.
 * @throws NotFoundError that says which ones there are.
 */
export async function targetOf(
  deps: Pick<Context, "db">,
  call: Call,
): Promise<{ finding: Finding; rest: string }> {
  const [first] = call.args;
  const ref = first === undefined ? null : parseFindingRef(first);
  if (ref === null || first === undefined) {
    if (call.here === null)
      throw new NotFoundError("Which one? Name an issue's number, a pull request's, or F12.");
    return { finding: call.here, rest: meansHere(call.args) ? "" : withoutFlags(call.text) };
  }
  const finding = await resolveFinding(deps.db, ref, call.repos);
  if (finding === null) throw new NotFoundError(await notThere(deps, first));
  return { finding, rest: withoutFlags(call.text.slice(call.text.indexOf(first) + first.length)) };
}

const withoutFlags = (text: string): string =>
  text
    .replace(/(^|\s)(--|—)\S+/g, " ")
    .replace(/\s+/g, " ")
    .trim();

/** What to say where there is no such finding: which ones there are. */
export async function notThere(deps: Pick<Context, "db">, word: string): Promise<string> {
  const some = await listFindings(deps.db, { limit: 5 });
  if (some.length === 0) return `There is no finding ${word}; there are none at all yet.`;
  const names = some.map((one) => (one.issueNumber === null ? `F${one.id}` : `#${one.issueNumber}`));
  return `There is no finding ${word}. The latest are ${names.join(", ")}; \`list\` shows all.`;
}
