import { amountOf } from "./amount.ts";
import { WAITING_NAME } from "./calls.ts";
import { oneLine, squeeze } from "./fact.ts";
import { isBurning, SPAWNED, visitHidden } from "./hidden.ts";
import { textOf } from "./spec.ts";
import { strengthOfCondition } from "./strength.ts";
import { field, parts, type Syntax, within } from "./tree.ts";
import { emit, type Scope, type Walk } from "./walking.ts";

const LOAD_NAME =
  /^(?:n|num\w*|count|iterations?|rounds?|(?:max_?)?workers?|goroutines?|threads?|clients?|writers|readers|concurrency|parallelism|tasks?|loops?|repeat\w*|total|size|iter\w*|producers|consumers)$/i;
const ASSIGNS = new Set([
  "short_var_declaration",
  "assignment_statement",
  "const_spec",
  "var_spec",
  "keyed_element",
  "pair",
  "variable_declarator",
  "assignment_expression",
  "assignment",
  "keyword_argument",
  "default_parameter",
  "typed_default_parameter",
  "element_value_pair",
  "let_declaration",
  "const_item",
  "static_item",
  "field_initializer",
  "property_assignment",
  "required_parameter",
]);

/** Looks at anything that is no call and no test. */
export function visitStatement(walk: Walk, node: Syntax, scope: Scope): void {
  const { nodes } = walk.spec;
  if (nodes.functions.has(node.type)) {
    const fn = textOf(field(node, "name"), walk.source);
    walk.into(walk, node.children, { ...scope, fn, guards: [], loop: "none", callback: "none" });
  } else if (nodes.lambdas.has(node.type)) {
    const callback = scope.callback === "none" && scope.test !== "" ? "other" : scope.callback;
    walk.into(walk, node.children, { ...scope, callback });
  } else if (node.type === "go_statement") {
    if (scope.inTest && scope.loop !== "none") emit(walk, "parallel", node, scope, { text: SPAWNED });
    walk.into(walk, node.children, { ...scope, callback: "detached" });
  } else if (nodes.loops.has(node.type)) visitLoop(walk, node, scope);
  else if (isShortCircuit(walk, node)) visitShortCircuit(walk, node, scope);
  else if (nodes.branches.has(node.type)) visitBranch(walk, node, scope);
  else if (/^try(?:_with_resources)?_statement$/.test(node.type)) visitTry(walk, node, scope);
  else visitOther(walk, node, scope);
}

/** `found && expect(found)…`: what stands on the right is not always reached. */
const isShortCircuit = (walk: Walk, node: Syntax): boolean =>
  /^(?:binary_expression|boolean_operator)$/.test(node.type) &&
  /^(?:&&|\|\||\?\?|and|or)$/.test(textOf(field(node, "operator"), walk.source));

function visitShortCircuit(walk: Walk, node: Syntax, scope: Scope): void {
  const left = field(node, "left");
  const guard = textOf(left, walk.source).replace(/\s+/g, " ");
  for (const child of node.children) {
    const inner = child.field === "right" ? { ...scope, guards: [...scope.guards, guard] } : scope;
    walk.into(walk, [child], inner);
  }
}

function visitOther(walk: Walk, node: Syntax, scope: Scope): void {
  const { nodes, suppression } = walk.spec;
  const text = () => textOf(node, walk.source);
  if (nodes.returns.has(node.type) && scope.test !== "" && scope.callback === "none") {
    emit(walk, "return", node, scope, {});
  }
  if (node.type === "assert_statement") visitAssertStatement(walk, node, scope);
  if (/^(?:marker_)?annotation$/.test(node.type) && suppression.test(text()))
    emit(walk, "suppress", node, scope, {});
  if (/^(?:member_expression|attribute|subscript|subscript_expression)$/.test(node.type)) {
    visitEnvironment(walk, node, scope);
  }
  if (node.type === "assignment_expression" && /^Math\.random=/.test(squeeze(text())))
    emit(walk, "seed", node, scope, {});
  if (ASSIGNS.has(node.type)) visitAssigned(walk, node, scope);
  visitHidden(walk, node, scope);
  visitRows(walk, node, scope);
  visitDropped(walk, node, scope);
  const isSelect = node.type === "select_statement";
  const selectCases = isSelect
    ? node.children.filter((child) => /_case$/.test(child.type)).length
    : scope.selectCases;
  walk.into(walk, node.children, { ...scope, selectCases });
}

