import { amountOf } from "./amount.ts";
import { squeeze } from "./fact.ts";
import { textOf } from "./spec.ts";
import { field, parts, type Syntax } from "./tree.ts";
import { emit, type Scope, type Walk } from "./walking.ts";

/** What runs beside the test, so that two sides can be counted. */
export const SPAWNED = "spawned";

/** Many at once: started in a loop, or all of a list together. */
export const isSpawned = (walk: Walk, node: Syntax, callee: string, scope: Scope): boolean =>
  scope.inTest &&
  (/(?:^|[.:])(?:Promise\.(?:all|allSettled)|gather|join_all|try_join_all|invokeAll|TaskGroup)$/.test(
    callee,
  ) ||
    ((scope.loop !== "none" ||
      /\bmap\([^;]{0,40}$/.test(walk.source.slice(Math.max(0, node.start - 60), node.start))) &&
      /(?:^|::)(?:thread|tokio|task)::spawn\w*$|^(?:threading\.|multiprocessing\.)?(?:Thread|Process)$|^new Thread$|\.(?:Go|submit|execute|create_task|start_soon|spawn)$/.test(
        callee,
      )));

/** All tests run once more after they failed. */
export const isSecondRun = (walk: Walk, node: Syntax, scope: Scope, callee: string): boolean =>
  scope.fn === "TestMain" && /^\w+\.Run$/.test(callee) && funcBefore(walk, node).includes(`${callee}(`);

/** Characters: a function is seldom longer, and a crafted file must not cost its square. */
const MOST_LOOKED_BACK = 20_000;

/** The source of a Go function from its beginning to a node in it. */
function funcBefore({ source }: Walk, node: Syntax): string {
  const before = source.slice(Math.max(0, node.start - MOST_LOOKED_BACK), node.start);
  return before.slice(Math.max(0, before.lastIndexOf("\nfunc ")));
}

/** `<-x.Done()` of a context that only time ends, or `<-x.C` of a timer, alone: a sleep by another name. */
export function isTimeAlone(walk: Walk, node: Syntax, scope: Scope, name: string): boolean {
  const [, variable, part] = /^(\w+)\.(Done|C)$/.exec(name) ?? [];
  if (
    variable === undefined ||
    scope.selectCases > 1 ||
    scope.loop === "conditional" ||
    walk.spec.name !== "go"
  )
    return false;
  if (!/<-\s*$/.test(walk.source.slice(Math.max(0, node.start - 4), node.start))) return false;
  const made =
    part === "C"
      ? `\\b${variable}\\s*:?=\\s*time\\.New(?:Timer|Ticker)\\(`
      : `\\b${variable}\\s*,\\s*\\w+\\s*:?=\\s*context\\.With(?:Timeout|Deadline)\\(`;
  return new RegExp(made).test(funcBefore(walk, node));
}

/** Pauses by way of something that waits for nothing: an empty choice, a lock nobody gives back, a ticker. */
export function isPause(
  walk: Walk,
  node: Syntax,
  scope: Scope,
  callee: string,
  args: readonly string[],
): boolean {
  const { name } = walk.spec;
  if (name === "python" && callee === "select.select") return args.slice(0, 3).every((arg) => arg === "[]");
  if (name === "java" && /^(?:this|\w+)\.wait$|^wait$/.test(callee))
    return scope.loop === "none" && amountOf(args[0] ?? "", walk.known) !== null;
  const ticker = name === "rust" ? /^(\w+)\.tick$/.exec(callee)?.[1] : undefined;
  if (ticker === undefined || scope.loop !== "none") return false;
  return new RegExp(`\\b${ticker}\\s*=\\s*(?:[\\w:]*::)?interval\\(`).test(
    walk.source.slice(Math.max(0, node.start - MOST_LOOKED_BACK), node.start),
  );
}

/** Names that a file gives to sleeping: `sleep as rest`, `nap = time.sleep`. */
export function aliasesOf(source: string): Set<string> {
  const named = [
    ...source.matchAll(/\b(?:[sS]leep|setTimeout)\s+as\s+(\w+)/g),
    ...source.matchAll(/\b(\w+)\s*:?=\s*(?:(?:time|asyncio|thread|timers)(?:\.|::))?[sS]leep\s*(?:;|\n|$)/g),
    ...source.matchAll(/\b(\w+)\s*=\s*(?:util\.)?promisify\(\s*setTimeout\s*\)/g),
  ];
  return new Set(named.map((found) => found[1] ?? "").filter((name) => name !== ""));
}

/** Looks for what masks by another name: assertions that are no calls, sleeps without a word, settings of generated tests. */
export function visitHidden(walk: Walk, node: Syntax, scope: Scope): void {
  const { name, nodes } = walk.spec;
  if (name === "go" && node.type === "unary_expression") visitTimer(walk, node, scope);
  if (name === "javascript" && node.type === "expression_statement") visitProperty(walk, node, scope);
  if (name === "python" && node.type === "assignment" && /^sys\.modules\[/.test(textOf(node, walk.source)))
    emit(walk, "mock", node, scope, {});
  if (/^continue_(?:statement|expression)$/.test(node.type) && scope.inTest && scope.guards.length > 0)
    emit(walk, "return", node, scope, { key: "continue" });
  if (/^(?:raise|throw)_statement$/.test(node.type)) visitRaised(walk, node, scope);
  if (/^(?:keyword_argument|pair)$/.test(node.type)) visitSetting(walk, node, scope);
  if (node.type === "mod_item" && walk.source.startsWith("proptest!", node.start))
    visitDraws(walk, node, scope);
  if (nodes.types.has(node.type)) visitStandIn(walk, node, scope);
}

/** `<-timer.C` outside of a choice. */
function visitTimer(walk: Walk, node: Syntax, scope: Scope): void {
  const inner = field(node, "operand");
  if (inner === undefined || inner.type !== "selector_expression") return;
  const name = squeeze(textOf(inner, walk.source));
  if (isTimeAlone(walk, inner, scope, name))
    emit(walk, "sleep", node, scope, { key: "timer", callee: "timer" });
}

/** chai's `expect(x).to.be.empty;`: an assertion that is no call. */
function visitProperty(walk: Walk, node: Syntax, scope: Scope): void {
  const [only] = parts(node);
  const at = only?.type === "await_expression" ? parts(only)[0] : only;
  if (at?.type !== "member_expression") return;
  const text = textOf(at, walk.source);
  const [, looked, said] =
    /^expect\(([\s\S]*)\)((?:\.\w+)+)$|^$/.exec(text) ?? /^([\s\S]+?)(\.should(?:\.\w+)+)$/.exec(text) ?? [];
  if (looked === undefined || said === undefined) return;
  const strength = /\.(?:exist|ok)$/.test(said) ? (/\.not\./.test(said) ? 2 : 1) : 3;
  emit(walk, "assert", node, scope, { callee: `expect()${said}`, args: [looked], strength });
}

/** A helper that fails the test by raising: what is gone of it is an assertion less. */
function visitRaised(walk: Walk, node: Syntax, scope: Scope): void {
  if (!scope.inTest || scope.test !== "" || walk.spec.name === "java") return;
  const text = squeeze(textOf(node, walk.source));
  if (!/^(?:raise|thrownew)(?:\w+\.)*(?:AssertionError|Timeout\w*|Error)\(/.test(text)) return;
  emit(walk, "assert", node, scope, { callee: "raise", args: [text], strength: 3 });
}

/** How many inputs a generated test draws, and what it minds. */
function visitSetting(walk: Walk, node: Syntax, scope: Scope): void {
  const name = textOf(field(node, "name") ?? field(node, "key"), walk.source).replace(/["']/g, "");
  const given = squeeze(textOf(field(node, "value"), walk.source));
  if (/^(?:max_examples|numRuns|stateful_step_count)$/.test(name))
    emit(walk, "load", node, scope, { key: DRAWS, value: amountOf(given, walk.known), inTest: true });
  if (name === "derandomize" && given === "True") emit(walk, "seed", node, scope, { inTest: true });
  if (name === "suppress_health_check" || (name === "deadline" && given === "None"))
    emit(walk, "suppress", node, scope, {});
}

/** Key of how many inputs a generated test draws. */
export const DRAWS = "draws";

/** `with_cases(1)` and `cases: 1` of a macro's settings. */
function visitDraws(walk: Walk, node: Syntax, scope: Scope): void {
  const found = /\bwith_cases\(\s*(\d+)|\bcases:\s*(\d+)/.exec(textOf(node, walk.source));
  if (found === null) return;
  emit(walk, "load", { ...node, lastLine: node.line }, scope, {
    key: DRAWS,
    value: Number(found[1] ?? found[2]),
    inTest: true,
    shown: found[0],
    text: found[0],
  });
}

const OUTER = /^(?:class|struct|type|impl)\b/;

/** A type of the tests that takes the place of one of the product's. */
function visitStandIn(walk: Walk, node: Syntax, scope: Scope): void {
  if (!scope.inTest || scope.test !== "") return;
  const head = textOf(node, walk.source).split(/[{:]\s*(?:\n|$)/)[0] ?? "";
  const name = textOf(
    field(node, "name") ?? field(parts(node)[0] ?? node, "name") ?? field(node, "type"),
    walk.source,
  );
  if (/^Test|Tests?$|Suite$|TestCase|Spec$|IT$/.test(name)) return;
  const acts =
    walk.spec.name === "go"
      ? new RegExp(`\\nfunc \\((?:\\w+ )?\\*?${name}\\b`).test(walk.source)
      : /\bimplements\b|\bextends\b|\bimpl\b[^{]*\bfor\b|^class \w+\((?!.*(?:TestCase|Exception|Error)\b)/.test(
          head,
        );
  if (!acts || !/^\w+$/.test(name) || OUTER.test(name)) return;
  emit(walk, "mock", { ...node, lastLine: node.line }, scope, {
    callee: "type",
    text: name,
    shown: `type ${name}`,
  });
}

/** A loop that does nothing but look at the clock. */
export function isBurning(header: string, body: string): boolean {
  const calls = [...header.matchAll(/([\w.:]+)\s*\(/g)]
    .map((found) => found[1] ?? "")
    .filter((name) => !/^(?:for|while|if|until)$/.test(name));
  const clock =
    /(?:^|[.:])(?:Now|Since|Until|Before|After|Sub|time|monotonic|perf_counter|now|nanoTime|currentTimeMillis|elapsed|getTime|from_(?:secs|millis)|of(?:Millis|Seconds)|isBefore|isAfter|plus\w*)$/;
  return calls.length > 0 && calls.every((name) => clock.test(name)) && !/[A-Za-z]\w*\s*[=(]/.test(body);
}
