import { type DiffFile, type DiffLine, linesOf, type ParsedDiff } from "./diff.ts";
import type { Gate, GateFinding } from "./finding.ts";
import { codeOf, isTestPath, type Language, languageOf } from "./languages.ts";

const WAITING =
  /timeout|sleep|deadline|lease|retr(?:y|ies)|attempt|interval|\bticks?\b|delay|wait|eventually|poll|duration|within|ttl|\b\d+\s*\*\s*time\.|time\.(?:milli|micro)?second|time\.minute|reruns?|repeats/i;
const NUMBER = /\b\d[\d_]*(?:\.\d+)?(?:e\d+)?(?:ns|us|ms|s|m|h)?\b/gi;
const UNIT = /\btime\.(?:Nano|Micro|Milli)?[sS]econd\b|\btime\.(?:Minute|Hour)\b/g;

interface Pair {
  path: string;
  before: DiffLine;
  after: DiffLine;
}

/** A longer timeout, lease, sleep or retry count: refused when nothing else changed, labelled beside a real change. */
export const noLongerWaits: Gate = (diff) => {
  const pairs = diff.files.flatMap(pairsOf);
  if (pairs.length === 0) return [];
  const paired = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
  const rest = changedCode(diff).filter((line) => !paired.has(line));
  const only = rest.length === 0;
  return pairs.map((pair) => ({
    rule: "longer-wait",
    verdict: only ? "refuse" : "label",
    path: pair.path,
    line: pair.after.line,
    text: `${only ? "the only change is a number that waits or retries" : "a wait or retry count changed"}: ${pair.before.text.trim()} → ${pair.after.text.trim()}`,
  }));
};

/** Lines that differ in nothing but numbers, on a line that is about waiting or retrying. */
function pairsOf(file: DiffFile): Pair[] {
  const language = languageOf(file.path);
  return file.hunks.flatMap((hunk) => {
    const removed = hunk.filter((line) => line.kind === "-");
    return hunk.flatMap((after): Pair[] => {
      if (after.kind !== "+" || !waits(hunk, after)) return [];
      const at = removed.findIndex((line) => shape(line.text, language) === shape(after.text, language));
      const before = at === -1 ? undefined : removed.splice(at, 1)[0];
      return before === undefined || before.text.trim() === after.text.trim()
        ? []
        : [{ path: file.path, before, after }];
    });
  });
}

/** Options such as `{ timeout: 5 }` often stand a line below the call they belong to. */
function waits(hunk: readonly DiffLine[], line: DiffLine): boolean {
  if (WAITING.test(line.text)) return true;
  const at = hunk.indexOf(line);
  return (
    /^\W*\d[\d_]*\W*$/.test(line.text) &&
    hunk.slice(Math.max(0, at - 4), at).some((near) => WAITING.test(near.text))
  );
}

const shape = (text: string, language: Language | null): string =>
  (language === null ? text.trim() : codeOf(language, text))
    .replace(UNIT, "UNIT")
    .replace(NUMBER, "N")
    .replace(/\s+/g, "")
    .replace(/UNIT\*N|N\*UNIT|\bUNIT\b/g, "N");

function changedCode(diff: ParsedDiff): DiffLine[] {
  return diff.files.flatMap((file) => {
    const language = languageOf(file.path);
    return file.hunks
      .flat()
      .filter((line) => line.kind !== " ")
      .filter((line) => (language === null ? line.text.trim() : codeOf(language, line.text)) !== "");
  });
}

/** A net new sleep is refused in a test; inside a loop it is back-off and labelled. */
export const noSleeps: Gate = (diff) =>
  diff.files.flatMap((file) => {
    const language = languageOf(file.path);
    if (language === null) return [];
    const sleeps = (line: DiffLine) => language.sleep.test(codeOf(language, line.text));
    const net = linesOf(file, "+").filter(sleeps).length - linesOf(file, "-").filter(sleeps).length;
    if (net <= 0) return [];
    return file.hunks.flatMap((hunk) =>
      hunk.flatMap((line, index): GateFinding[] => {
        if (line.kind !== "+" || !sleeps(line)) return [];
        const inLoop = hunk.slice(Math.max(0, index - 8), index + 1).some((near) => startsLoop(near.text));
        const refused = !inLoop && isTestPath(file.path);
        const text = `${inLoop ? "a sleep inside a loop" : "a new sleep"}: ${line.text.trim()}`;
        return [
          { rule: "sleep", verdict: refused ? "refuse" : "label", path: file.path, line: line.line, text },
        ];
      }),
    );
  });

const startsLoop = (text: string): boolean => /^\s*(?:for|while|do|loop)\b/.test(text);
