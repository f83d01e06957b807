import { plural } from "../../kernel/text/figures.ts";
import { bothWays, type Commit } from "./commits.ts";

const minute = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
const short = (sha: string) => sha.slice(0, 8);
const sum = (commits: readonly Commit[], of: (commit: Commit) => number) =>
  commits.reduce((total, commit) => total + of(commit), 0);
const different = (values: readonly (string | null)[]) =>
  [...new Set(values)].filter((value) => value !== null);

/** Reads `2 pull requests of 2 authors and 1 commit of main`. */
export function sayPlaces(failing: readonly Commit[], defaultBranch: string): string {
  const pulls = different(failing.map(({ line }) => (line?.startsWith("#") ? line : null)));
  const authors = different(failing.map(({ line, author }) => (line?.startsWith("#") ? author : null)));
  const branches = different(failing.map(({ line }) => (line?.startsWith("#") ? null : line)));
  const main = different(failing.map(({ line, sha }) => (line === null ? sha : null)));
  const by = authors.length === 0 ? "" : ` of ${plural(authors.length, "author")}`;
  const parts = [
    pulls.length === 0 ? null : `${plural(pulls.length, "pull request")}${by}`,
    main.length === 0 ? null : `${plural(main.length, "commit")} of ${defaultBranch}`,
    branches.length === 0 ? null : plural(branches.length, "other branch", "other branches"),
  ];
  return parts.filter((part) => part !== null).join(" and ");
}

/** Failures beside passes of the same job: how many of how many, and where. */
export function saySpread(commits: readonly Commit[], defaultBranch: string): string {
  const failing = commits.filter((commit) => commit.failed > 0);
  const failed = sum(failing, (commit) => commit.failed);
  const all = failed + sum(commits, (commit) => commit.passed + commit.spared);
  return `It failed in ${failed} of ${plural(all, "comparable run")}, in ${sayPlaces(failing, defaultBranch)}.`;
}

/** Windows of time in which nobody's run of the job passed the test. */
export function sayBrokenBranch(walls: readonly Commit[][], failing: number, defaultBranch: string): string {
  const within = walls.reduce((total, wall) => total + wall.length, 0);
  const longest = walls.reduce((most, wall) => (wall.length > most.length ? wall : most), []);
  const times = longest.map((commit) => commit.at);
  const [from, to] = [Math.min(...times), Math.max(...times)].map(minute);
  return (
    `${within} of ${plural(failing, "failing commit")} came in a row with no pass between, whoever ran it ` +
    `(${sayPlaces(longest, defaultBranch)}, ${from} to ${to} UTC): the branch was broken.`
  );
}

/** Fails in one pull request alone. */
export function sayOnePull(failing: readonly Commit[]): string {
  const failed = sum(failing, (commit) => commit.failed);
  return `It failed only in ${failing[0]?.line?.startsWith("#") ? "pull request " : ""}${failing[0]?.line ?? "one line of work"}, ${plural(failed, "time")}.`;
}

/** Reruns of one commit that failed again. */
export function sayFailsAgain(commits: readonly Commit[]): string {
  const reruns = sum(commits, (commit) => commit.failed - 1);
  return `Rerun at the same commit it failed again, ${plural(reruns, "time")}.`;
}

/** Commits at which the job went both ways. */
export function saySameCommit(commits: readonly Commit[]): string {
  const both = commits.filter(bothWays);
  const shas = different(both.map((commit) => commit.sha));
  return `The same job failed with it and passed it at ${plural(shas.length, "commit")} (${shas.slice(0, 3).map(short).join(", ")}).`;
}

/** Retries within one job that passed. */
export function sayRetried(commits: readonly Commit[]): string {
  const times = sum(commits, (commit) => commit.retriedOk);
  return `The test failed and then passed on retry within one job, ${plural(times, "time")}.`;
}
