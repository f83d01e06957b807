import type { PastCommit } from "../../../ports/git.ts";

/** What the history of a repository says about its files. */
export interface Past {
  /** 0 to 1: how much a file was changed of late, the liveliest file being 1. */
  lively: (path: string) => number;
  /** Files that were changed together with the given ones, with 0 to 1 by how often and how lately. */
  together: (paths: readonly string[]) => Map<string, { share: number; times: number }>;
  /** Commits that name a test in their subject. */
  naming: (name: string) => PastCommit[];
}

/** A commit of many files tells little of each. */
const MAX_PATHS = 40;
/** After so many commits one counts half. */
const HALF_LIFE = 600;
const MOST_NAMED = 10;

/** Reads a history, the newest commit first. */
export function readPast(commits: readonly PastCommit[]): Past {
  const age = (at: number): number => 0.5 ** (at / HALF_LIFE);
  const heat = new Map<string, number>();
  const byPath = new Map<string, number[]>();
  commits.forEach(({ paths }, at) => {
    if (paths.length > MAX_PATHS) return;
    for (const path of paths) {
      heat.set(path, (heat.get(path) ?? 0) + age(at));
      const known = byPath.get(path);
      if (known === undefined) byPath.set(path, [at]);
      else known.push(at);
    }
  });
  const hottest = Math.max(1, ...heat.values());
  return {
    lively: (path) => Math.log1p(heat.get(path) ?? 0) / Math.log1p(hottest),
    together: (paths) => {
      const found = new Map<string, { share: number; times: number }>();
      const own = new Set(paths.flatMap((path) => byPath.get(path) ?? []));
      let all = 0;
      for (const at of own) {
        const changed = commits[at]?.paths ?? [];
        const weight = age(at) / Math.sqrt(changed.length);
        all += weight;
        for (const path of changed) {
          const known = found.get(path) ?? { share: 0, times: 0 };
          found.set(path, { share: known.share + weight, times: known.times + 1 });
        }
      }
      // one commit alone is chance: two more that say nothing are added
      for (const value of found.values()) value.share /= all + 0.5;
      for (const path of paths) found.delete(path);
      return found;
    },
    naming: (name) => {
      if (name.length < 6) return [];
      const whole = new RegExp(`(?<!\\w)${RegExp.escape(name)}(?!\\w)`);
      return commits
        .filter(({ subject, paths }) => paths.length <= MAX_PATHS && whole.test(subject))
        .slice(0, MOST_NAMED);
    },
  };
}
