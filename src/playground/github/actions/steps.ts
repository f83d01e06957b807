import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shellWord } from "../../../kernel/text/shell.ts";
import type { Job, Repo, Run, StepSpec } from "../model.ts";
import type { World } from "../world.ts";
import type { JobLog } from "./job-log.ts";
import { fill } from "./matrix.ts";
import { runGroup } from "./process.ts";

/** The folders of one job. */
export interface Workspace {
  root: string;
  folder: string;
  home: string;
  temp: string;
}

interface StepContext {
  world: World;
  repo: Repo;
  run: Run;
  job: Job;
  step: StepSpec;
  workspace: Workspace;
  log: JobLog;
  signal: AbortSignal;
}

/** Runs one step; false when it failed. Actions other than checkout are named in the log and skipped. */
export const runStep = async (context: StepContext): Promise<boolean> => {
  const { step, log } = context;
  if (step.run !== null) return script(context, step.run);
  const action = step.uses ?? "";
  log.group(`Run ${action}`, withLines(step));
  if (/^actions\/checkout@/.test(action)) return checkout(context);
  log.write(`The playground has no action ${action}; this step does nothing.`);
  return true;
};

const withLines = (step: StepSpec): string[] => {
  const entries = Object.entries(step.with);
  return entries.length > 0 ? ["with:", ...entries.map(([name, value]) => `  ${name}: ${value}`)] : [];
};

const checkout = async ({
  world,
  repo,
  run,
  step,
  workspace,
  log,
  signal,
}: StepContext): Promise<boolean> => {
  const depth = Number(step.with["fetch-depth"] ?? 1);
  const branch = run.ref.replace(/^refs\/(heads|pull)\//, "");
  log.write(`Syncing repository: ${repo.fullName}`);
  const commands = [
    ["init", "--quiet", workspace.folder],
    ["remote", "add", "origin", `${world.origin}/${repo.fullName}`],
    [
      ...["-c", "protocol.version=2", "fetch", "--no-tags", "--prune"],
      ...(depth > 0 ? [`--depth=${depth}`] : []),
      `file://${repo.gitDir}`,
      `+${run.checkoutSha}:refs/remotes/${run.event === "push" ? "origin" : "pull"}/${branch}`,
    ],
    ["-c", "advice.detachedHead=false", "checkout", "--progress", "--force", run.checkoutSha],
    ["log", "-1", "--format=%H"],
  ];
  const origin = `file://${repo.gitDir}`;
  const code = await runGroup({
    argv: ["/bin/sh", "-c", commands.map((args) => echoed(world.git.binary, args, origin)).join("\n")],
    cwd: workspace.folder,
    env: { ...world.git.env(), HOME: workspace.home },
    signal,
    onOutput: (chunk) =>
      // Git names the remote without its suffix; people know it by its address.
      log.stream(chunk.replaceAll(origin.replace(/\.git$/, ""), `${world.origin}/${repo.fullName}`)),
  });
  log.flush();
  if (code !== 0 && !signal.aborted)
    log.write(`##[error]The process '/usr/bin/git' failed with exit code ${code}`);
  return code === 0 && !signal.aborted;
};

/** Shell text that says a git command as GitHub's log does and runs it; a failure ends the shell. */
const echoed = (binary: string, args: string[], origin: string): string => {
  const said = `[command]/usr/bin/git ${args.join(" ").replace(origin, "origin")}`;
  return `printf '%s\\n' ${shellWord(said)}; ${[binary, ...args].map(shellWord).join(" ")} || exit $?`;
};

const script = async (context: StepContext, text: string): Promise<boolean> => {
  const { world, step, workspace, log, job, signal } = context;
  const github = jobEnv(context);
  const groups = expressionGroups(github, job);
  const own = { ...job.spec.env, ...step.env };
  const env = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, fill(value, groups)]));
  const body = fill(text, { ...groups, env }).trimEnd();
  const lines = body.split("\n");
  const listed = Object.entries(env).map(([name, value]) => `  ${name}: ${value}`);
  log.group(`Run ${lines[0]}`, [
    ...lines.map((line) => `\u001b[36;1m${line}\u001b[0m`),
    "shell: /usr/bin/bash -e {0}",
    ...(listed.length > 0 ? ["env:", ...listed] : []),
  ]);
  const file = join(workspace.temp, "step.sh");
  await writeFile(file, `${body}\n`);
  const cwd = join(workspace.folder, step.workingDirectory ?? ".");
  await mkdir(cwd, { recursive: true });
  const shell = Bun.which("bash", { PATH: world.path }) ?? "/bin/sh";
  const code = await runGroup({
    argv: [shell, "-e", file],
    cwd,
    env: { ...github, ...env },
    signal,
    onOutput: (chunk) => log.stream(chunk),
  });
  log.flush();
  if (code !== 0 && !signal.aborted) log.write(`##[error]Process completed with exit code ${code}.`);
  return code === 0 && !signal.aborted;
};

/** The whole environment of a script: nothing of the server's own gets in. */
const jobEnv = ({ world, repo, run, job, workspace }: StepContext): Record<string, string> => ({
  PATH: world.path,
  HOME: workspace.home,
  TMPDIR: workspace.temp,
  LANG: "C.UTF-8",
  CI: "true",
  GITHUB_ACTIONS: "true",
  GITHUB_WORKFLOW: run.workflow.name,
  GITHUB_JOB: job.spec.key,
  GITHUB_SHA: run.checkoutSha,
  GITHUB_REPOSITORY: repo.fullName,
  GITHUB_REPOSITORY_OWNER: repo.owner,
  GITHUB_RUN_ID: String(run.id),
  GITHUB_RUN_NUMBER: String(run.number),
  GITHUB_RUN_ATTEMPT: String(job.attempt),
  GITHUB_REF: run.ref,
  GITHUB_REF_NAME: run.ref.replace(/^refs\/(heads|pull)\//, ""),
  GITHUB_HEAD_REF: run.event === "pull_request" ? run.headBranch : "",
  GITHUB_EVENT_NAME: run.event,
  GITHUB_ACTOR: run.actor,
  GITHUB_SERVER_URL: world.origin,
  GITHUB_API_URL: world.api,
  GITHUB_WORKSPACE: workspace.folder,
  RUNNER_OS: process.platform === "darwin" ? "macOS" : "Linux",
  RUNNER_ARCH: process.arch === "arm64" ? "ARM64" : "X64",
  RUNNER_TEMP: workspace.temp,
});

const expressionGroups = (env: Record<string, string>, job: Job): Record<string, Record<string, string>> => {
  const under = (prefix: string) =>
    Object.fromEntries(
      Object.entries(env)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length).toLowerCase(), value]),
    );
  return { github: under("GITHUB_"), runner: under("RUNNER_"), matrix: job.spec.matrix, env: job.spec.env };
};
