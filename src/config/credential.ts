import { type Config, forgeOf, type RepoConfig } from "./index.ts";

/** By what the product pushes and opens pull requests of a repository, in words; never the credential itself. */
export function codeCredential(config: Config, repo: RepoConfig): string {
  const { env, github } = config;
  if (forgeOf(config, repo) === "gitea") return "GITEA_TOKEN";
  if (github === null && env.GITHUB_APP_ID !== undefined) return `GitHub App ${env.GITHUB_APP_ID}`;
  if (env.GITHUB_CODE_TOKEN !== undefined) return "GITHUB_CODE_TOKEN";
  return github === null ? "none" : "GITHUB_TOKEN";
}
