import { type DiffFile, type DiffLine, linesOf } from "./diff.ts";
import type { Gate, GateFinding } from "./finding.ts";
import { codeOf, isTestPath, type Language, languageOf } from "./languages.ts";

/** Assertions that went, that always hold, or that say less than before. */
export const keepsAssertions: Gate = (diff, context) =>
  diff.files.flatMap((file) => {
    const language = languageOf(file.path);
    if (language === null || !isTestPath(file.path)) return [];
    return [
      ...lost(file, language, context.evidence),
      ...alwaysTrue(file, language),
      ...weaker(file, language),
    ];
  });

function lost(file: DiffFile, language: Language, evidence: string): GateFinding[] {
  const removed = matching(file, "-", language, language.assertion);
  const added = matching(file, "+", language, language.assertion);
  if (removed.length <= added.length) return [];
  const waits = matching(file, "+", language, language.wait).length > 0;
  const kept = new Set(added.map((line) => squeeze(line.text)));
  const gone = removed.filter((line) => !kept.has(squeeze(line.text)));
  const failing = gone.find((line) => isQuoted(line.text, evidence));
  const net = removed.length - added.length;
  const first = failing ?? gone[0] ?? removed[0];
  const verdict = failing !== undefined && !waits ? "refuse" : waits ? "allow" : "label";
  const text =
    verdict === "refuse"
      ? `the assertion that failed is gone: ${failing?.text.trim()}`
      : `${net} assertion(s) fewer than before${waits ? ", with a wait in their place" : ""}: ${first?.text.trim()}`;
  return [{ rule: "lost-assertion", verdict, path: file.path, line: first?.line ?? 0, text }];
}

const alwaysTrue = (file: DiffFile, language: Language): GateFinding[] =>
  matching(file, "+", language, language.alwaysTrue).map((line) => ({
    rule: "always-true",
    verdict: "label",
    path: file.path,
    line: line.line,
    text: `an assertion that always holds: ${line.text.trim()}`,
  }));

/** More weak comparisons than before, and fewer strict ones. */
function weaker(file: DiffFile, language: Language): GateFinding[] {
  const weak = (kind: "+" | "-") => matching(file, kind, language, language.weak);
  const strict = (kind: "+" | "-") =>
    matching(file, kind, language, language.assertion).length - weak(kind).length;
  const added = weak("+");
  const line = added[0];
  if (line === undefined || added.length <= weak("-").length || strict("+") >= strict("-")) return [];
  const text = `a weaker comparison than before: ${line.text.trim()}`;
  return [{ rule: "weaker-comparison", verdict: "label", path: file.path, line: line.line, text }];
}

const matching = (file: DiffFile, kind: "+" | "-", language: Language, pattern: RegExp): DiffLine[] =>
  linesOf(file, kind).filter((line) => pattern.test(codeOf(language, line.text)));

const squeeze = (text: string): string => text.replace(/\s+/g, "");

/** True when the failure's excerpt shows this line of code. Short lines would match by chance. */
function isQuoted(text: string, evidence: string): boolean {
  const code = squeeze(text);
  return code.length >= 12 && evidence.split("\n").some((line) => squeeze(line).includes(code));
}
