import { realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { context } from "../commands/cli/context.ts";
import { gates } from "../commands/cli/gates.ts";
import { taskRun } from "../commands/cli/task-run.ts";
import { errorText, UserError } from "../kernel/errors.ts";
import { silentLog } from "../kernel/log.ts";
import { loadPrompts } from "../kernel/prompt.ts";
import { createGit, diffOfCommit, diffOfPatch, diffOfWorkTree, history } from "../outbound/git/index.ts";
import { createDoor, createModel } from "../outbound/openai/index.ts";
import { detectSandbox, runtimeFrom } from "../outbound/sandbox/index.ts";
import { faultOfUse, WRONG_USE } from "./fault.ts";
import { DEFAULT_PATH, type Io } from "./io.ts";
import { taskRemote } from "./task-remote.ts";

/** `context`: which files a fixer should read; needs no setting. */
export const runContext = (argv: string[], io: Io): Promise<number> =>
  context(argv, { cwd: io.cwd, history, stdin: io.stdin, out: io.out, err: io.err });

/** `gates`: the restraint gates on a change; needs no setting. Its exit codes are verdicts, so a fault of use has another. */
export async function runGates(argv: string[], io: Io): Promise<number> {
  const { cwd, out, isTerminal } = io;
  try {
    return await gates(argv, { cwd, diffOfCommit, diffOfPatch, diffOfWorkTree, out, isTerminal });
  } catch (error) {
    io.err(faultOfUse(error) ?? errorText(error));
    return WRONG_USE;
  }
}

const KINDS = ["auto", "bubblewrap", "docker", "none"] as const;

/** `--sandbox KIND`: that one or none at all; without it the first that works. */
function sandboxWanted(argv: string[]): (typeof KINDS)[number] {
  const at = argv.findIndex((word) => word === "--sandbox" || word.startsWith("--sandbox="));
  if (at < 0) return "auto";
  const said = argv[at]?.split("=")[1] ?? argv[at + 1];
  const kind = KINDS.find((name) => name === said);
  if (kind === undefined) throw new UserError(`--sandbox takes ${KINDS.join(", ")}`);
  return kind;
}

/** `task run`: tasks from files. The model's key is needed only where a task's fixer is the model. */
export async function runTasks(argv: string[], io: Io): Promise<number> {
  const path = io.env.PATH || DEFAULT_PATH;
  const hidden = io.env.HOME === undefined ? [] : [io.env.HOME];
  const scratch = await mkdtemp(join(tmpdir(), "flaky-tasks-"));
  const want = sandboxWanted(argv);
  const image = io.env.SANDBOX_IMAGE ? { image: io.env.SANDBOX_IMAGE } : {};
  const { sandbox, passedOver } = await detectSandbox({ path, want, allowNone: true, ...image });
  if (sandbox.kind === "none") {
    const why = want === "none" ? "as was asked for" : `none works here (${passedOver.join("; ")})`;
    io.err(`no sandbox, ${why}: what the tasks run can do all that you can do`);
  }
  const service = {
    baseUrl: io.env.OPENAI_BASE_URL ?? "https://api.openai.com/v1",
    apiKey: io.env.OPENAI_API_KEY ?? "not-set",
    model: io.env.OPENAI_MODEL ?? "gpt-5.1",
  };
  try {
    return await taskRun(argv, {
      git: createGit({ mirrorsDir: join(scratch, "mirrors") }),
      sandbox,
      model: createModel({ ...service, clock: io.clock, log: silentLog }),
      door: { model: createDoor(service), program: realpathSync(io.execPath) },
      clock: io.clock,
      workDir: scratch,
      runtime: runtimeFrom({ path, execPath: io.execPath, hidden }),
      prompts: loadPrompts(join(import.meta.dir, "../../prompts")),
      signal: io.signal,
      remoteOf: (repoDir, pull) => taskRemote(repoDir, pull, io),
      cwd: io.cwd,
      out: io.out,
      err: io.err,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
