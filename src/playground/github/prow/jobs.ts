import type { CommitStatus, Job, Repo, Run } from "../model.ts";
import { addStatus } from "../verbs/statuses.ts";
import type { World } from "../world.ts";

const BUCKET = "playground-logs";

/** Where a job's files lie: bucket and folder, as Prow lays them out. */
export const folderOf = (repo: Repo, run: Run, job: Job): string => {
  const [pull] = run.pulls;
  const place = pull === undefined ? "logs" : `pr-logs/pull/${repo.owner}_${repo.name}/${pull}`;
  return `${BUCKET}/${place}/${job.spec.name}/${job.id}`;
};

const stateOf = (job: Job): CommitStatus["state"] => {
  if (job.status !== "completed") return "pending";
  if (job.conclusion === "success") return "success";
  return job.conclusion === "failure" ? "failure" : "error";
};

/** Says on the commit how a job stands, with a link to its page. */
export const markJob = (world: World, repo: Repo, run: Run, job: Job): void => {
  const state = stateOf(job);
  addStatus(world, repo, run.actor, run.commit, {
    state,
    context: job.spec.name,
    description: state === "pending" ? "Job triggered." : `Job ended: ${state}.`,
    targetUrl: `${world.origin}/prow/view/gs/${folderOf(repo, run, job)}`,
  });
};

const STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;

/** What the job's programs said, without what Actions add. */
export const logOf = (job: Job): string =>
  job.log
    .flatMap((line) => line.split("\n"))
    .map((line) => line.replace(STAMP, ""))
    .filter((line) => !/^##\[(end)?group\]/.test(line))
    .map((line) => `${line}\n`)
    .join("");

const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000);
const RESULTS = { pending: "PENDING", success: "SUCCESS", failure: "FAILURE", error: "ABORTED" } as const;

/** The files of a job by name; those of its end only once it has ended. */
export const filesOf = (repo: Repo, run: Run, job: Job): Record<string, string> => {
  const state = stateOf(job);
  const [number] = run.pulls;
  const pulls =
    number === undefined
      ? []
      : [{ number, author: run.actor, sha: run.headSha, head_ref: run.headBranch, title: run.title }];
  const prowjob = {
    kind: "ProwJob",
    spec: {
      type: number === undefined ? "postsubmit" : "presubmit",
      job: job.spec.name,
      context: job.spec.name,
      refs: {
        org: repo.owner,
        repo: repo.name,
        base_ref: repo.defaultBranch,
        base_sha: run.checkoutSha,
        ...(pulls.length > 0 ? { pulls } : {}),
      },
    },
    status: { state: state === "error" ? "aborted" : state, build_id: String(job.id) },
  };
  const begun = {
    "started.json": JSON.stringify({ timestamp: seconds(job.startedAt) }),
    "prowjob.json": JSON.stringify(prowjob),
  };
  if (job.completedAt === null) return begun;
  const finished = {
    timestamp: seconds(job.completedAt),
    passed: state === "success",
    result: RESULTS[state],
    revision: run.headSha,
  };
  return { ...begun, "finished.json": JSON.stringify(finished), "build-log.txt": logOf(job) };
};
