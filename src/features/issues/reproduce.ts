import { fillShell, shellWord } from "../../kernel/text/shell.ts";
import { sourceFile } from "../failures/source-file.ts";
import { literal, testRegex } from "../failures/test-regex.ts";

/** What of a failure names its test. */
export interface NamedTest {
  test: string;
  suite: string | null;
  package: string | null;
  file: string | null;
  framework: string;
}

/** How often the test is to run, where a runner can be told. */
const TIMES = "20";

/**
 * The command by which a person makes the test run again: the repository's own test line where the settings have one,
 * else what the framework's users type. Names come from logs, so each is quoted. Null where nothing useful is known.
 */
export function reproduceCommand(named: NamedTest, line: string | null): string | null {
  const test = { ...named, file: sourceFile(named.file) };
  if (line !== null) {
    return fillShell(line, {
      test: test.test,
      test_regex: testRegex(test.test, test.framework),
      package: test.package ?? ".",
      file: test.file ?? "",
      count: TIMES,
    });
  }
  return COMMANDS.get(test.framework)?.(test) ?? null;
}

const words = (...parts: (string | null)[]): string => parts.filter((part) => part !== null).join(" ");

/** A path, which must not look like an option. */
const path = (file: string | null): string | null =>
  file === null ? null : shellWord(file.startsWith("-") ? `./${file}` : file);

/** The name with its groups before it, as most runners show and match it. */
const full = ({ suite, test }: NamedTest, join: string): string =>
  suite === null ? test : `${suite}${join}${test}`;

/** A package as the go command takes it: an import path, or a folder. */
function goPackage(pack: string | null): string {
  if (pack === null || pack === "." || pack === "") return "./...";
  const isImportPath = /^[\w-]+(?:\.[\w-]+)+\//.test(pack);
  return shellWord(isImportPath || pack.startsWith("./") ? pack : `./${pack}`);
}

/** `TestA/case` as -run wants it: each level on its own. */
const goRun = (test: string): string =>
  shellWord(
    test
      .split("/")
      .map((level) => `^${literal(level)}$`)
      .join("/"),
  );

function pytest({ test, suite, file }: NamedTest): string {
  if (file === null) return words("pytest -x -k", shellWord(test.replace(/\[.*$/s, "")));
  if (file === test) return words("pytest", path(file), "-x");
  const parts = [file.startsWith("-") ? `./${file}` : file, ...(suite?.split(/\.|::/) ?? []), test];
  return words("pytest", shellWord(parts.join("::")), "-x");
}

/** Class and method as Maven and Gradle name them; parameters that the log shows after the name are left out. */
const javaName = (test: NamedTest, join: string): string => full(test, join).replace(/[[({].*$/s, "");

type Command = (test: NamedTest) => string | null;

/** The name with its groups, as runners of JavaScript match it: with blanks between, and nothing behind it. */
function titleRegex({ suite, test }: NamedTest, framework: string): string {
  const levels = (suite === null ? test : `${suite} > ${test}`).replaceAll(" › ", " > ");
  return `${testRegex(levels, framework)}$`;
}

const javascript =
  (runner: string): Command =>
  (test) =>
    words(runner, path(test.file), "-t", shellWord(titleRegex(test, test.framework)));

/** A hook cannot be run alone: its group is. */
const mochaTitle = (test: NamedTest): string =>
  /^"(?:before|after) (?:all|each)" hook/.test(test.test) ? (test.suite ?? "") : full(test, " ");

/** With its class, unless they were put into words, as --testdox does. */
function phpunitFilter({ test, ...named }: NamedTest): string {
  const method = test.replace(/ with data set .*$/s, "");
  return literal(/^test|_/i.test(method) ? full({ ...named, test: method }, "::") : method);
}

/** By the framework's name as `extract` gives it. */
const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries<Command>({
    "go-test": ({ test, package: pack }) =>
      words("go test", goPackage(pack), "-run", goRun(test), `-count=${TIMES} -race`),
    gocheck: ({ test, package: pack, ...named }) =>
      words(
        "go test",
        goPackage(pack),
        "-check.f",
        shellWord(`^${literal(full({ ...named, test, package: pack }, "."))}$`),
        `-count=${TIMES} -race`,
      ),
    ginkgo: ({ test, package: pack }) =>
      words(
        "ginkgo",
        `--repeat=${TIMES}`,
        `--focus=${shellWord(literal(test))}`,
        pack === null ? "-r" : goPackage(pack),
      ),
    pytest,
    unittest: (test) => words("python -m unittest", shellWord(full(test, ".").replace(/ \(.*$/s, ""))),
    "bun-test": (test) => `${javascript("bun test")(test)} --rerun-each ${TIMES}`,
    // a path alone is a pattern to it
    jest: (test) => javascript(test.file === null ? "npx jest" : "npx jest --runTestsByPath")(test),
    vitest: javascript("npx vitest run"),
    mocha: (test) => words("npx mocha", path(test.file), "-f", shellWord(mochaTitle(test))),
    "node-test": ({ test, file }) =>
      words("node --test", `--test-name-pattern=${shellWord(literal(test))}`, path(file)),
    playwright: ({ test, file }) =>
      words("npx playwright test", path(file), "-g", shellWord(literal(test)), `--repeat-each=${TIMES}`),
    "cargo-test": (test) =>
      / - .*\(line \d+\)$/.test(test.test)
        ? words("cargo test --doc --", shellWord(test.test))
        : words("cargo test --", shellWord(full(test, "::")), "--exact"),
    rspec: ({ test, file }) => words("bundle exec rspec", path(file), "-e", shellWord(test)),
    minitest: ({ test, file }) =>
      file === null ? null : words("ruby -Itest", path(file), "-n", shellWord(test)),
    phpunit: (test) =>
      words("vendor/bin/phpunit", "--filter", shellWord(phpunitFilter(test)), path(test.file)),
    exunit: ({ test, file }) =>
      words(
        "mix test",
        path(file),
        "--only",
        shellWord(`test:${test.startsWith("test ") ? test : `test ${test}`}`),
      ),
    dotnet: (test) =>
      words("dotnet test --filter", shellWord(`FullyQualifiedName~${full(test, ".").replace(/\(.*$/s, "")}`)),
    googletest: (test) =>
      words(
        `GTEST_FILTER=${shellWord(full(test, "."))}`,
        `GTEST_REPEAT=${TIMES}`,
        "ctest --output-on-failure",
      ),
    ctest: ({ test }) => words("ctest -R", shellWord(`^${literal(test)}$`), `--repeat until-fail:${TIMES}`),
    surefire: (test) => words(`mvn test -Dtest=${shellWord(javaName(test, "#"))}`),
    gradle: (test) => words("./gradlew test --rerun --tests", shellWord(javaName(test, "."))),
    scalatest: ({ test, suite }) =>
      words(
        "sbt",
        shellWord(`testOnly ${suite === null ? "*" : `*${suite}`} -- -z "${test.replaceAll('"', '\\"')}"`),
      ),
    xctest: (test) => words("swift test --filter", shellWord(literal(full(test, "/")))),
  }),
);
