import type { PathRules } from "../../model.ts";
import { type DiffFile, diffSize, type ParsedDiff } from "./diff.ts";
import type { Gate, GateFinding } from "./finding.ts";
import { isLockOnly } from "./hiding.ts";
import { isTestPath } from "./languages.ts";

const MAX_LINES = 100;
const MAX_FILES = 3;
const LOCK_FILES =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|go\.sum|Cargo\.lock|poetry\.lock|Pipfile\.lock|uv\.lock|Gemfile\.lock|composer\.lock|gradle\.lockfile)$/;

/** A change that is too large to read at once. */
export const reviewable: Gate = (diff) => {
  const { lines, files } = diffSize(diff);
  if (lines <= MAX_LINES && files <= MAX_FILES) return [];
  const text = `${lines} changed lines in ${files} files; above ${MAX_LINES} lines or ${MAX_FILES} files it should be split`;
  return [{ rule: "large-diff", verdict: "label", path: diff.files[0]?.path ?? "", line: 0, text }];
};

/** Only allowed paths, and never CI settings, git's own files, lock files, links or binaries. */
export function allowedPaths(diff: ParsedDiff, rules: PathRules): GateFinding[] {
  return diff.files.flatMap((file) => {
    const why = pathFault(file, rules);
    return why === null ? [] : [{ rule: "paths", verdict: "refuse", path: file.path, line: 0, text: why }];
  });
}

function pathFault(file: DiffFile, rules: PathRules): string | null {
  const named = rules.allow.some((glob) => matchesGlob(glob, file.path));
  const parts = file.path.split("/");
  if (file.path === "" || file.path.startsWith("/") || parts.includes(".."))
    return "the path leaves the repository";
  if (parts.some((part) => /^\.git/i.test(part))) return "git's own files and CI settings stay as they are";
  if ([file.oldMode, file.newMode].includes("120000")) return "symbolic links are not changed";
  if ([file.oldMode, file.newMode].includes("160000")) return "submodules are not changed";
  if (file.binary) return "binary files are not changed";
  if (file.status === "modified" && file.oldMode !== file.newMode) return "a file's mode is not changed";
  if (rules.deny.some((glob) => matchesGlob(glob, file.path))) return "the path is denied by the settings";
  if (LOCK_FILES.test(file.path) && !named) return "lock files stay as they are";
  if (rules.allow.length > 0 && !named) return "the path is not among the allowed ones";
  if (rules.product === "deny" && !isTestPath(file.path) && !isLockOnly(file)) {
    return "this is product code, which only `paths.product: allow` lets a fix change";
  }
  return null;
}

/** A glob, or a folder or file named plainly, which means all below it. */
export function matchesGlob(glob: string, path: string): boolean {
  const plain = glob.replace(/\/+$/, "");
  if (!/[*?[{]/.test(plain)) return path === plain || path.startsWith(`${plain}/`);
  return new Bun.Glob(glob).match(path);
}
