import { argsOf, calleeOf } from "./callee.ts";
import { type Spec, setOf, textOf } from "./spec.ts";
import { field, type Syntax } from "./tree.ts";

const DECLARES =
  /^(?:Deno\.)?(?:x|f)?(?:it|test|specify|describe|suite|context)(?:\.(?:skip|only|todo|fixme|failing|fails|skipIf\(\)|runIf\(\)|if\(\)|todoIf\(\)|concurrent|serial|sequential|parallel|each\(\)|each|describe|slow|shuffle|step|configure))*(?:\(\))?$/;

export const JAVASCRIPT: Spec = {
  name: "javascript",
  extensions: ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"],
  grammar: (path) =>
    /\.(?:ts|mts|cts)$/.test(path) ? "typescript" : path.endsWith(".tsx") ? "tsx" : "javascript",
  testFile: /(?:^|\/)(?:__tests__|__mocks__|tests?|specs?|e2e)\/|[._-](?:test|spec)\.[cm]?[jt]sx?$/,
  runnerFile:
    /[._-](?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:__tests__|tests?|specs?|e2e)\/[^.][^/]*\.[cm]?[jt]sx?$/,
  nodes: {
    types: setOf("class_declaration"),
    calls: setOf("call_expression", "new_expression"),
    functions: setOf("function_declaration", "method_definition", "generator_function_declaration"),
    lambdas: setOf("arrow_function", "function_expression", "generator_function"),
    loops: setOf("for_statement", "for_in_statement", "while_statement", "do_statement"),
    branches: setOf("if_statement", "switch_case", "switch_default", "ternary_expression"),
    handlers: setOf("catch_clause"),
    returns: setOf("return_statement"),
    comments: setOf("comment"),
    strings: setOf("string", "template_string"),
  },
  words: {
    narrows: /^(?:fc\.)?pre$/,
    skip: /^(?:this|ctx|t|context|test|it)\.(?:skip|todo|fixme)$|^pending$|^(?:test|it)\.fail$/,
    sleep:
      /^(?:setTimeout|timers\.setTimeout|Bun\.sleep(?:Sync)?|Atomics\.wait)$|(?:^|\.)(?:sleep|delay|pause|waitForTimeout|waitMs|snooze)$|^cy\.wait$|^wait$/i,
    yields: /^(?:setImmediate|process\.nextTick|queueMicrotask|Promise\.resolve)$/,
    wait: /(?:^|\.)(?:waitFor(?!Timeout)\w*|eventually|poll\w*|until|findBy\w+|findAllBy\w+|waitUntil|once)$|^expect\.poll\(\)/i,
    assertion:
      /^expect(?:\.\w+)?\(\)\.|^expect\.(?:fail|unreachable)$|^(?:assert|should|chai\.assert)(?:\.\w+)*$|^t\.(?:is|not|deepEqual|equal|same|true|false|throws\w*|rejects|ok|fail|like|regex|assert|expect|strictEqual|deepStrictEqual|doesNotThrow)$|\.should\.|^sinon\.assert\.|^cy\..*\.should$/,
    fails: /^(?:fail|done\.fail|assert\.fail|expect\.fail|t\.fail|reject)$/,
    log: /^console\.|(?:^|\.)(?:log|debug|info|warn)$/,
    seed: /(?:^|\.)(?:seed|seedrandom|setSeed|mulberry32|Chance)$|^new(?:Chance|Random|MersenneTwister)$|^new (?:Chance|Random|MersenneTwister)$/,
    mock: /^(?:jest|vi|mock|sinon|td|sandbox)\.(?:mock|doMock|module|spyOn|stub|replace|method|unstable_mockModule|replaceProperty|fake|hoisted)$|\.(?:mockReturnValue|mockResolvedValue|mockImplementation|mockRejectedValue|callsFake|returns|resolves)(?:Once)?$|^mock\.module$|^spyOn$|^proxyquire$|^nock$/,
    exit: /^process\.(?:exit|reallyExit|abort)$|^Deno\.exit$/,
    parallel: /\.(?:concurrent|parallel)(?:\(\))?$|^describe\.configure$/,
    serial: /\.(?:serial|sequential)$/,
    retry: /^jest\.retryTimes$|\bretr(?:y|ies)|Retry|rerun|\bflaky/i,
    env: /^process\.env$|^Deno\.env\.get$/,
    watch: /^expect\.(?:assertions|hasAssertions)$|\.plan$|toHaveNoLeaks|leakDetect/,
  },
  test: (node, source) => {
    if (node.type !== "call_expression") return null;
    const callee = calleeOf(node, source);
    if (!DECLARES.test(callee)) return null;
    const args = argsOf(node);
    const first = args[0];
    if (first === undefined) return null;
    const named = JAVASCRIPT.nodes.strings.has(first.type) || first.type === "binary_expression";
    const body =
      args.find((arg) => JAVASCRIPT.nodes.lambdas.has(arg.type)) ??
      args.slice(1).find((arg) => arg.type === "identifier");
    // `test.each(table)` alone declares nothing: its result is called with the name.
    if (body === undefined && !(named && args.length === 1)) return null;
    const name = textOf(first, source);
    const group = /^(?:x|f)?(?:describe|suite|context)\b/.test(callee) || /\.describe\b/.test(callee);
    const marks = [{ text: callee, line: node.line }, ...args.flatMap((arg) => optionMarks(arg, source))];
    return { name, group, marks, body: body ?? null };
  },
  skipMark:
    /^(?:xit|xtest|xdescribe|xspecify|xcontext|fit|fdescribe|ftest)\b|\.(?:skip|only|todo|fixme|failing|fails|skipIf|runIf|if|todoIf)\b/,
  retryMark: /retr(?:y|ies)|flaky/i,
  serialMark: /\.(?:serial|sequential)\b/,
  suppression:
    /eslint-disable|@ts-(?:ignore|expect-error|nocheck)|biome-ignore|istanbul ignore|c8 ignore|v8 ignore|oxlint-disable|tslint:disable/,
};

/** `{ skip: true }` among a test's options says what `.skip` does. */
const optionMarks = (arg: Syntax, source: string): { text: string; line: number }[] =>
  arg.type !== "object"
    ? []
    : arg.children.flatMap((pair) => {
        const name = textOf(field(pair, "key"), source).replace(/["']/g, "");
        const off = /^(?:false|undefined)?$/.test(textOf(field(pair, "value"), source));
        return /^(?:skip|todo|only|fails|fixme)$/.test(name) && !off
          ? [{ text: `options.${name}`, line: pair.line }]
          : [];
      });
