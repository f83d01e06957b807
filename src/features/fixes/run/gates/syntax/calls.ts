import { amountOf, unitOf } from "./amount.ts";
import { argsOf } from "./callee.ts";
import { squeeze } from "./fact.ts";
import { isPause, isSecondRun, isSpawned, isTimeAlone, SPAWNED } from "./hidden.ts";
import { textOf } from "./spec.ts";
import { strengthOf, strengthOfFault } from "./strength.ts";
import { field, type Syntax } from "./tree.ts";
import { emit, type Scope, type Walk } from "./walking.ts";

const HOOKS =
  /(?:^|\.)(?:before|after|beforeEach|afterEach|beforeAll|afterAll|setup|teardown|Cleanup|act|act\(\)|step|promisify|all|allSettled|forEach|map|each|Each|run|Run|WithContext|use|with\w*)$|^new Promise$|^Promise\.\w+$/;
const DETACHED =
  /^(?:setTimeout|setInterval|setImmediate|process\.on(?:ce)?|threading\.Thread|new Thread|Thread\.new|thread::spawn|std::thread::spawn|tokio::spawn|CompletableFuture\.runAsync)$|\.(?:then|finally|on|once|submit|execute|addEventListener|subscribe|spawn|runAsync|start_soon|create_task)$/;
export const WAITING_NAME =
  /time_?out|sleep|deadline|lease|retr(?:y|ies)|attempts?|interval|(?:^|_)ticks?(?:$|_)|delay|wait|eventually|poll|duration|within|ttl|backoff|pause|grace|settle|patience|atMost|^(?:ms|millis\w*|secs?|seconds|msecs?)$|_(?:ms|secs?|seconds|millis)$|(?:Ms|Secs|Seconds|Millis)$/i;
/** Actions, as opposed to reads, by the verb a call's last name begins with. */
const ACTION =
  /(?:^|[._])(?:create|put|post|send|delete|update|transfer|campaign|resign|write|publish|submit|insert|push|trigger|Create|Put|Post|Send|Delete|Update|Transfer|Campaign|Resign|Write|Publish|Submit|Insert|Push|Trigger)(?:[A-Z_]\w*)?$/;

/** What runs so many at once as its first argument says. */
const POOL =
  /(?:newFixedThreadPool|newScheduledThreadPool|ForkJoinPool|ThreadPool(?:Executor)?|^(?:multiprocessing\.)?Pool|SetLimit|num_threads|buffer_unordered|^pLimit)$/;

/** Looks at a call: what it is by its name, then its arguments. */
export function visitCall(walk: Walk, node: Syntax, scope: Scope, callee: string): void {
  const { spec, source } = walk;
  const { words } = spec;
  const args =
    node.type === "macro_invocation" ? macroArgs(walk, node) : argsOf(node).map((arg) => textOf(arg, source));
  const add = (kind: Parameters<typeof emit>[1], more: Parameters<typeof emit>[4] = {}) =>
    emit(walk, kind, node, scope, { callee, args, ...more });

  if (words.skip.test(callee)) add("skip");
  if (words.exit.test(callee) && /^(?:0|)$/.test((args[0] ?? "").trim())) add("exit");
  if (words.parallel.test(callee)) add("parallel");
  if (isSpawned(walk, node, callee, scope)) add("parallel", { text: SPAWNED });
  if (
    spec.name === "javascript" &&
    callee === "done" &&
    args.length === 0 &&
    scope.callback === "none" &&
    scope.inTest
  )
    add("return", { key: "done" });
  if (words.narrows.test(callee)) add("narrow");
  if (spec.name === "go" && isSecondRun(walk, node, scope, callee)) add("retry", { callee: "rerun" });
  if (words.serial.test(callee)) add("serial");
  if (words.retry.test(callee)) add("retry");
  if (words.env.test(callee)) add("env");
  if (words.watch.test(callee)) add("watch");
  if (words.yields.test(callee)) add("yield");
  if (words.mock.test(callee)) add("mock");
  if (words.seed.test(callee) && isFixed(args)) add("seed");
  if (/(?:^|\.)(?:suppress|recover|catch_unwind)$|^recover$/.test(callee)) add("swallow");
  if (/\.catch$/.test(callee) && isEmptyHandler(args[0] ?? "")) add("swallow");
  if (/^process\.on(?:ce)?$/.test(callee) && /unhandled|uncaught/.test(args[0] ?? "")) add("swallow");
  if (
    /\.(?:unwrap_or\w*|orElse\w*|getOrDefault)$/.test(callee) &&
    !/orElseThrow/.test(callee) &&
    scope.inTest
  )
    add("swallow", { callee: "default" });
  const alone = isTimeAlone(walk, node, scope, callee);
  if (alone) add("sleep", { value: null, key: callee });
  const sleeps = alone || visitSleep(walk, node, scope, callee, args);
  if (!sleeps && words.wait.test(callee)) add("wait", { value: null });
  if (/(?:\.|^|::)Promise\.allSettled$/.test(callee) && scope.inTest) add("swallow", { callee: "settled" });
  if (POOL.test(callee)) {
    const value = amountOf(args[0] ?? "", walk.known);
    if (value !== null) add("load", { key: callee, value });
  }
  visitAmounts(walk, node, scope, callee, args);
  visitAssertion(walk, node, scope, callee, args);
  if (scope.callback === "wait" && ACTION.test(callee)) add("action");
  if (/\.each$/.test(callee) || /parametrize$/.test(callee)) visitCases(walk, node, scope);
  visitParts(walk, node, scope, callee);
}

