import { type DiffFile, type DiffLine, linesOf } from "./diff.ts";
import type { Gate, GateFinding } from "./finding.ts";
import { codeOf, isTestPath, languageOf } from "./languages.ts";

const RUNNER_FILES =
  /(?:^|\/)(?:bunfig\.toml|(?:jest|vitest|playwright|cypress|karma|ava|wdio)\.config\.[a-z]+|\.mocharc\.?\w*|pytest\.ini|tox\.ini|setup\.cfg|conftest\.py|pyproject\.toml|package\.json|Makefile|\.golangci\.ya?ml)$/;
const RUNNER_RETRY =
  /\bretr(?:y|ies)\b|--reruns?\b|\breruns\b|flaky|\bdeselect\b|--ignore\b|testPathIgnore|\bexclude\b|-skip\b/i;

/** A test that is run again until it passes: refused where the runner does it, labelled where code does. */
export const noRetries: Gate = (diff) =>
  diff.files.flatMap((file) => {
    const language = languageOf(file.path);
    const runner = RUNNER_FILES.test(file.path);
    if (!runner && (language === null || !isTestPath(file.path))) return [];
    const retries = (line: DiffLine) =>
      runner && language === null
        ? RUNNER_RETRY.test(line.text)
        : language?.retry.test(codeOf(language, line.text)) === true;
    const before = linesOf(file, "-").filter(retries).length;
    return linesOf(file, "+")
      .filter(retries)
      .slice(before)
      .map((line): GateFinding => {
        const whole = runner || RERUNS_TEST.test(line.text);
        const text = `${whole ? "the runner repeats or leaves out failing tests" : "something is tried again"}: ${line.text.trim()}`;
        return { rule: "retry", verdict: whole ? "refuse" : "label", path: file.path, line: line.line, text };
      });
  });

const RERUNS_TEST =
  /\bretryTimes\s*\(|\bretry\s*:\s*\d|\bretries\s*:\s*\d|@flaky\b|mark\.flaky\b|\bflaky\(|\breruns\s*=|this\.retries\s*\(/;

/** Errors that nobody would see any more. */
export const noSwallowedErrors: Gate = (diff) =>
  diff.files.flatMap((file) => {
    const language = languageOf(file.path);
    if (language === null) return [];
    const swallows = (line: DiffLine) => language.swallow.test(codeOf(language, line.text));
    const before = linesOf(file, "-").filter(swallows).length;
    return linesOf(file, "+")
      .filter(swallows)
      .slice(before)
      .map(
        (line): GateFinding => ({
          rule: "swallowed-error",
          verdict: "label",
          path: file.path,
          line: line.line,
          text: `an error is swallowed: ${line.text.trim()}`,
        }),
      );
  });

/** A test's own program steers what is tested: changes to its settings are for a person to look at. */
export const runnerSettings: Gate = (diff) =>
  diff.files
    .filter((file) => RUNNER_FILES.test(file.path))
    .map((file) => ({
      rule: "runner-settings",
      verdict: "label",
      path: file.path,
      line: 0,
      text: "settings of the test runner or the build changed",
    }));

/** Code that is no test: a lock or hook needs a look, anything else a change of its own with a regression test. */
export const productCode: Gate = (diff) =>
  diff.files.flatMap((file): GateFinding[] => {
    const language = languageOf(file.path);
    if (language === null || isTestPath(file.path) || RUNNER_FILES.test(file.path)) return [];
    const changed = [...linesOf(file, "+"), ...linesOf(file, "-")].filter(
      (line) => codeOf(language, line.text) !== "",
    );
    const first = changed[0];
    if (first === undefined) return [];
    const lock = changed.some((line) => language.lock.test(line.text));
    const text = lock
      ? "product code changed: a lock or an order of access"
      : "product code changed: it needs a regression test and a reviewer of its own";
    return [{ rule: "product-code", verdict: "label", path: file.path, line: first.line, text }];
  });

/** True when every changed line of a product file is about a lock, brackets aside. */
export function isLockOnly(file: DiffFile): boolean {
  const language = languageOf(file.path);
  if (language === null || file.status !== "modified") return false;
  const changed = [...linesOf(file, "+"), ...linesOf(file, "-")]
    .map((line) => codeOf(language, line.text))
    .filter((code) => /\w/.test(code));
  return (
    changed.length > 0 &&
    changed.every((code) => language.lock.test(code) || /^"sync(?:\/atomic)?"$/.test(code))
  );
}
