import { RefusedError } from "../../kernel/errors.ts";
import { PullNumber, type RepoName, type Sha } from "../../kernel/ids.ts";
import type { Ci, CiJob, CiRun, Conclusion, RunRef } from "../../ports/ci.ts";
import type { Head, Marks } from "../../ports/marks.ts";
import {
  type Build,
  buildsOf,
  conclusionOf,
  jobId,
  linkOf,
  namedBy,
  type ProwSite,
  refOf,
} from "./builds.ts";
import { type ProwLink, parseLink } from "./link.ts";
import { createStore, Finished, ProwJob, Started, type Store, type StoreOptions } from "./store.ts";

/** Commits whose marks are asked for at the same time. */
const ABREAST = 8;

/** What Prow gives of the CI port; the forge's own CI does the rest. */
export interface Prow extends Pick<Ci, "runs" | "run" | "runOf" | "jobs" | "log"> {
  /** Whether a job is a build of it; asks nothing. */
  owns(repo: RepoName, job: CiJob): boolean;
}

interface Place {
  site: ProwSite;
  store: Store;
}

/**
 * Prow as the stages see it: found by the statuses and check runs on commits, read from its artifact store. All builds
 * of one job for one commit, reruns and batches, are attempts of one run with one job each.
 */
export function createProw(
  marks: Marks,
  sites: ReadonlyMap<RepoName, ProwSite>,
  options: StoreOptions,
): Prow {
  const places = new Map(
    [...sites].map(([repo, site]): [RepoName, Place] => [
      repo,
      { site, store: createStore(site.store, options) },
    ]),
  );
  const placeOf = (repo: RepoName): Place => {
    const place = places.get(repo);
    if (place === undefined) throw new RefusedError(`${repo} has no Prow in the settings`, 404);
    return place;
  };
  const attemptsOf = async (repo: RepoName, { address }: RunRef) => {
    const named = namedBy(address ?? "");
    const { site, store } = placeOf(repo);
    const all = named === null ? null : buildsOf(site, await marks.at(repo, named.sha));
    const builds = named === null ? undefined : all?.get(named.name);
    if (named === null || builds === undefined) throw new RefusedError(`no such run: ${address}`, 404);
    return { ...named, store, builds };
  };
  return {
    async runs(repo, { since }) {
      const place = places.get(repo);
      return {
        runs: place === undefined ? [] : await listed(marks, repo, place.site, since),
        truncated: false,
      };
    },
    async run(repo, ref) {
      const { sha, name, store, builds } = await attemptsOf(repo, ref);
      const newest = builds.at(-1);
      const spec = newest === undefined ? null : await store.json(newest.folder, "prowjob.json", ProwJob);
      return toRun(repo, headOf(sha, newest, spec), name, builds);
    },
    runOf(repo, mark) {
      const place = places.get(repo);
      if (place === undefined || linkOf(place.site, mark) === null) return null;
      return refOf(repo, mark.sha, mark.name);
    },
    async jobs(repo, ref, attempt) {
      const { store, builds } = await attemptsOf(repo, ref);
      const build = builds[attempt - 1];
      return build === undefined ? [] : [await toJob(store, ref.id, attempt, build)];
    },
    owns: (repo, job) => buildOf(places.get(repo), job) !== null,
    async log(repo, job) {
      const build = buildOf(placeOf(repo), job);
      return build === null ? null : placeOf(repo).store.log(build.folder);
    },
  };
}

/** The build that a job is, whether or not jobs of its name are still read. */
const buildOf = (place: Place | undefined, job: CiJob): ProwLink | null =>
  place === undefined ? null : parseLink(place.site.url, job.url);

async function listed(marks: Marks, repo: RepoName, site: ProwSite, since: Date): Promise<CiRun[]> {
  const heads = await marks.heads(repo, since);
  const runs: CiRun[] = [];
  for (let start = 0; start < heads.length; start += ABREAST) {
    const some = heads.slice(start, start + ABREAST);
    const found = await Promise.all(
      some.map(async (head) =>
        [...buildsOf(site, await marks.at(repo, head.sha))].map(([name, builds]) =>
          toRun(repo, head, name, builds),
        ),
      ),
    );
    runs.push(...found.flat());
  }
  return runs;
}

/** Whose commit it is, as the build's own record says; else as far as its address tells. */
function headOf(sha: Sha, build: Build | undefined, job: ProwJob | null): Head {
  const refs = job?.spec.refs;
  const pull =
    refs?.pulls.find((one) => one.sha === sha) ?? refs?.pulls.find(({ number }) => number === build?.pull);
  const number = pull?.number ?? build?.pull ?? null;
  return {
    sha,
    branch: pull?.head_ref ?? (number === null ? (refs?.base_ref ?? "") : `pull/${number}`),
    pull: number === null ? null : PullNumber.parse(number),
    author: pull?.author ?? null,
  };
}

function toRun(repo: RepoName, head: Head, name: string, builds: readonly Build[]): CiRun {
  const newest = builds.at(-1);
  const first = builds[0];
  return {
    ...refOf(repo, head.sha, name),
    attempt: builds.length,
    workflow: name,
    event: head.pull === null ? "push" : "pull_request",
    branch: head.branch,
    sha: head.sha,
    conclusion: newest === undefined ? null : conclusionOf(newest.state),
    completed: newest !== undefined,
    pull: head.pull,
    author: head.author,
    url: newest?.url ?? "",
    createdAt: first?.begun ?? new Date(0),
    updatedAt: newest?.told ?? new Date(0),
  };
}

async function toJob(store: Store, run: number, attempt: number, build: Build): Promise<CiJob> {
  const started = await store.json(build.folder, "started.json", Started);
  const finished = await store.json(build.folder, "finished.json", Finished);
  const conclusion = await endOf(store, build, finished);
  return {
    id: jobId(build),
    run,
    attempt,
    name: build.job,
    conclusion,
    startedAt: started?.timestamp ?? build.begun,
    completedAt: finished?.timestamp ?? build.told,
    url: build.url,
    // its parts run one after the other and it ends at the first that fails
    partial: conclusion !== "success",
    labels: [],
  };
}

/** Words of `finished.json` and `prowjob.json`, without case. */
const WORDS: Record<string, NonNullable<Conclusion>> = {
  success: "success",
  failure: "failure",
  aborted: "cancelled",
  error: "startup_failure",
};

/** How a build ended: by its own word, else by that of the job which ran it, else by its mark. */
async function endOf(
  store: Store,
  build: Build,
  finished: ReturnType<typeof Finished.parse> | null,
): Promise<NonNullable<Conclusion>> {
  const own = WORDS[finished?.result?.toLowerCase() ?? ""];
  if (own !== undefined) return own;
  if (finished?.passed != null) return finished.passed ? "success" : "failure";
  const job = await store.json(build.folder, "prowjob.json", ProwJob);
  return WORDS[job?.status.state ?? ""] ?? conclusionOf(build.state);
}
