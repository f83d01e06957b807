import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { failedTests } from "../../features/failures/failed-tests.ts";
import { type FixResult, TaskStatus } from "../../features/fixes/model.ts";
import { dashboard } from "../../features/fixes/run/dashboard.ts";
import { type FixDeps, runFix } from "../../features/fixes/run/index.ts";
import { inputOfTask, parseTaskFile, type TaskFile } from "../../features/fixes/run/task-file.ts";
import { readArgs } from "../../kernel/args.ts";
import { errorText, RefusedError, TransientError, UserError } from "../../kernel/errors.ts";
import { fromJson } from "../../kernel/json.ts";
import { redact } from "../../kernel/text/redact.ts";
import { type Published, publishFailure, publishResult, type TaskRemote } from "./task-publish.ts";

export interface TaskRunDeps extends Omit<FixDeps, "artifactsDir" | "onPhase" | "failedTests"> {
  /** Where branches go that do not stay in the folder. Throws UserError naming what is missing for it. */
  remoteOf: (repoDir: string, pull: boolean) => Promise<TaskRemote>;
  /** Folder that relative paths start from. */
  cwd: string;
  /** Writes one line of results. */
  out: (line: string) => void;
  /** Writes one line of progress or complaint. */
  err: (line: string) => void;
}

interface Arguments {
  files: string[];
  repoDir: string;
  artifactsDir: string;
  jobs: number;
}

/**
 * `task run FILE.yaml… [--repo-dir DIR] [--artifacts DIR] [--jobs N] [--sandbox KIND]`. Prints one JSON line a task; gives the exit
 * code: 0 all done, 1 one failed, 2 one done with risk. Throws UserError on wrong arguments and wrong task files.
 */
export async function taskRun(argv: string[], deps: TaskRunDeps): Promise<0 | 1 | 2> {
  const args = await parse(argv, deps.cwd);
  const tasks = await Promise.all(
    args.files.map(async (file) => parseTaskFile(file, await readFile(file, "utf8"))),
  );
  const twice = tasks.find((task, index) => tasks.findIndex((other) => other.id === task.id) !== index);
  if (twice !== undefined) throw new UserError(`two of the tasks have the id ${twice.id}`);
  // what is missing for publishing is said before any work
  for (const task of tasks) await remoteFor(task, args, deps);
  const queue = [...tasks];
  const codes: (0 | 1 | 2)[] = [];
  const worker = async () => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      codes.push(await runOne(task, args, deps));
    }
  };
  await Promise.all(Array.from({ length: args.jobs }, worker));
  await writeDashboard(args.artifactsDir);
  if (codes.includes(1)) return 1;
  return codes.includes(2) ? 2 : 0;
}

async function parse(argv: string[], cwd: string): Promise<Arguments> {
  const { values, positionals } = readArgs({
    args: argv,
    allowPositionals: true,
    options: {
      "repo-dir": { type: "string", default: "." },
      artifacts: { type: "string", default: "artifacts" },
      jobs: { type: "string", default: "1" },
      // read by whoever calls, since it decides on the sandbox
      sandbox: { type: "string" },
    },
  });
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    throw new UserError("--jobs takes a number from 1 to 64");
  if (positionals.length === 0) throw new UserError("task run needs a FILE.yaml or a folder of them");
  const files = (await Promise.all(positionals.map((path) => taskFiles(resolve(cwd, path))))).flat();
  if (files.length === 0) throw new UserError("there is no .yaml file in that folder");
  return {
    files,
    jobs,
    repoDir: resolve(cwd, values["repo-dir"]),
    artifactsDir: resolve(cwd, values.artifacts),
  };
}

async function taskFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UserError(`there is no file ${path}`);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

async function runOne(task: TaskFile, args: Arguments, deps: TaskRunDeps): Promise<0 | 1 | 2> {
  const remote = await remoteFor(task, args, deps);
  const there = await deps.git.remoteHead({ url: remote.pushUrl, branch: task.branch });
  if (there !== null) {
    const where = task.publish === "none" ? args.repoDir : "origin";
    deps.err(`${task.id}: the branch ${task.branch} exists already in ${where}`);
    return 1;
  }
  const result = await patiently(task, deps, () =>
    runFix(inputOfTask(task, args.repoDir), {
      ...deps,
      artifactsDir: args.artifactsDir,
      failedTests,
      onPhase: async (phase, detail) => deps.err(`${task.id}: ${phase} ${detail}`),
    }),
  );
  if (result === null) return 1;
  const { published, fault } = await publish(task, result, args, remote, deps);
  const code = fault === null ? result.status.exit_code : 1;
  const status: TaskStatus = {
    ...result.status,
    head_sha: published.head,
    pr_url: published.url,
    exit_code: code,
    ...(fault === null ? {} : { outcome: "failed" as const, reason: `publish_failed: ${fault}` }),
  };
  await writeFile(join(args.artifactsDir, task.id, "status.json"), `${JSON.stringify(status, null, 2)}\n`);
  const { outcome, reason, head_sha, pr_url } = status;
  deps.out(JSON.stringify({ id: task.id, outcome, reason, head_sha, pr_url }));
  return code;
}

/** The branch stays in the folder itself, or goes to its origin, with a pull request or without. */
async function remoteFor(task: TaskFile, args: Arguments, deps: TaskRunDeps): Promise<TaskRemote> {
  if (task.publish === "none") return { pushUrl: args.repoDir, openPull: null };
  return await deps.remoteOf(args.repoDir, task.publish === "pull");
}

async function publish(
  task: TaskFile,
  result: FixResult,
  args: Arguments,
  remote: TaskRemote,
  deps: TaskRunDeps,
): Promise<{ published: Published; fault: string | null }> {
  const nothing = { head: null, url: null };
  try {
    if (result.patch !== null) {
      const published = await publishResult(task, result, args.repoDir, remote, deps);
      return { published, fault: null };
    }
    const { failure } = result;
    if (failure === null || !task.failure_pr) return { published: nothing, fault: null };
    const { url } = await publishFailure(task, { ...result, failure }, args.repoDir, remote, deps);
    return { published: { head: null, url }, fault: null };
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof TransientError)) throw error;
    deps.err(`${task.id}: ${errorText(error)}`);
    return { published: nothing, fault: redact(errorText(error)) };
  }
}

const NETWORK_TRIES = 3;
const NETWORK_PAUSE_MS = 2000;

/** Only a fault of the network is tried again by itself; nothing was published yet. */
async function patiently<T>(task: TaskFile, deps: TaskRunDeps, work: () => Promise<T>): Promise<T | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      deps.err(`${task.id}: ${errorText(error)}`);
      if (!(error instanceof TransientError) || attempt === NETWORK_TRIES || deps.signal.aborted) return null;
      await deps.clock.sleep(NETWORK_PAUSE_MS * attempt, deps.signal).catch(() => undefined);
    }
  }
}

/** `dashboard.md` over every task whose status lies in the folder, those of earlier runs included. */
async function writeDashboard(artifactsDir: string): Promise<void> {
  const names = await readdir(artifactsDir).catch(() => []);
  const statuses: TaskStatus[] = [];
  for (const name of names) {
    const text = await readFile(join(artifactsDir, name, "status.json"), "utf8").catch(() => null);
    const status = text === null ? null : TaskStatus.safeParse(fromJson(text));
    if (status?.success) statuses.push(status.data);
  }
  if (statuses.length > 0) await writeFile(join(artifactsDir, "dashboard.md"), dashboard(statuses));
}
