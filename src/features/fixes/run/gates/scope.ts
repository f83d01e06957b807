import type { PathRules } from "../../model.ts";
import { type DiffFile, diffSize, linesOf, type ParsedDiff } from "./diff.ts";
import { LOCK_FILES } from "./files.ts";
import type { Gate, GateFinding } from "./finding.ts";
import { isTestPath, specOf } from "./syntax/index.ts";

const MAX_LINES = 100;
const MAX_FILES = 3;

/** A change that is too large to read at once. */
export const reviewable: Gate = ({ diff }) => {
  const { lines, files } = diffSize(diff);
  if (lines <= MAX_LINES && files <= MAX_FILES) return [];
  const text = `${lines} changed lines in ${files} files; above ${MAX_LINES} lines or ${MAX_FILES} files it should be split`;
  return [{ rule: "large-diff", verdict: "label", path: diff.files[0]?.path ?? "", line: 0, text }];
};

/** A patch that shows files in part: a reader of syntax can say less of those. */
export const wholeFiles: Gate = ({ diff }) =>
  diff.files
    .filter((file) => file.status === "modified" && specOf(file.path) !== null)
    .filter((file) => file.hunks.length > 1 || (file.hunks[0]?.[0]?.oldLine ?? 1) > 1)
    .map(({ path }) => ({
      rule: "partly-read",
      verdict: "label",
      path,
      line: 0,
      text: "only a part of the file was shown to the gates",
    }));

/** Only allowed paths, and never CI settings, git's own files, lock files, links or binaries. */
export function allowedPaths(diff: ParsedDiff, rules: PathRules): GateFinding[] {
  return diff.files.flatMap((file) => {
    const why = pathFault(file, rules);
    return why === null ? [] : [{ rule: "paths", verdict: "refuse", path: file.path, line: 0, text: why }];
  });
}

/** Whether a change is to tests alone, and to none of what no fix may change. */
export const testsOnly = (diff: ParsedDiff): boolean =>
  allowedPaths(diff, { allow: [], deny: [], product: "deny" }).length === 0;

/** What a CI obeys, beside what begins with `.git`. */
const CI_SETTINGS =
  /^(?:\.(?:circleci|buildkite|teamcity|semaphore|woodpecker|azure-pipelines|azuredevops|ci)\/|(?:\.travis|\.drone|\.cirrus|\.woodpecker|azure-pipelines|appveyor|\.appveyor|bitbucket-pipelines|cloudbuild|codemagic|\.prow)\.ya?ml$|Jenkinsfile)/i;

function pathFault(file: DiffFile, rules: PathRules): string | null {
  const named = rules.allow.some((glob) => matchesGlob(glob, file.path));
  const parts = file.path.split("/");
  if (file.path === "" || file.path.startsWith("/") || parts.includes(".."))
    return "the path leaves the repository";
  // what CI runs is run with its secrets: a glob for everything does not mean it
  const own = parts.find((part) => /^\.git/i.test(part)) ?? parts[0] ?? "";
  const meant = rules.allow.some((glob) => glob.includes(own) && matchesGlob(glob, file.path));
  if (parts.some((part) => /^\.git(?:modules|attributes)?$/i.test(part)))
    return "git's own files and CI settings stay as they are";
  if (!meant && (parts.some((part) => /^\.git/i.test(part)) || CI_SETTINGS.test(file.path)))
    return "git's own files and CI settings stay as they are";
  if ([file.oldMode, file.newMode].includes("120000")) return "symbolic links are not changed";
  if ([file.oldMode, file.newMode].includes("160000")) return "submodules are not changed";
  if (file.binary) return "binary files are not changed";
  if (file.status === "modified" && file.oldMode !== file.newMode) return "a file's mode is not changed";
  if (rules.deny.some((glob) => matchesGlob(glob, file.path))) return "the path is denied by the settings";
  if (LOCK_FILES.test(file.path) && !named) return "lock files stay as they are";
  if (rules.allow.length > 0 && !named) return "the path is not among the allowed ones";
  if (rules.product === "deny" && !isTestPath(file.path) && !isInlineTest(file) && !isLockOnly(file)) {
    return "this is product code, which only `paths.product: allow` lets a fix change";
  }
  return null;
}

/** What a line about a lock or an atomic holds. */
export const LOCK_WORDS =
  /\bsync\.|\batomic\b|\batomic\.|\bAtomic\w+|\b\w*(?:[mM]u|[mM]utex|[rR]w[lL]ock|RwLock|[lL]ock|[sS]emaphore|[cC]ondition)\b|\.R?(?:Unl|L)ock\(\)|\b(?:synchronized|volatile|withLock)\b/;

/** True when every changed line of a product file is about a lock, brackets aside. */
export function isLockOnly(file: DiffFile): boolean {
  if (specOf(file.path) === null || file.status !== "modified") return false;
  const changed = [...linesOf(file, "+"), ...linesOf(file, "-")]
    .map((line) => line.text.replace(/(?:^|\s)(?:\/\/|#(?!\[)).*$/, "").trim())
    .filter((code) => /\w/.test(code));
  return (
    changed.length > 0 && changed.every((code) => LOCK_WORDS.test(code) || /^"sync(?:\/atomic)?"$/.test(code))
  );
}

/** Tests that stand below the product's code in its own file, as Rust has them; seen where the patch shows where they begin. */
function isInlineTest(file: DiffFile): boolean {
  if (!file.path.endsWith(".rs")) return false;
  const lines = file.hunks.flat();
  const begins = lines.find((line) => line.kind === " " && /^#\[cfg\(test\)\]/.test(line.text));
  return begins !== undefined && lines.every((line) => line.kind === " " || line.newLine > begins.newLine);
}

/** A glob, or a folder or file named plainly, which means all below it. */
export function matchesGlob(glob: string, path: string): boolean {
  const plain = glob.replace(/\/+$/, "");
  if (!/[*?[{]/.test(plain)) return path === plain || path.startsWith(`${plain}/`);
  return new Bun.Glob(glob).match(path);
}
