import type { RepoName } from "../../kernel/ids.ts";
import { readOwners } from "../../kernel/owners-file.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import type { Forge } from "../../ports/forge.ts";
import type { Finding } from "../findings/model.ts";
import { isFor } from "./owner-pattern.ts";

/** Where GitHub looks for the file, in its order. */
const CODEOWNERS = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
/** Folders above a file in which OWNERS is looked for, the nearest first; then the root. */
const MOST_FOLDERS = 4;
const MOST_OWNERS = 20;
/** Lines above which a file is not read, and signs of a line: nobody writes so many, but somebody may have them read. */
const MOST_LINES = 5000;
const MOST_SIGNS = 2000;

/**
 * Who looks after a test's file, as a hint: by CODEOWNERS, else by the nearest OWNERS file (as Kubernetes and TiKV have
 * it). Names as they are written there, without `@`; empty where nobody is named.
 */
export async function ownersOf(
  forge: Pick<Forge, "file" | "repository">,
  finding: Pick<Finding, "repo" | "package" | "file">,
): Promise<string[]> {
  const { repo } = finding;
  const path = pathOf(finding);
  const { defaultBranch } = await forge.repository(repo);
  for (const place of CODEOWNERS) {
    const text = await forge.file(repo, place, defaultBranch);
    if (text !== null) return codeOwners(text, path ?? "").slice(0, MOST_OWNERS);
  }
  for (const folder of foldersAbove(path ?? "")) {
    const text = await forge.file(repo, `${folder}OWNERS`, defaultBranch);
    const named = text === null ? [] : owners(text);
    if (named.length > 0) return named.slice(0, MOST_OWNERS);
  }
  return [];
}

/** A finding's file from the repository's root; Go names it by package and base name. Null when it is not known. */
export function pathOf({
  repo,
  package: pack,
  file,
}: Pick<Finding, "repo" | "package" | "file">): string | null {
  const name = file?.replace(/:\d+.*$/, "").replace(/^\.?\//, "") ?? "";
  const within = `${moduleOf(repo)}/`;
  const folder = `${pack ?? ""}/`.startsWith(within) ? (pack ?? "").slice(within.length) : null;
  if (folder === null || name.includes("/")) return name === "" ? null : name;
  return [folder, name].filter((part) => part !== "").join("/") || null;
}

const moduleOf = (repo: RepoName): string => `github.com/${repo}`;

/** Owners of a path by a CODEOWNERS file: the last rule that matches counts, also when it names nobody. */
export function codeOwners(text: string, path: string): string[] {
  let found: string[] = [];
  for (const line of text.split("\n").slice(0, MOST_LINES)) {
    const [pattern, ...names] = clamp(line, MOST_SIGNS)
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    if (pattern === undefined || pattern === "" || !isFor(pattern, path)) continue;
    found = names.map((name) => clamp(name.replace(/^@/, ""), 100));
  }
  return found;
}

function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  const folders = parts.map((_, at) => `${parts.slice(0, parts.length - at).join("/")}/`);
  return [...folders.slice(0, MOST_FOLDERS), ""];
}

/** Approvers of an OWNERS file, else its reviewers. */
function owners(text: string): string[] {
  try {
    const { approvers, reviewers } = readOwners(text);
    return [...new Set(approvers.length > 0 ? approvers : reviewers)].map((name) => clamp(name, 100));
  } catch {
    return [];
  }
}
