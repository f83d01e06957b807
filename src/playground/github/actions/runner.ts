import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Conclusion, Job, Repo, Run, StepSpec, StepState } from "../model.ts";
import type { World } from "../world.ts";
import { JobLog, preamble } from "./job-log.ts";
import { runStep, type Workspace } from "./steps.ts";

/** Runs a job's steps in the fresh folder of a runner, which is gone afterwards, and keeps the log. */
export const runJob = async (
  world: World,
  repo: Repo,
  run: Run,
  job: Job,
  slot: number,
  cancel: AbortSignal,
): Promise<Conclusion> => {
  // One folder for each runner, as on GitHub: a log's paths don't differ from run to run.
  const root = join(world.options.dir, `runner-${slot}`);
  const workspace: Workspace = {
    root,
    folder: join(root, "work", repo.name, repo.name),
    home: join(root, "home"),
    temp: join(root, "temp"),
  };
  const log = new JobLog(job.log, world.options.clock);
  // Programs live in the machine's time, whatever clock a test has set.
  const timeout = AbortSignal.timeout(job.spec.timeoutMinutes * 60_000);
  try {
    await rm(root, { recursive: true, force: true });
    await Promise.all(
      [workspace.folder, workspace.home, workspace.temp].map((dir) => mkdir(dir, { recursive: true })),
    );
    job.steps = stepStates(job.spec.steps);
    const failed = await runSteps(world, repo, run, job, workspace, log, AbortSignal.any([cancel, timeout]));
    log.write("Cleaning up orphan processes");
    if (cancel.aborted) return "cancelled";
    return timeout.aborted || failed ? "failure" : "success";
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

const stepStates = (steps: StepSpec[]): StepState[] =>
  ["Set up job", ...steps.map(titleOf), "Complete job"].map((name, index) => ({
    number: index + 1,
    name,
    status: "queued",
    conclusion: null,
    startedAt: null,
    completedAt: null,
  }));

/** How a step is called in lists and logs. */
export const titleOf = (step: StepSpec): string =>
  step.name ?? `Run ${step.uses ?? step.run?.trim().split("\n")[0] ?? ""}`;

const begin = (world: World, state: StepState | undefined): void => {
  if (!state) return;
  state.status = "in_progress";
  state.startedAt = world.now();
  world.changed();
};

const end = (world: World, state: StepState | undefined, conclusion: Conclusion): void => {
  if (!state) return;
  state.status = "completed";
  state.conclusion = conclusion;
  state.completedAt = world.now();
  world.changed();
};

const shouldRun = (step: StepSpec, failed: boolean): boolean => {
  const condition = step.condition?.replace(/^\$\{\{|\}\}$/g, "").trim() ?? "success()";
  if (condition === "always()" || condition === "!cancelled()") return true;
  return condition === "failure()" ? failed : !failed;
};

const runSteps = async (
  world: World,
  repo: Repo,
  run: Run,
  job: Job,
  workspace: Workspace,
  log: JobLog,
  signal: AbortSignal,
): Promise<boolean> => {
  const actions = job.spec.steps.flatMap((step) => step.uses ?? []);
  begin(world, job.steps[0]);
  log.write(preamble(job.spec.runsOn, actions, job.spec.name));
  end(world, job.steps[0], "success");
  let failed = false;
  for (const [index, step] of job.spec.steps.entries()) {
    const state = job.steps[index + 1];
    if (signal.aborted || !shouldRun(step, failed)) {
      end(world, state, signal.aborted ? "cancelled" : "skipped");
      continue;
    }
    begin(world, state);
    const ok = await runStep({ world, repo, run, job, step, workspace, log, signal });
    end(world, state, ok ? "success" : signal.aborted ? "cancelled" : "failure");
    failed ||= !ok && !step.continueOnError;
  }
  if (signal.aborted) log.write("##[error]The operation was canceled.");
  end(world, job.steps.at(-1), "success");
  return failed;
};