/** Goes on below a call; a function among the arguments is run by whom it is given to. */
function visitParts(walk: Walk, node: Syntax, scope: Scope, callee: string): void {
  const { spec } = walk;
  // A chain that is waited for runs as part of the test.
  const chained =
    /\.(?:then|finally)$/.test(callee) &&
    /(?:await|return|=>)\s*$/.test(walk.source.slice(Math.max(0, node.start - 10), node.start));
  const role = chained
    ? null
    : spec.words.wait.test(callee) || /^(?:async)?retry/i.test(callee)
      ? "wait"
      : DETACHED.test(callee)
        ? "detached"
        : HOOKS.test(callee)
          ? null
          : "other";
  for (const child of node.children) {
    if (child.field !== "arguments") {
      walk.into(walk, [child], scope);
      continue;
    }
    for (const arg of child.children) {
      const inner: Scope =
        spec.nodes.lambdas.has(arg.type) && role !== null ? { ...scope, callback: role } : scope;
      if (spec.nodes.lambdas.has(arg.type)) walk.into(walk, arg.children, inner);
      else walk.into(walk, [arg], scope);
    }
  }
}

/** A sleep, however it is spelt; true when it is one. */
function visitSleep(
  walk: Walk,
  node: Syntax,
  scope: Scope,
  callee: string,
  args: readonly string[],
): boolean {
  const { words, name } = walk.spec;
  const known = walk.known;
  const disguised =
    /^(?:threading\.Event|asyncio\.Event|new (?:CountDownLatch|Semaphore|Object|CompletableFuture)(?:<\w*>)?)\(\)\.(?:wait|await|get|tryAcquire)$/.test(
      callee,
    );
  const program =
    /(?:^|\.)(?:run|call|exec|execSync|system|Command|check_call|spawnSync|execFileSync)$/.test(callee) &&
    /["'[]\s*sleep\b/.test(args.join(","));
  // A fake clock's sleep takes no time, and an alias is something to wait for.
  if (
    /clock|clk|fake|mock|freez|virtual/i.test(callee) ||
    (callee === "cy.wait" && /^["'`[]/.test(args[0] ?? ""))
  )
    return false;
  const alias = walk.aliases.has(callee) || isPause(walk, node, scope, callee, args);
  if (!words.sleep.test(callee) && !disguised && !program && !alias) return false;
  const amounts = args.map((arg) => amountOf(arg, known)).filter((value) => value !== null);
  if (name === "javascript" && /setTimeout$/.test(callee) && args.length > 1 && !isWakeUp(args[0] ?? "")) {
    return false;
  }
  if (name === "go" && /^time\.(?:After|Tick)$/.test(callee)) {
    if (callee === "time.Tick" || scope.selectCases > 1) return false;
  }
  if (
    callee === "time.NewTimer" &&
    (scope.selectCases > 1 || walk.source.slice(node.end, node.end + 2) !== ".C")
  )
    return false;
  if (
    name !== "go" &&
    /(?:^|\.)(?:wait|delay|pause)$/.test(callee) &&
    amounts.length === 0 &&
    args.length !== 1
  )
    return false;
  if (/^wait$/.test(callee) && !/^[\d_*\s]+$/.test(args[0] ?? "")) return false;
  const scale = name === "python" ? 1000 : unitOf(args);
  const value = amounts.length === 0 ? null : (amounts.at(-1) ?? 0) * scale;
  // Giving way without a delay is a guess at an order, which is told as that.
  emit(walk, value === 0 ? "yield" : "sleep", node, scope, { callee, args, value, key: callee });
  return true;
}

/** `resolve` or `() => resolve()`: a timer that only ends a wait. One that rejects is a limit, any other does something. */
const isWakeUp = (text: string): boolean =>
  /^(?:r|rs|res|resolve\w*|done|ok|fulfil\w*|wake\w*|_|cb|f)$|^\(\s*\)\s*=>\s*(?!reject|fail)\w+\(\s*\w*\s*\)$|^[\d_*\s]+$/.test(
    text.trim(),
  );

/** Where a runner's limit of nothing means that there is none. */
const NO_LIMIT = /^(?:this|jest|vi|test|it)\.(?:timeout|setTimeout)$/;
const ENDLESS = 1e12;

/** Numbers and durations that a wait is given. */
function visitAmounts(walk: Walk, node: Syntax, scope: Scope, callee: string, args: readonly string[]): void {
  const { words } = walk.spec;
  const last = callee.split(/[.:]+/).at(-1) ?? callee;
  if (words.sleep.test(callee) && !/^time\.(?:After|Tick|NewTimer)$|setTimeout$/.test(callee)) return;
  if (
    !words.wait.test(callee) &&
    !WAITING_NAME.test(last) &&
    !/Timer$|After$|Deadline$|Timeout$|setDefault|^it$|^test$/.test(last)
  )
    return;
  const unit = unitOf(args);
  argsOf(node).forEach((arg, index) => {
    const value = amountOf(textOf(arg, walk.source), walk.known);
    const none = value === 0 && NO_LIMIT.test(callee);
    if (value !== null)
      emit(walk, "amount", arg, scope, {
        callee,
        key: `${last}#${index}`,
        value: none ? ENDLESS : value * unit,
      });
  });
}

/** The limit that a test is declared with: `test("…", body, 30_000)`. */
export function visitLimits(walk: Walk, node: Syntax, scope: Scope): void {
  argsOf(node).forEach((arg, index) => {
    const value = amountOf(textOf(arg, walk.source), walk.known);
    if (value !== null) emit(walk, "amount", arg, scope, { callee: "test", key: `test#${index}`, value });
  });
}

function visitAssertion(
  walk: Walk,
  node: Syntax,
  scope: Scope,
  callee: string,
  args: readonly string[],
): void {
  const { words } = walk.spec;
  if (!words.assertion.test(callee) && !words.fails.test(callee)) return;
  if (words.skip.test(callee) || words.wait.test(callee)) return;
  const { spec } = walk;
  // An `unwrap` in passing is no assertion of what the test is about.
  if (spec.name === "rust" && /\.(?:unwrap|expect)(?:_err)?$/.test(callee)) return;
  if (words.fails.test(callee) && scope.guards.length > 0) {
    const condition = scope.guards.at(-1) ?? "";
    const outer: Scope = { ...scope, guards: scope.guards.slice(0, -1) };
    const text = squeeze(`if ${condition} fail`);
    emit(walk, "assert", node, outer, {
      callee: "if",
      args: [condition],
      strength: strengthOfFault(condition),
      text,
    });
    return;
  }
  const looked = subjectOf(walk, node);
  const plain = args.filter(
    (arg, index) => !(index === 0 && /^(?:t|tb|b|s\.T\(\)|suite\.T\(\)|self)$/.test(arg.trim())),
  );
  const all = looked === null ? plain : [looked, ...plain];
  emit(walk, "assert", node, scope, { callee, args: all, strength: strengthOf(callee, all) });
}

/** What a fluent assertion looks at: the argument of `expect(…)` or `assertThat(…)`. */
function subjectOf(walk: Walk, node: Syntax): string | null {
  let at: Syntax | undefined = field(node, "function") ?? field(node, "object");
  while (at !== undefined) {
    const name = /^(?:call_expression|method_invocation|call)$/.test(at.type)
      ? textOf(field(at, "function") ?? field(at, "name"), walk.source)
      : "";
    if (/^(?:expect|Expect|assertThat\w*|assert_that|assertWithMessage)(?:\.soft)?$/.test(name))
      return textOf(field(at, "arguments"), walk.source).slice(1, -1);
    at = field(at, "object") ?? field(at, "function") ?? field(at, "value") ?? field(at, "operand");
  }
  return null;
}

/** Rows of a table of tests. */
function visitCases(walk: Walk, node: Syntax, scope: Scope): void {
  for (const arg of argsOf(node)) {
    if (!/^(?:array|list|tuple)$/.test(arg.type)) continue;
    for (const row of arg.children)
      if (row.named && !/comment/.test(row.type)) emit(walk, "case", row, scope, {});
  }
}

/** The arguments of a macro, split at its outer commas. */
function macroArgs(walk: Walk, node: Syntax): string[] {
  const tokens = node.children.find((child) => child.type === "token_tree");
  const inner = textOf(tokens, walk.source).slice(1, -1);
  const args: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < inner.length; at++) {
    const sign = inner[at] ?? "";
    if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    else if (sign === "," && depth === 0) {
      args.push(inner.slice(from, at).trim());
      from = at + 1;
    }
  }
  const rest = inner.slice(from).trim();
  return rest === "" ? args : [...args, rest];
}

const isFixed = (args: readonly string[]): boolean =>
  args.length > 0 &&
  args.every((arg) => /^[\d_xa-fA-F]+[lLu\d]*$|^["'].*["']$|^\[[\s\S]*\]$|^[A-Z_]{3,}$/.test(arg.trim()));

/** A handler that does nothing with what it is told. */
const isEmptyHandler = (text: string): boolean =>
  /^(?:async\s*)?\(?\s*\w*\s*\)?\s*=>\s*(?:\{\s*(?:console\.\w+\([^)]*\);?|return(?:\s+(?:null|undefined|false))?;?|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/|\s)*\}|undefined|null|void 0|false|console\.\w+\([^)]*\))$|^(?:noop|_\.noop|console\.\w+)$/.test(
    text.trim(),
  );
