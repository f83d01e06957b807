import type { DiffLine } from "../diff.ts";
import { RUNNER_FILES } from "../files.ts";
import type { Gate, GateFinding } from "../finding.ts";
import { LOCK_WORDS } from "../scope.ts";
import type { FileFacts } from "../syntax/read.ts";

/** Code that is no test: a lock or an order of access needs the race detector, anything else a change of its own. */
export const productCode: Gate = (change) =>
  change.files.flatMap((file): GateFinding[] => {
    if (file.test || RUNNER_FILES.test(file.path)) return [];
    const lines = change.diff.files.find((each) => each.path === file.path)?.hunks.flat() ?? [];
    const changed = lines.filter((line) => line.kind !== " " && isCode(line.text) && !isInTests(file, line));
    const first = changed[0];
    if (first === undefined) return [];
    const hook = changed.find((line) => line.kind === "+" && HOOK.test(line.text));
    const lock = changed.some((line) => LOCK_WORDS.test(line.text));
    const text =
      hook !== undefined
        ? `product code has a part for tests: ${hook.text.trim().slice(0, 100)}`
        : lock
          ? "product code changed: a lock or an order of access; run the race detector before and after"
          : "product code changed: it needs a regression test and a reviewer of its own";
    return [{ rule: "product-code", verdict: "label", path: file.path, line: (hook ?? first).line, text }];
  });

const HOOK =
  /ForTest|for_test|testing\.Testing|failpoint\.|VisibleForTesting|cfg\((?:not\()?test|NODE_ENV|PYTEST|JEST_|VITEST|"pytest"|'pytest'|_test_hook|testHook|IS_TEST|test\.v\b/;
const isCode = (text: string): boolean => /\w/.test(text.replace(/^\s*(?:\/\/|#(?![[!])|\/?\*).*$/, ""));

function isInTests(file: FileFacts, line: DiffLine): boolean {
  const [ranges, at] =
    line.kind === "-" ? [file.testLines.before, line.oldLine] : [file.testLines.after, line.newLine];
  return ranges.some(([from, to]) => at >= from && at <= to);
}
