import type { Syntax } from "./tree.ts";
import { field, parts } from "./tree.ts";

const CALLS = new Set([
  "call_expression",
  "call",
  "method_invocation",
  "object_creation_expression",
  "new_expression",
  "macro_invocation",
]);
const MEMBERS: Record<string, readonly [string, string]> = {
  selector_expression: ["operand", "field"],
  member_expression: ["object", "property"],
  attribute: ["object", "attribute"],
  field_access: ["object", "field"],
  field_expression: ["value", "field"],
};
const THROUGH = new Set([
  "await_expression",
  "await",
  "parenthesized_expression",
  "try_expression",
  "non_null_expression",
]);

export const isCall = (node: Syntax): boolean => CALLS.has(node.type);

/** What a call names, without its arguments: `expect().not.toBe`, `Thread.sleep`, `assert_eq!`. */
export function calleeOf(node: Syntax, source: string): string {
  const text = (child: Syntax | undefined) =>
    child === undefined ? "" : source.slice(child.start, child.end).replace(/\s+/g, "");
  if (node.type === "macro_invocation") return `${text(field(node, "macro"))}!`;
  if (node.type === "object_creation_expression") return `new ${text(field(node, "type"))}`;
  if (node.type === "new_expression") return `new ${text(field(node, "constructor"))}`;
  if (node.type === "method_invocation") {
    const object = field(node, "object");
    const name = text(field(node, "name"));
    return object === undefined ? name : `${chain(object, source)}.${name}`;
  }
  return chain(field(node, "function") ?? node.children[0], source);
}

function chain(node: Syntax | undefined, source: string): string {
  if (node === undefined) return "";
  if (isCall(node)) return `${calleeOf(node, source)}()`;
  const member = MEMBERS[node.type];
  if (member !== undefined) {
    const [object, name] = [field(node, member[0]), field(node, member[1])];
    return `${chain(object, source)}.${chain(name, source)}`;
  }
  if (node.type === "generic_function") return chain(field(node, "function"), source);
  const inner = THROUGH.has(node.type) ? parts(node)[0] : undefined;
  if (inner !== undefined) return chain(inner, source);
  const own = source.slice(node.start, node.end).replace(/\s+/g, "");
  return own.length > 80 ? "?" : own;
}

/** The arguments of a call, as nodes; a macro's are tokens and have none. */
export const argsOf = (node: Syntax): Syntax[] => parts(field(node, "arguments"));
