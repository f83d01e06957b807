import { type Spec, setOf, textOf } from "./spec.ts";
import { field, type Syntax } from "./tree.ts";

export const PYTHON: Spec = {
  name: "python",
  extensions: ["py", "pyi"],
  grammar: () => "python",
  testFile: /(?:^|\/)(?:tests?|testing)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|tests|conftest)\.py$/,
  runnerFile: /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests)\.py$/,
  nodes: {
    types: setOf("class_definition"),
    calls: setOf("call"),
    functions: setOf("function_definition"),
    lambdas: setOf("lambda"),
    loops: setOf("for_statement", "while_statement"),
    branches: setOf("if_statement", "elif_clause", "else_clause", "case_clause", "conditional_expression"),
    handlers: setOf("except_clause", "except_group_clause"),
    returns: setOf("return_statement"),
    comments: setOf("comment"),
    strings: setOf("string", "concatenated_string"),
  },
  words: {
    narrows: /^(?:hypothesis\.)?(?:assume|reject)$|^target$/,
    skip: /^(?:pytest\.)?(?:skip|xfail|importorskip)$|\.skipTest$|^unittest\.(?:skip\w*|SkipTest)$|^SkipTest$/,
    sleep: /^(?:time|asyncio|gevent|trio|anyio|eventlet)\.sleep$|(?:^|[._])sleep$/,
    yields: /^os\.sched_yield$/,
    wait: /(?:^|\.)(?:wait_\w+|wait|poll\w*|until|join|acquire|wait|eventually|get)$|(?:^|\.)_?wait_?\w*$/,
    assertion:
      /^self\.(?:assert\w+|fail)$|^pytest\.(?:raises|fail|warns|deprecated_call)$|(?:^|\.)assert_\w+$|^assert_that\(\)\.|^expect\(\)\.|^(?:tc|case)\.assert\w+$/,
    fails: /^pytest\.fail$|^self\.fail$/,
    log: /^print$|^(?:logging|log|logger|warnings)\.\w+$/,
    seed: /(?:^|\.)(?:seed|manual_seed|default_rng|set_seed|RandomState|seed_instance|seed_everything)$|^random\.Random$/,
    mock: /(?:^|\.)(?:patch|patch\.\w+|setattr|setitem|Mock|MagicMock|AsyncMock|create_autospec|spy)$|^mocker\.|^monkeypatch\.(?:setattr|setitem)$|^responses\.add$/,
    exit: /^(?:os\._exit|sys\.exit|exit|quit)$/,
    parallel: /xdist_group|concurrent/,
    serial: /^$a/,
    retry: /\bretr(?:y|ies|ying)|rerun|flaky|tenacity|backoff\.on_/i,
    env: /^os\.(?:getenv|environ\.get)$|^os\.environ$/,
    watch: /^tracemalloc\.|assert_no_leak|^gc\.set_debug|^faulthandler\.|assert_all_requests|^failpoint\./,
  },
  test: (node, source) => {
    const inner = node.type === "decorated_definition" ? field(node, "definition") : node;
    if (inner === undefined || (node.type !== "decorated_definition" && node.field === "definition"))
      return null;
    const name = textOf(field(inner, "name"), source);
    const isClass = inner.type === "class_definition";
    if (
      isClass
        ? !/^Test|Tests?$|TestCase$/.test(name)
        : inner.type !== "function_definition" || !/^test/.test(name)
    )
      return null;
    const marks = node.children
      .filter((child) => child.type === "decorator")
      .map((child: Syntax) => ({
        text: textOf(child, source).replace(/\s+/g, " "),
        line: child.line,
      }));
    return { name, group: isClass, marks, body: field(inner, "body") ?? null };
  },
  skipMark:
    /\bskip\b|\bskipif\b|\bskipIf\b|\bskipUnless\b|\bxfail\b|\bexpectedFailure\b|\bskip_\w+|\bquarantine\w*|\bdisabled\b/i,
  retryMark: /\bflaky\b|\bretr(?:y|ies)\b|reruns?|tenacity|backoff/i,
  serialMark: /xdist_group|\bserial\b|no_parallel|run_first|\border\(/,
  suppression:
    /\bnoqa\b|type:\s*ignore|pylint:\s*disable|pragma:\s*no cover|pyright:\s*ignore|filterwarnings|nosec/,
};