/** A loop with a condition or a way out waits or retries; one that just counts does not. */
function visitLoop(walk: Walk, node: Syntax, scope: Scope): void {
  const { source } = walk;
  const body = field(node, "body");
  const header = source.slice(node.start, body?.start ?? node.end);
  const inner = textOf(body, source);
  const counted =
    /\bin\s+range\(|^for\s*\(?\s*(?:let|var|int|long)?\s*\w+\s*:?=|^for\s+range\b|\.\.\d|^for\s+\w+\s+in\b|^for\s*\(\s*(?:const|let|var)\b.*\bof\b/.test(
      header,
    );
  const leaves = /\b(?:break|return|raise|throw|panic!?|continue)\b/.test(inner);
  const ready = /[<>=!]=?|&&|\(/.test(header) && !counted;
  const loop = leaves || ready ? "conditional" : "fixed";
  // so many looks with a pause between them are a limit of time
  const polls = /sleep|time\.After|setTimeout|delay|pause/i.test(inner) && /\b(?:break|return)\b/.test(inner);
  for (const number of header.matchAll(/\b\d[\d_]*\b/g)) {
    const value = Number(number[0].replaceAll("_", ""));
    if (value < 2) continue;
    const key = squeeze(header).replace(/\d[\d_]*/g, "N");
    emit(
      walk,
      /attempt|retr|tries/i.test(header) || polls ? "amount" : "load",
      { ...node, lastLine: node.line },
      scope,
      { key, value, text: squeeze(header), shown: oneLine(header) },
    );
  }
  const unused = /^for\s+_\w*\s+in\b|^for\s+range\b/.test(header) || isUnused(header, inner);
  const attempts = /\battempts?\b|\bretr(?:y|ies)\b|\btries\b/i.test(header);
  const tries =
    counted &&
    /\bcatch\b|\bexcept\b|\brecover\(\)|\.is_ok\(\)|\bif let Ok/.test(inner) &&
    /\b(?:break|return)\b/.test(inner);
  const looks = counted && unused && /\bif\b[^{:]*[{:]\s*(?:break|return)\b/.test(inner);
  if (attempts || tries || looks)
    emit(walk, "retry", { ...node, lastLine: node.line }, scope, {
      callee: "loop",
      text: squeeze(header),
      shown: oneLine(header),
    });
  const empty = !/[A-Za-z]\w*\s*[=(]/.test(
    inner.replace(
      /\b\w*(?:sleep|yield|Gosched|spin_loop|onSpinWait|setTimeout|Promise|resolve)\w*\s*\(/gi,
      " ",
    ),
  );
  const bounded =
    /deadline|timeout|elapsed|\bnow\b|time\.|Date|Instant|Since|Before|After|attempt|tries|monotonic/i.test(
      header + inner,
    );
  const endless = /^\s*(?:for\s*\{?\s*$|for\s*\(;;\)|while\s*\(?\s*(?:true|True|1)\s*\)?|loop)/.test(header);
  const burns = isBurning(header, inner);
  if (burns) {
    emit(walk, "sleep", { ...node, lastLine: node.line }, scope, {
      text: squeeze(header),
      shown: oneLine(header),
      key: "burn",
      value: null,
    });
  }
  if (empty && !burns && !counted && !endless && !bounded && /^(?:while|for|do|until)/.test(header.trim())) {
    emit(walk, "spin", { ...node, lastLine: node.line }, scope, {
      text: squeeze(header),
      shown: oneLine(header),
    });
  }
  walk.into(walk, node.children, { ...scope, loop });
}

/** True when a counting loop's variable is not used in its body. */
function isUnused(header: string, body: string): boolean {
  const name = /^for\s*\(?\s*(?:let|var|int|long|const)?\s*(\w+)\b/.exec(header)?.[1];
  return name !== undefined && !new RegExp(`\\b${name}\\b`).test(body);
}

/** The condition is looked at where it stands, the rest under it. */
function visitBranch(walk: Walk, node: Syntax, scope: Scope): void {
  const condition =
    field(node, "condition") ??
    field(node, "value") ??
    field(node, "pattern") ??
    field(node, "communication");
  const initializer = field(node, "initializer");
  const shown =
    node.type === "else_clause" || /default/.test(node.type)
      ? "else"
      : textOf(condition, walk.source).replace(/\s+/g, " ");
  const inner: Scope = { ...scope, guards: [...scope.guards, shown] };
  visitDropped(walk, node, scope);
  for (const child of node.children) {
    const outside = child === condition || child === initializer;
    walk.into(walk, [child], outside ? scope : inner);
  }
}

/** Where a handler lets nothing through, what stands in the `try` cannot fail the test. */
function visitTry(walk: Walk, node: Syntax, scope: Scope): void {
  const handlers = node.children.filter((child) => walk.spec.nodes.handlers.has(child.type));
  const silent = handlers.filter((handler) => isSilent(walk, handler));
  for (const handler of silent) {
    if (/^except\s+(?:queue\.)?(?:Empty|StopIteration|KeyboardInterrupt)/.test(textOf(handler, walk.source)))
      continue;
    emit(walk, "swallow", { ...handler, lastLine: handler.line }, scope, { callee: "catch" });
  }
  for (const child of node.children) {
    const tried = child.field === "body" && silent.length > 0 ? { ...scope, tried: true } : scope;
    walk.into(walk, [child], tried);
  }
}

function isSilent(walk: Walk, handler: Syntax): boolean {
  const text = textOf(handler, walk.source);
  if (/\binterrupt\(\)/.test(text)) return false;
  const { words, nodes } = walk.spec;
  for (const part of within(handler)) {
    if (/^(?:throw_statement|raise_statement|assert_statement)$/.test(part.type)) return false;
    if (!nodes.calls.has(part.type)) continue;
    const name = textOf(field(part, "function") ?? field(part, "name"), walk.source).replace(/\s+/g, "");
    if (
      words.assertion.test(name) ||
      words.fails.test(name) ||
      /^(?:reject|done|fail|next|expect|addSuppressed|completeExceptionally|set_exception)$|(?:^|\.)(?:append|push|add|set|put|addError|completeExceptionally|set_exception|assert\w*|expect)$/.test(
        name,
      )
    )
      return false;
    if (/^expect\(|^assertThat\(/.test(name)) return false;
  }
  return !/\b(?:errors?|failures?|failed|caught|thrown|exc_info|result)\b\s*(?:=(?!=)|\+=|\.(?:add|append|offer|push|put|set|store)\b)/i.test(
    text.replace(/^[^:{]*[:{]/, ""),
  );
}

function visitAssertStatement(walk: Walk, node: Syntax, scope: Scope): void {
  const [condition, message] = parts(node);
  const text = textOf(condition, walk.source);
  // A tuple is always true.
  const strength = condition?.type === "tuple" ? 0 : strengthOfCondition(text);
  emit(walk, "assert", node, scope, {
    callee: "assert",
    args: [text],
    strength,
    text: squeeze(`assert ${text}`),
    key: textOf(message, walk.source),
  });
}

/** Settings that wait, and counts of what a test does, wherever they are named. */
function visitAssigned(walk: Walk, node: Syntax, scope: Scope): void {
  const target =
    field(node, "name") ??
    field(node, "left") ??
    field(node, "key") ??
    field(node, "pattern") ??
    field(node, "field") ??
    parts(node)[0];
  const given = field(node, "value") ?? field(node, "right") ?? parts(node).at(-1);
  if (target === undefined || given === undefined || target === given) return;
  const name =
    textOf(target, walk.source)
      .replace(/^["']|["']$/g, "")
      .split(/[.:]/)
      .at(-1) ?? "";
  const value = amountOf(textOf(given, walk.source), walk.known);
  if (/\b(?:retries|retry|reruns|maxRetries|max_retries|retryCount|max_attempts|attempts)$/i.test(name)) {
    emit(walk, "retry", node, scope, { callee: "setting", key: name, value, text: squeeze(name) });
  }
  if (name === "__test__" && textOf(given, walk.source) === "False") emit(walk, "skip", node, scope, {});
  if (value === null) return;
  const kind = WAITING_NAME.test(name)
    ? "amount"
    : LOAD_NAME.test(name)
      ? "load"
      : /^(?:random_)?seed$/i.test(name)
        ? "seed"
        : null;
  if (kind !== null) emit(walk, kind, node, scope, { key: name, value });
}

/** Rows of a table of tests: a list of at least two things of several parts. */
function visitRows(walk: Walk, node: Syntax, scope: Scope): void {
  if (
    scope.test === "" ||
    !/^(?:literal_value|array|list|array_initializer|element_value_array_initializer|array_expression)$/.test(
      node.type,
    )
  )
    return;
  const rows = parts(node).map((row) => (row.type === "literal_element" ? (parts(row)[0] ?? row) : row));
  const composite = rows.filter((row) =>
    /^(?:literal_value|composite_literal|object|array|tuple|dictionary|list|call|tuple_expression|object_creation_expression|struct_expression)$/.test(
      row.type,
    ),
  );
  if (composite.length < 2 || composite.length !== rows.length) return;
  for (const row of composite) emit(walk, "case", row, scope, {});
}

/** Results that are thrown away in so many words. */
function visitDropped(walk: Walk, node: Syntax, scope: Scope): void {
  const text = textOf(node, walk.source);
  const { name } = walk.spec;
  if (
    name === "go" &&
    /^(?:assignment_statement|short_var_declaration)$/.test(node.type) &&
    /^_(?:\s*,\s*_)*\s*:?=\s*[\w.[\]]+\(/.test(text)
  )
    emit(walk, "swallow", node, scope, { callee: "_" });
  if (
    name === "go" &&
    node.type === "short_var_declaration" &&
    /^\w+(?:\s*,\s*\w+)*\s*,\s*_\s*:=\s*[\w.]+\(/.test(text)
  )
    emit(walk, "swallow", node, scope, { callee: "_", key: "result" });
  if (name !== "rust") return;
  if (
    node.type === "let_declaration" &&
    /^let\s+_\w*\s*=\s*[^;]*(?:\)|await|\?)\s*;$/.test(text) &&
    /^let\s+_\s*=/.test(text)
  )
    emit(walk, "swallow", node, scope, { callee: "_" });
  if (node.type === "expression_statement" && /\.(?:ok|unwrap_or_default|err)\(\)\s*;$/.test(text))
    emit(walk, "swallow", node, scope, { callee: "ok" });
  if (node.type === "match_arm" && /^(?:Err\(_\w*\)|_)\s*=>\s*(?:\(\)|\{\s*\}|return|continue)/.test(text))
    emit(walk, "swallow", node, scope, { callee: "Err" });
  if (node.type === "let_condition" && /^let\s+Ok\(/.test(text))
    emit(walk, "swallow", node, scope, { callee: "if let Ok", text: squeeze(text) });
}

function visitEnvironment(walk: Walk, node: Syntax, scope: Scope): void {
  const text = squeeze(textOf(node, walk.source));
  // Setting a variable is not asking for it.
  if (/^\s*=(?!=)/.test(walk.source.slice(node.end, node.end + 4))) return;
  if (/^(?:process\.env[.[]|os\.environ\[|Bun\.env\.|import\.meta\.env)/.test(text) && text.length < 80)
    emit(walk, "env", node, scope, {});
}
