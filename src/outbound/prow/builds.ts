import { Sha } from "../../kernel/ids.ts";
import { prowNumber } from "../../kernel/run-number.ts";
import type { Conclusion, RunRef } from "../../ports/ci.ts";
import type { Mark } from "../../ports/marks.ts";
import { compareBuilds, type ProwLink, parseLink } from "./link.ts";

/** Where a repository's Prow is, and what of it is read. */
export interface ProwSite {
  /** Address of Deck, which the links of statuses begin with; no slash at the end. */
  url: string;
  /** Address that the buckets of artifacts lie under; no slash at the end. */
  store: string;
  /** Globs for contexts; empty for all. */
  jobs: readonly string[];
}

/** One build of a job, with the newest that its marks say of it. */
export interface Build extends ProwLink {
  url: string;
  state: Mark["state"];
  begun: Date;
  told: Date;
}

/** Number of a build's job. */
export const jobId = (build: Pick<Build, "folder">): number => prowNumber(`build ${build.folder}`);

/** All builds of a job for one commit are attempts of one run. */
export function refOf(repo: string, sha: Sha, name: string): RunRef {
  const address = `${sha}/${name}`;
  return { id: prowNumber(`run ${repo}@${address}`), address };
}

/** What an address of `refOf` names; null when it is none. */
export function namedBy(address: string): { sha: Sha; name: string } | null {
  const slash = address.indexOf("/");
  const sha = Sha.safeParse(address.slice(0, slash));
  return sha.success ? { sha: sha.data, name: address.slice(slash + 1) } : null;
}

/** The build that a mark is of; null when it is not of this Prow, or of a job that is not read. */
export function linkOf(site: ProwSite, mark: Pick<Mark, "name" | "url">): ProwLink | null {
  const wanted = site.jobs.length === 0 || site.jobs.some((glob) => new Bun.Glob(glob).match(mark.name));
  return wanted && mark.name.length <= 300 ? parseLink(site.url, mark.url) : null;
}

/**
 * The builds that ended of each job of a commit, in the order in which they were first told of: one that is told of
 * late comes last, so that the number of an attempt stays what it was. One that is still marked as
 * pending though a later one exists was given up: nobody marks it any more.
 */
export function buildsOf(site: ProwSite, marks: readonly Mark[]): Map<string, Build[]> {
  const jobs = new Map<string, Map<string, Build>>();
  for (const mark of marks) {
    const link = linkOf(site, mark);
    if (link === null) continue;
    const builds = jobs.get(mark.name) ?? new Map<string, Build>();
    jobs.set(mark.name, builds);
    const known = builds.get(link.build);
    const open = mark.state === "pending" && known !== undefined;
    builds.set(link.build, {
      ...link,
      url: mark.url,
      state: open ? known.state : mark.state,
      begun: known?.begun ?? mark.at,
      told: mark.at,
    });
  }
  return new Map([...jobs].map(([name, builds]) => [name, ended([...builds.values()])]));
}

function ended(builds: Build[]): Build[] {
  const sorted = builds.sort(
    (a, b) => a.begun.getTime() - b.begun.getTime() || compareBuilds(a.build, b.build),
  );
  return sorted.at(-1)?.state === "pending" ? sorted.slice(0, -1) : sorted;
}

const CONCLUSIONS = {
  success: "success",
  failure: "failure",
  error: "cancelled",
  pending: "cancelled",
} as const satisfies Record<Mark["state"], Conclusion>;

/** What a mark's word means. */
export const conclusionOf = (state: Mark["state"]): NonNullable<Conclusion> => CONCLUSIONS[state];
