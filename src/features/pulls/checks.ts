import { hasFailed } from "../../kernel/conclusion.ts";
import type { ForgeCheck } from "../../ports/forge.ts";
import type { Pull } from "./store.ts";

/** Names of the checks that failed. */
export const failedChecks = (checks: readonly ForgeCheck[]): string[] =>
  checks.filter(({ conclusion }) => hasFailed(conclusion)).map(({ name }) => name);

/** All checks as one word; what is still going outweighs what passed, what failed outweighs all. */
export function checksWord(checks: ForgeCheck[]): Pull["checks"] {
  if (checks.length === 0) return "none";
  if (failedChecks(checks).length > 0) return "failing";
  return checks.every((check) => check.status === "completed") ? "passing" : "pending";
}
