/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { SOURCES, type Source } from "../../features/insights/sources.ts";

/** What an address asks for is shown as chosen, also where nothing is there. */
const withChosen = <T,>(all: readonly T[], chosen: T | null): T[] => [
  ...new Set(chosen === null ? all : [...all, chosen]),
];

/** A choice among repositories, where there are several. */
export const RepoChoice: FC<{ repos: readonly string[]; chosen: string | null }> = ({ repos, chosen }) =>
  repos.length < 2 && chosen === null ? null : (
    <select name="repo" aria-label="Repository" data-submit>
      <option value="">All repositories</option>
      {withChosen(repos, chosen).map((repo) => (
        <option value={repo} selected={repo === chosen}>
          {repo}
        </option>
      ))}
    </select>
  );

/** A choice among the ways by which findings came, where there are several. */
export const SourceChoice: FC<{ sources: readonly Source[]; chosen: Source | null }> = ({
  sources,
  chosen,
}) =>
  sources.length < 2 && chosen === null ? null : (
    <select name="source" aria-label="Source" data-submit>
      <option value="">All sources</option>
      {withChosen(sources, chosen).map((source) => (
        <option value={source} selected={source === chosen}>
          {SOURCES[source]}
        </option>
      ))}
    </select>
  );
