import { type Spec, setOf, textOf } from "./spec.ts";
import { field } from "./tree.ts";

export const RUST: Spec = {
  name: "rust",
  extensions: ["rs"],
  grammar: () => "rust",
  testFile: /(?:^|\/)(?:tests|benches|testing|test_utils?)\/|(?:^|\/|_)tests?\.rs$/,
  runnerFile: /\.rs$/,
  nodes: {
    types: setOf("impl_item"),
    calls: setOf("call_expression", "macro_invocation"),
    functions: setOf("function_item"),
    lambdas: setOf("closure_expression", "async_block"),
    loops: setOf("for_expression", "while_expression", "loop_expression"),
    branches: setOf("if_expression", "match_arm", "else_clause"),
    handlers: setOf(),
    returns: setOf("return_expression"),
    comments: setOf("line_comment", "block_comment"),
    strings: setOf("string_literal", "raw_string_literal"),
  },
  words: {
    narrows: /^prop_assume!$/,
    skip: /^(?:assume!|skip!|test_with::)/,
    sleep: /(?:^|::|\.)(?:sleep|sleep_ms|sleep_until|park_timeout|delay_for)$/,
    yields: /(?:^|::)(?:yield_now|spin_loop)$/,
    wait: /(?:^|::|\.)(?:wait\w*|recv\w*|join|timeout|poll_until|eventually|changed|notified|until)$/,
    assertion:
      /(?:^|_|::)assert\w*!$|^(?:panic|unreachable|bail|ensure|prop_assert\w*)!$|(?:^|::)assert_\w+$|\.(?:unwrap|expect|unwrap_err|expect_err)$/,
    fails: /^(?:panic|unreachable)!$/,
    log: /^(?:println|eprintln|dbg|log::\w+|tracing::\w+|info|warn|debug|error|trace)!$/,
    seed: /(?:^|::)(?:seed_from_u64|from_seed|with_seed)$/,
    mock: /(?:^|::|\.)(?:expect_\w+|return_const|returning|mock\w*)$/,
    exit: /(?:^|::)process::(?:exit|abort)$|^exit$/,
    parallel: /^$a/,
    serial: /(?:^|::)(?:worker_threads|new_current_thread)$|\.worker_threads$/,
    retry: /\bretr(?:y|ies)|Retry|rerun|flaky/i,
    env: /(?:^|::)env::var(?:_os)?$|^(?:cfg|option_env|env)!$/,
    watch: /fail::cfg|fail_point!|loom::|leak/,
  },
  test: (node, source, before) => {
    const marks = before
      .filter((child) => child.type === "attribute_item")
      .map((child) => ({ text: textOf(child, source).replace(/\s+/g, " "), line: child.line }));
    const name = textOf(field(node, "name"), source);
    if (node.type === "mod_item" && field(node, "body") !== undefined) {
      if (!marks.some((mark) => /cfg\(.*\btest\b/.test(mark.text)) && !/^tests?$/.test(name)) return null;
      return { name, group: true, marks, body: field(node, "body") ?? null };
    }
    if (node.type !== "function_item") return null;
    const isTest = marks.some((mark) =>
      /^#\[(?:[\w:]+::)?(?:test|rstest|test_case|quickcheck|proptest|bench|wasm_bindgen_test|test_log::test|traced_test)\b/.test(
        mark.text,
      ),
    );
    if (!isTest) return null;
    return { name, group: false, marks, body: field(node, "body") ?? null };
  },
  skipMark: /^#!?\[(?:ignore|should_panic|cfg_attr\([^\]]*ignore|cfg\((?!test\)|all\(test\)))/,
  retryMark: /retry|flaky|rerun/i,
  serialMark: /serial|current_thread|worker_threads\s*=\s*1\b/,
  suppression: /^#!?\[allow\(|^#!?\[expect\(|clippy::|rustfmt::skip/,
};
