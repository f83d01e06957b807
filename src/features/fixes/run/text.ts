import { type DiffLine, type ParsedDiff, parseDiff, testsOnly } from "./gates/index.ts";

/** A claim to have changed a file: the verb, and the path right behind it. A helper may be named in other ways. */
const CHANGED =
  /\b(?:changes?|changed|edits?|edited|modif(?:y|ies|ied)|updates?|updated|rewrites?|mends?|deletes?|removes?|renames?)\s+(?:the\s+)?(?:file\s+)?[`"']?((?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:go|[cm]?[jt]sx?|py|java|kt|rs|rb|cc?|cpp|h|cs|sh|ya?ml|json|toml))\b/gi;

/** A claim to use, wait for or take out a piece of code, which is then quoted. */
const USES =
  /\b(?:adds?|calls?|uses?|awaits?|waits? (?:for|on|until)|polls?|takes|removes?|replaces?|drops?)\s+(?:the\s+|a\s+|an\s+)?`([^`\n]{1,200})`/gi;

/** What may be said to have gone, and what its lines hold. */
const GONE: readonly [RegExp, RegExp][] = [
  [
    /\b(?:removes?|drops?|replaces?)\s+(?:the\s+|a\s+)?(?:fixed\s+|bare\s+|blind\s+)?(?:sleeps?|delays?|pauses?)\b/i,
    /sleep|delay|pause|setTimeout|time\.After|waitFor|wait\b|parkNanos|Tick\b/i,
  ],
  [
    /\b(?:removes?|drops?)\s+(?:the\s+|a\s+)?(?:skips?|retry|retries)\b/i,
    /skip|ignore|disabled|todo|xfail|retr|rerun|flaky|attempt/i,
  ],
];

const SAME_ASSERTIONS =
  /\b(?:no assertions? (?:is|was|are|were)? ?(?:changed|weakened|removed|touched)|assertions? (?:stay|stays|remain|remains|is|are) (?:the same|unchanged|untouched))\b/i;
const ASSERTS = /\b(?:expect|assert\w*|require|should|verify)\b\s*[.!(]/;

/**
 * What a description of a change says that the change does not do: files it says were changed and that are not in it,
 * code it says is used and that stands nowhere in it, or tests alone where product code changes. One sentence each;
 * none where the two agree as far as can be told.
 */
export function textFaults(said: string, patch: string): string[] {
  const diff = parseDiff(patch);
  const faults = [...said.matchAll(CHANGED)]
    .map((match) => match[1] ?? "")
    .filter((path) => !diff.files.some((file) => file.path === path || file.path.endsWith(`/${path}`)))
    .map((path) => `the text says that ${path} is changed, which the change does not touch`);
  if (!testsOnly(diff) && /\b(?:only (?:the )?tests?|tests? only|no product code)\b/i.test(said))
    faults.push("the text says that only tests change, but product code does");
  return [...new Set([...faults, ...codeFaults(said, diff)])];
}

function codeFaults(said: string, diff: ParsedDiff): string[] {
  const lines = diff.files.flatMap((file) => file.hunks.flat());
  const removed = lines.filter((line) => line.kind === "-");
  const missing = [...said.matchAll(USES)]
    .map((match) => match[1] ?? "")
    .filter((code) => !holds(lines, diff, code));
  const faults = missing.map((code) => `the text tells of \`${code}\`, which stands nowhere in the change`);
  for (const [claim, sign] of GONE) {
    const words = claim.exec(said)?.[0];
    if (words !== undefined && !removed.some((line) => sign.test(line.text)))
      faults.push(`the text says "${words}", but no such line is taken out`);
  }
  if (SAME_ASSERTIONS.test(said) && removed.some((line) => ASSERTS.test(line.text)))
    faults.push("the text says that no assertion changes, but one does");
  return faults;
}

/** True when any name of the quoted code stands in the lines of the change, or is a part of its paths. */
function holds(lines: readonly DiffLine[], diff: ParsedDiff, code: string): boolean {
  const names = code.match(/[A-Za-z_]\w+/g) ?? [];
  if (names.length === 0) return true;
  const all = lines.map((line) => line.text).join("\n");
  return names.some((name) => all.includes(name) || diff.files.some((file) => file.path.includes(name)));
}
