import { repoConfig } from "../../config/index.ts";
import { hasFailed } from "../../kernel/conclusion.ts";
import type { RepoName, Sha } from "../../kernel/ids.ts";
import type { ForgeCheck } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import type { Pull } from "./store.ts";

/** The checks of a commit that tell whether its tests pass. Prow's `tide` would be pending until the merge. */
export async function checksOf(
  { config, forge }: Pick<Context, "config" | "forge">,
  repo: RepoName,
  sha: Sha,
): Promise<ForgeCheck[]> {
  const ignored = repoConfig(config, repo)?.pull.ignore_checks ?? [];
  return (await forge.checks(repo, sha)).filter(({ name }) => !ignored.includes(name));
}

/** Names of the checks that failed. */
export const failedChecks = (checks: readonly ForgeCheck[]): string[] =>
  checks.filter(({ conclusion }) => hasFailed(conclusion)).map(({ name }) => name);

/** All checks as one word; what is still going outweighs what passed, what failed outweighs all. */
export function checksWord(checks: ForgeCheck[]): Pull["checks"] {
  if (checks.length === 0) return "none";
  if (failedChecks(checks).length > 0) return "failing";
  return checks.every((check) => check.status === "completed") ? "passing" : "pending";
}
