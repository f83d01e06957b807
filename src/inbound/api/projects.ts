import type { Config } from "../../config/index.ts";
import type { RepoName } from "../../kernel/ids.ts";

/** The scanned repository that a name means: its own, the one written to, or one of its projects. */
export function repoOfProject(config: Config, name: string): RepoName | null {
  const found = config.file.repos.find(
    (repo) => repo.source === name || repo.write === name || repo.projects.includes(name),
  );
  return found?.source ?? null;
}
