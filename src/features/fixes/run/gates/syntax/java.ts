import { type Spec, setOf, textOf } from "./spec.ts";
import { field, type Syntax } from "./tree.ts";

const TEST_MARK =
  /^@(?:org\.junit\.\S*\.)?(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property|RetryingTest|CartesianTest)\b/;

export const JAVA: Spec = {
  name: "java",
  extensions: ["java"],
  grammar: () => "java",
  testFile: /(?:^|\/)(?:test|tests|testFixtures|integrationTest|it)\/|(?:Tests?|IT|TestCase|Spec)\.java$/,
  runnerFile: /(?:Tests?|IT|TestCase|Spec)\.java$|(?:^|\/)Test[^/]*\.java$/,
  nodes: {
    types: setOf("class_declaration"),
    calls: setOf("method_invocation", "object_creation_expression"),
    functions: setOf("method_declaration", "constructor_declaration"),
    lambdas: setOf("lambda_expression"),
    loops: setOf("for_statement", "enhanced_for_statement", "while_statement", "do_statement"),
    branches: setOf("if_statement", "switch_block_statement_group", "switch_rule", "ternary_expression"),
    handlers: setOf("catch_clause"),
    returns: setOf("return_statement"),
    comments: setOf("line_comment", "block_comment"),
    strings: setOf("string_literal", "text_block"),
  },
  words: {
    narrows: /^$a/,
    skip: /(?:^|\.)(?:assume\w*|assumingThat)$|^Assumptions\.|^Assume\./,
    sleep: /(?:^|\.)(?:sleep\w*|parkNanos|pollDelay)$/i,
    yields: /^Thread\.(?:yield|onSpinWait)$/,
    wait: /(?:^|\.)(?:await\w*|until\w*|join|wait\w*|acquire|get|poll|take|eventually|arriveAndAwaitAdvance)$/,
    assertion:
      /(?:^|\.)(?:assert\w*|fail|verify\w*|isEqualTo|hasSize|isTrue|isFalse)$|^assertThat\w*\(\)\.|^(?:Truth\.)?assertWithMessage|^verify\(\)\.\w+|^assertThatThrownBy\(\)/,
    fails: /(?:^|\.)fail$|^new AssertionError$/,
    log: /^System\.(?:out|err)\.|^(?:log|logger|LOG|LOGGER)\.\w+$|\.printStackTrace$/,
    seed: /^new (?:java\.util\.)?(?:Random|SplittableRandom|Well\w+)$|\.setSeed$/,
    mock: /(?:^|\.)(?:mock|spy|when|doReturn|doNothing|doAnswer|mockStatic|mockConstruction|given|thenReturn|thenAnswer)$/,
    exit: /^System\.exit$|\.halt$/,
    parallel: /\.parallel(?:Stream)?$/,
    serial: /\.(?:sequential|newSingleThreadExecutor)$/,
    retry: /\bretr(?:y|ies)|Retry|rerun|flaky/i,
    env: /^System\.(?:getenv|getProperty)$/,
    watch: /verifyNoMoreInteractions|LeakDetector|failpoint/i,
  },
  test: (node, source) => {
    if (node.type === "class_declaration") {
      const name = textOf(field(node, "name"), source);
      const marks = marksOf(node, source);
      const nested =
        /(?:Tests?|IT|TestCase|Spec)$|^Test/.test(name) ||
        marks.some((mark) => mark.text.startsWith("@Nested"));
      if (/\babstract\b/.test(source.slice(node.start, field(node, "name")?.start ?? node.start)))
        marks.push({ text: "abstract", line: node.line });
      return nested ? { name, group: true, marks, body: field(node, "body") ?? null } : null;
    }
    if (node.type !== "method_declaration") return null;
    const marks = marksOf(node, source);
    const name = textOf(field(node, "name"), source);
    const named =
      /^test[A-Z_]/.test(name) &&
      textOf(field(node, "type"), source) === "void" &&
      /\bpublic\b/.test(source.slice(node.start, field(node, "body")?.start ?? node.end)) &&
      !marks.some((mark) => /^@(?:Before|After|Override)/.test(mark.text));
    if (!named && !marks.some((mark) => TEST_MARK.test(mark.text))) return null;
    return { name, group: false, marks, body: field(node, "body") ?? null };
  },
  skipMark:
    /^abstract$|^@(?:[\w.]*\.)?(?:Disabled\w*|Ignore\w*|Enabled\w*|Quarantine\w*|ExpectedToFail|NotWorking)\b|^@Test\s*\(.*enabled\s*=\s*false/,
  retryMark:
    /^@(?:[\w.]*\.)?(?:Retry\w*|Flaky\w*|RepeatedIfExceptions\w*|RerunFailing\w*)\b|retryAnalyzer|successPercentage|Retry|^@(?:Tag|Category)\(.*(?:flaky|quarantine|unstable|slow)/i,
  serialMark:
    /^@(?:[\w.]*\.)?(?:Isolated|ResourceLock|NotThreadSafe|TestMethodOrder|Order|DirtiesContext)\b|SAME_THREAD|MethodOrderer|singleThreaded/,
  suppression: /@SuppressWarnings|@SuppressFBWarnings|NOPMD|NOSONAR|CHECKSTYLE|noinspection/i,
};

function marksOf(node: Syntax, source: string): { text: string; line: number }[] {
  const modifiers = node.children.find((child) => child.type === "modifiers");
  return (modifiers?.children ?? [])
    .filter((child) => /annotation/.test(child.type))
    .map((child) => ({ text: textOf(child, source).replace(/\s+/g, " "), line: child.line }));
}
