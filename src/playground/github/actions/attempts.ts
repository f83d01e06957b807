import { emit } from "../announce.ts";
import { HttpError } from "../http.ts";
import type { Attempt, Job, JobSpec, Repo, Run } from "../model.ts";
import { isProw } from "../prow/folder.ts";
import { runShape } from "../shapes/run.ts";
import type { World } from "../world.ts";
import { latest } from "./latest.ts";

const newJob = (world: World, runId: number, attempt: number, spec: JobSpec): Job => {
  const now = world.now();
  return {
    id: world.nextId(),
    runId,
    attempt,
    spec,
    status: "queued",
    conclusion: null,
    createdAt: now,
    startedAt: now,
    completedAt: null,
    steps: [],
    log: [],
  };
};

/** An attempt in which every one of `specs` is yet to run. */
export const newAttempt = (
  world: World,
  runId: number,
  number: number,
  actor: string,
  specs: JobSpec[],
): Attempt => ({
  number,
  status: "queued",
  conclusion: null,
  startedAt: world.now(),
  updatedAt: world.now(),
  actor,
  jobs: specs.map((spec) => newJob(world, runId, number, spec)),
  cancelled: false,
});

const passed = (job: Job): boolean => job.conclusion === "success" || job.conclusion === "skipped";

/** Starts the next attempt of a finished run. Jobs that `again` does not pick are carried over under new ids. */
export const rerun = (
  world: World,
  repo: Repo,
  run: Run,
  actor: string,
  again: (job: Job) => boolean = () => true,
): void => {
  const before = latest(run);
  if (before.status !== "completed") throw new HttpError(403, "This workflow run is already running");
  const keys = withDependents(before.jobs, new Set(before.jobs.filter(again).map((job) => job.spec.key)));
  const isAgain = (job: Job) =>
    again(job) || (keys.has(job.spec.key) && job.spec.needs.some((need) => keys.has(need)));
  const attempt = newAttempt(world, run.id, before.number + 1, actor, []);
  attempt.jobs = before.jobs.map((job) =>
    isAgain(job)
      ? newJob(world, run.id, attempt.number, job.spec)
      : { ...job, id: world.nextId(), attempt: attempt.number },
  );
  run.attempts.push(attempt);
  if (!isProw(run))
    emit(world, repo, actor, "workflow_run", {
      action: "requested",
      workflow_run: runShape(world, repo, run),
    });
  world.jobs?.enqueue(repo, run, attempt);
};

const withDependents = (jobs: Job[], keys: Set<string>): Set<string> => {
  const grown = new Set(keys);
  for (const { spec } of jobs) if (spec.needs.some((need) => keys.has(need))) grown.add(spec.key);
  return grown.size === keys.size ? grown : withDependents(jobs, grown);
};

/** Runs the jobs again that did not pass. */
export const rerunFailed = (world: World, repo: Repo, run: Run, actor: string): void =>
  rerun(world, repo, run, actor, (job) => !passed(job));

/** What an attempt comes to, once all its jobs are through. */
export const conclusionOf = (attempt: Attempt): NonNullable<Attempt["conclusion"]> => {
  if (attempt.jobs.length === 0) return "failure";
  if (attempt.cancelled || attempt.jobs.some((job) => job.conclusion === "cancelled")) return "cancelled";
  return attempt.jobs.every(passed) ? "success" : "failure";
};
