import { type DiffFile, linesOf } from "./diff.ts";
import type { Gate, GateFinding } from "./finding.ts";
import { codeOf, isTestPath, type Language, languageOf } from "./languages.ts";

/** New skip, only, todo, expected failure or build tag: the test would no longer say anything. */
export const noSkips: Gate = (diff) =>
  diff.files.flatMap((file) => {
    const language = languageOf(file.path);
    if (language === null || !isTestPath(file.path)) return [];
    // The same condition moved or reworded elsewhere in the file is no new one.
    let moved = linesOf(file, "-").filter((line) => language.skip.test(codeOf(language, line.text))).length;
    return linesOf(file, "+").flatMap((line): GateFinding[] => {
      if (!language.skip.test(codeOf(language, line.text))) return [];
      if (moved-- > 0) return [];
      const text = `a test is skipped, narrowed or switched off: ${line.text.trim()}`;
      return [{ rule: "skip", verdict: "refuse", path: file.path, line: line.line, text }];
    });
  });

/** A test that is gone, commented out or renamed so that no runner finds it. */
export const noDeletedTests: Gate = (diff) => {
  const removed = diff.files.flatMap((file) => declared(file, "-"));
  const added = diff.files.flatMap((file) => declared(file, "+"));
  const names = new Set(added.map((test) => test.name));
  const gone = removed.filter((test) => !names.has(test.name));
  const fresh = added.filter((test) => !removed.some((old) => old.name === test.name)).length;
  // A renamed test counts as one gone and one new.
  return gone.slice(fresh).map((test) => ({
    rule: "deleted-test",
    verdict: "refuse",
    path: test.path,
    line: test.line,
    text: `the test ${test.name} is gone`,
  }));
};

function declared(file: DiffFile, kind: "+" | "-"): { name: string; path: string; line: number }[] {
  const language = languageOf(file.path);
  if (language === null || !isTestPath(file.path)) return [];
  return linesOf(file, kind).flatMap((line) => {
    const name = declaredName(language, line.text);
    return name === null ? [] : [{ name, path: file.path, line: line.line }];
  });
}

function declaredName(language: Language, text: string): string | null {
  const match = language.testDeclaration.exec(codeOf(language, text));
  return match === null ? null : (match.slice(1).find((group) => group !== undefined) ?? "");
}
