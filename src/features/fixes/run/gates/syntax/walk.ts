import { amountOf, unitOf } from "./amount.ts";
import { calleeOf, isCall } from "./callee.ts";
import { visitCall, visitLimits } from "./calls.ts";
import { type Fact, oneLine, squeeze } from "./fact.ts";
import { visitStatement } from "./statements.ts";
import { strengthOf } from "./strength.ts";
import { field, type Syntax, within } from "./tree.ts";
import { emit, type Scope, type Walk } from "./walking.ts";

const OUTSIDE: Scope = {
  loop: "none",
  guards: [],
  callback: "none",
  tried: false,
  test: "",
  fn: "",
  inTest: false,
  selectCases: 0,
};

/** Collects what the code of these nodes does; each list of nodes belongs together, such as a function and its attributes. */
export function factsOf(
  start: Omit<Walk, "into" | "facts">,
  units: readonly (readonly Syntax[])[],
  inTest: boolean,
): Fact[] {
  const walk: Walk = { ...start, facts: [], into: visitSiblings };
  for (const unit of units) visitSiblings(walk, unit, { ...OUTSIDE, inTest });
  return walk.facts;
}

/** Names that stand for numbers, from the whole file. */
export function knownAmounts(root: Syntax, source: string): Map<string, number> {
  const known = new Map<string, number>();
  for (const node of within(root)) {
    if (!/^(?:const_spec|var_spec|variable_declarator|const_item|static_item|assignment)$/.test(node.type))
      continue;
    const name = field(node, "name") ?? field(node, "left");
    const value = field(node, "value") ?? field(node, "right");
    if (name === undefined || value === undefined) continue;
    const amount = amountOf(source.slice(value.start, value.end), known);
    const text = source.slice(name.start, name.end).replace(/^(?:self|this)\./, "");
    if (amount !== null && /^\w{2,}$/.test(text)) known.set(text, amount);
  }
  return known;
}

function visitSiblings(walk: Walk, nodes: readonly Syntax[], scope: Scope): void {
  let attributes: Syntax[] = [];
  for (const node of nodes) {
    if (node.type === "attribute_item") attributes.push(node);
    else if (walk.spec.nodes.comments.has(node.type)) visitComment(walk, node, scope);
    else {
      visit(walk, node, scope, attributes);
      if (node.named) attributes = [];
    }
  }
}

/** Looks at one node and all below it. */
function visit(walk: Walk, node: Syntax, scope: Scope, before: readonly Syntax[] = []): void {
  const { spec, source } = walk;
  for (const attribute of before) visitComment(walk, attribute, scope);
  const declared = spec.test(node, source, before);
  if (declared !== null) {
    const test = scope.test === "" ? declared.name : `${scope.test} > ${declared.name}`;
    const inner: Scope = { ...scope, test, inTest: true, fn: declared.name };
    const tests = walk.runs || spec.name === "rust";
    if (tests) {
      const args = [source.slice(node.start, Math.min(node.end, node.start + 6000))];
      const empty = !declared.group && saysNothing(declared.body);
      emit(walk, "test", node, inner, { group: declared.group, empty, key: declared.name, args });
    }
    for (const mark of declared.marks) {
      const at = { ...node, line: mark.line, lastLine: mark.line };
      const said = { text: squeeze(mark.text), shown: oneLine(mark.text) };
      emit(walk, "mark", at, inner, said);
      for (const row of rowsOfMark(mark.text)) emit(walk, "case", at, inner, { text: row, shown: row });
      if (/should_panic/.test(mark.text)) {
        const panic = /expected\s*=\s*(".*")/.exec(mark.text)?.[1];
        const strength = panic === undefined ? 2 : 3;
        emit(walk, "assert", at, inner, { ...said, callee: "should_panic", args: [panic ?? ""], strength });
      }
      const thrown = /\bexpected(?:Exceptions)?\s*=\s*([\w.]+\.class)/.exec(mark.text)?.[1];
      if (thrown !== undefined) {
        const strength = strengthOf("assertThrows", [thrown]);
        emit(walk, "assert", at, inner, { ...said, callee: "assertThrows", args: [thrown], strength });
      }
      const kind = /time_?out/i.test(mark.text)
        ? "amount"
        : /RepeatedTest|repeat/i.test(mark.text)
          ? "load"
          : null;
      const number = /\d[\d_]*/.exec(mark.text)?.[0];
      if (kind === null || number === undefined || spec.name === "javascript") continue;
      const value = (amountOf(number, walk.known) ?? 0) * unitOf(mark.text.split(/[\s,()]+/));
      emit(walk, kind, at, inner, { ...said, key: "@", value });
    }
    if (isCall(node)) visitLimits(walk, node, inner);
    visitInner(walk, node, inner, declared.body);
    return;
  }
  if (isCall(node)) visitCall(walk, node, scope, calleeOf(node, source));
  else visitStatement(walk, node, scope);
}

/** What a mark lists: each is a test, or a class of them, of its own. */
function rowsOfMark(text: string): string[] {
  if (
    !/^@(?:[\w.]*\.)?(?:SuiteClasses|SelectClasses|SelectPackages|CsvSource|ValueSource|EnumSource)\b/.test(
      text,
    )
  )
    return [];
  const list = /\{([\s\S]*)\}/.exec(text)?.[1] ?? "";
  return list.match(/"(?:[^"\\]|\\.)*"|[^,"\s][^,"]*/g)?.map((row) => row.trim()) ?? [];
}

/** A body without a statement, or with none that does anything. */
function saysNothing(body: Syntax | null): boolean {
  if (body === null) return true;
  const block = field(body, "body") ?? body;
  if (block.type === "identifier") return false;
  return block.children
    .filter((child) => child.named && !/comment/.test(child.type))
    .every(
      (child) =>
        /^(?:pass_statement|return_statement|empty_statement)$/.test(child.type) ||
        /^(?:string|ellipsis)$/.test(child.children[0]?.type ?? ""),
    );
}

/** The children of a test's node: its body as a body, not as a function handed to somebody. */
function visitInner(walk: Walk, node: Syntax, scope: Scope, body: Syntax | null): void {
  for (const child of node.children) {
    if (body !== null && child.start <= body.start && child.end >= body.end && child.start !== child.end) {
      if (child.start === body.start && child.end === body.end && child.type === body.type)
        visitSiblings(walk, child.children, scope);
      else visitInner(walk, child, scope, body);
    } else if (walk.spec.nodes.comments.has(child.type)) visitComment(walk, child, scope);
    else visit(walk, child, scope);
  }
}

/** Comments and attributes matter where they silence a checker or switch a file off. */
function visitComment(walk: Walk, node: Syntax, scope: Scope): void {
  const text = walk.source.slice(node.start, node.end);
  if (walk.spec.suppression.test(text)) emit(walk, "suppress", node, scope, {});
  if (walk.spec.name === "go" && walk.spec.skipMark.test(text)) emit(walk, "mark", node, scope, {});
  if (node.type === "inner_attribute_item" && walk.spec.skipMark.test(text))
    emit(walk, "mark", node, scope, {});
  if (node.type === "attribute_item" && /^#\[(?:case|test_case)\(/.test(text))
    emit(walk, "case", node, scope, {});
}
