import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { extractText } from "../../features/failures/extract/engine.ts";
import type { FixResult } from "../../features/fixes/model.ts";
import { type FixDeps, runFix } from "../../features/fixes/run/index.ts";
import { inputOfTask, parseTaskFile, type TaskFile } from "../../features/fixes/run/task-file.ts";
import { errorText, UserError } from "../../kernel/errors.ts";

const AUTHOR = { name: "flaky-test-cleaner", email: "flaky-test-cleaner@users.noreply.github.com" };

export interface TaskRunDeps extends Omit<FixDeps, "artifactsDir" | "onPhase" | "failedTests"> {
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
 * `task run FILE.yaml… [--repo-dir DIR] [--artifacts DIR] [--jobs N]`. Prints one JSON line a task; gives the exit
 * code: 0 all done, 1 one failed, 2 one done with risk. Throws UserError on wrong arguments and wrong task files.
 */
export async function taskRun(argv: string[], deps: TaskRunDeps): Promise<0 | 1 | 2> {
  const args = await parse(argv, deps.cwd);
  const tasks = await Promise.all(
    args.files.map(async (file) => parseTaskFile(file, await readFile(file, "utf8"))),
  );
  const twice = tasks.find((task, index) => tasks.findIndex((other) => other.id === task.id) !== index);
  if (twice !== undefined) throw new UserError(`two of the tasks have the id ${twice.id}`);
  const remote = tasks.find((task) => task.publish !== "none");
  if (remote !== undefined) {
    throw new UserError(
      `${remote.id}: publish ${remote.publish} needs the service; with publish: none the branch stays in --repo-dir`,
    );
  }
  const queue = [...tasks];
  const codes: (0 | 1 | 2)[] = [];
  const worker = async () => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      codes.push(await runOne(task, args, deps));
    }
  };
  await Promise.all(Array.from({ length: args.jobs }, worker));
  if (codes.includes(1)) return 1;
  return codes.includes(2) ? 2 : 0;
}

async function parse(argv: string[], cwd: string): Promise<Arguments> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      "repo-dir": { type: "string", default: "." },
      artifacts: { type: "string", default: "artifacts" },
      jobs: { type: "string", default: "1" },
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
  const there = await deps.git.remoteHead({ url: args.repoDir, branch: task.branch });
  if (there !== null) {
    deps.err(`${task.id}: the branch ${task.branch} exists already in ${args.repoDir}`);
    return 1;
  }
  const result = await runFix(inputOfTask(task, args.repoDir), {
    ...deps,
    artifactsDir: args.artifactsDir,
    failedTests,
    onPhase: async (phase, detail) => deps.err(`${task.id}: ${phase} ${detail}`),
  }).catch((error: unknown) => {
    deps.err(`${task.id}: ${errorText(error)}`);
    return null;
  });
  if (result === null) return 1;
  const head = await leaveBranch(task, result, args, deps);
  const status = { ...result.status, head_sha: head };
  await writeFile(join(args.artifactsDir, task.id, "status.json"), `${JSON.stringify(status, null, 2)}\n`);
  deps.out(JSON.stringify({ id: task.id, outcome: status.outcome, reason: status.reason, head_sha: head }));
  return status.exit_code;
}

function failedTests(output: string): string[] | null {
  const names = extractText(output, { repo: "" }).failures.flatMap((failure) =>
    failure.retried_ok === true ? [] : [failure.test],
  );
  return names.length === 0 ? null : names;
}

/** Commits the patch in a clone of its own and puts the branch into the repository, whose checkout stays as it is. */
async function leaveBranch(
  task: TaskFile,
  result: FixResult,
  args: Arguments,
  deps: TaskRunDeps,
): Promise<string | null> {
  const { patch, baseSha, commitMessage } = result;
  if (patch === null || patch === "" || baseSha === null) return null;
  const dir = join(deps.workDir, `${task.id}-branch`);
  try {
    await deps.git.checkoutLocal({ source: args.repoDir, ref: baseSha, dir });
    const at = deps.clock.now();
    const sha = await deps.git.commitPatch({ dir, patch, message: commitMessage, author: AUTHOR, at });
    await deps.git.push({ dir, pushUrl: args.repoDir, branch: task.branch, sha, expect: null });
    return sha;
  } finally {
    await rm(dir, { recursive: true, force: true });
    await rm(`${dir}.git`, { recursive: true, force: true });
  }
}
