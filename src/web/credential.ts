import type { Config } from "../config/index.ts";

/** By what the product pushes and opens pull requests, in words; never the credential itself. */
export function codeCredential({ env, github }: Config): string {
  if (github === null && env.GITHUB_APP_ID !== undefined) return `GitHub App ${env.GITHUB_APP_ID}`;
  if (env.GITHUB_CODE_TOKEN !== undefined) return "GITHUB_CODE_TOKEN";
  return github === null ? "none" : "GITHUB_TOKEN";
}
