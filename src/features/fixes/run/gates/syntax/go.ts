import { calleeOf } from "./callee.ts";
import { type Spec, setOf, textOf } from "./spec.ts";
import { field, parts } from "./tree.ts";

const TEST_NAME = /^(?:Test|Benchmark|Fuzz|Example)(?![a-z])/;

export const GO: Spec = {
  name: "go",
  extensions: ["go"],
  grammar: () => "go",
  testFile: /_test\.go$|(?:^|\/)(?:testutil|testutils|testdata|mock|mocks|mockcluster|tests?)\//,
  runnerFile: /(?:^|\/)[^_.][^/]*_test\.go$/,
  nodes: {
    types: setOf("type_declaration"),
    calls: setOf("call_expression"),
    functions: setOf("function_declaration", "method_declaration"),
    lambdas: setOf("func_literal"),
    loops: setOf("for_statement"),
    branches: setOf("if_statement", "expression_case", "communication_case", "default_case", "type_case"),
    handlers: setOf(),
    returns: setOf("return_statement"),
    comments: setOf("comment"),
    strings: setOf("interpreted_string_literal", "raw_string_literal"),
  },
  words: {
    narrows: /^$a/,
    skip: /\.Skip(?:f|Now)?$|^testing\.Short$/,
    sleep: /^time\.(?:Sleep|After|Tick|NewTimer)$|\bsleep$/i,
    yields: /^runtime\.Gosched$/,
    wait: /(?:^|\.)(?:Eventually\w*|Never|Consistently|Wait\w*|Poll\w*|wait\w*|eventually|Done)$/,
    assertion:
      /^(?:re|require|assert|suite|s|r|c|must|is|a|req|as|g|Expect|\w*[rR]equire|\w*[aA]ssert)\.(?:\w+\(\)\.)?(?:No|Not|Is|Has|Equal|Exactly|Same|Nil|True|False|Len|Empty|Zero|Error|Contains|Elements|Subset|Greater|Less|In|Within|Panics|Regexp|JSONEq|Positive|Negative|Implements|File|Dir|Fail|Condition|DeepEqual|Assert|Check|To)\w*$|(?:^|\.)(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)$|^panic$|\bCheck\w+$|^(?:assert|require|expect|must)[A-Z]\w*$|^Expect\(\)\.\w+$/,
    fails: /(?:^t|^b|^tb|\.T\(\))\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)$|^panic$/,
    log: /(?:^|\.)(?:Log|Logf|Print\w*|Info|Warn|Debug|Infof|Warnf)$|^log\./,
    seed: /^rand\.(?:Seed|NewSource|NewPCG)$/,
    mock: /\.EXPECT\(\)|^monkey\.Patch|gomonkey\.Apply|^NewMock\w+$|\.NewMock\w+$/,
    exit: /^os\.Exit$|^syscall\.Exit$/,
    parallel: /\.Parallel$/,
    serial: /^runtime\.GOMAXPROCS$|\.SetParallelism$/,
    retry: /\bretr(?:y|ies)|Retry|\brerun|flaky/i,
    env: /^os\.(?:Getenv|LookupEnv)$|^testing\.Testing$/,
    watch: /^goleak\.|leaktest|^failpoint\.Enable$|VerifyNoLeaks|\.RegisterLeak|AssertExpectations$/,
  },
  test: (node, source) => {
    if (node.type === "call_expression") {
      if (!/\.Run$/.test(calleeOf(node, source))) return null;
      const [name, body] = parts(field(node, "arguments"));
      if (body === undefined || parts(field(node, "arguments")).length !== 2) return null;
      return { name: textOf(name, source), group: false, marks: [], body };
    }
    if (!GO.nodes.functions.has(node.type)) return null;
    const name = textOf(field(node, "name"), source);
    if (!TEST_NAME.test(name)) return null;
    const receiver = textOf(field(node, "receiver"), source).replace(/^\(\s*\w*\s*\*?|\)$/g, "");
    const full = receiver === "" ? name : `${receiver}.${name}`;
    return { name: full, group: false, marks: [], body: field(node, "body") ?? null };
  },
  skipMark: /^\/\/go:build|^\/\/ \+build/,
  retryMark: /flaky|retr(?:y|ies)/i,
  serialMark: /^$a/,
  suppression: /\bnolint\b|lint:ignore|revive:disable|#nosec|norace/,
};
