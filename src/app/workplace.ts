import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "../config/index.ts";
import { failedTests } from "../features/failures/failed-tests.ts";
import type { Workplace } from "../features/fixes/work.ts";
import type { Log } from "../kernel/log.ts";
import { detectSandbox, runtimeFrom } from "../outbound/sandbox/index.ts";
import { ownFolder } from "../platform/lock.ts";
import type { BackgroundOptions, Stops } from "./options.ts";

/** Folders and sandbox for tasks. Without a sandbox no task is run here, and the log says why. */
export async function workplace(
  options: BackgroundOptions,
  stops: Stops,
): Promise<Omit<Workplace, "sandbox"> & { sandbox: Workplace["sandbox"] | null }> {
  const { machine, log, config } = options;
  const dataDir = resolve(config.env.DATA_DIR);
  const worker = `worker-${crypto.randomUUID().slice(0, 8)}`;
  const artifactsDir = join(dataDir, "artifacts");
  // workers of one machine share the data folder, and one that was killed takes nothing with it
  const scratch = ownFolder(join(dataDir, "work"), worker, options.clock.now());
  stops.push(scratch.remove);
  mkdirSync(artifactsDir, { recursive: true });
  const hidden = machine.home === null ? [] : [machine.home];
  return {
    worker,
    workDir: scratch.dir,
    artifactsDir,
    sandbox: options.worker === null ? null : await sandboxOf(config, machine.path, log),
    runtime: runtimeFrom({ path: machine.path, execPath: machine.execPath, hidden }),
    failedTests,
  };
}

async function sandboxOf(config: Config, path: string, log: Log): Promise<Workplace["sandbox"] | null> {
  const { SANDBOX, SANDBOX_IMAGE } = config.env;
  const want = SANDBOX === "any" ? "auto" : SANDBOX;
  const image = SANDBOX_IMAGE === undefined ? {} : { image: SANDBOX_IMAGE };
  try {
    const { sandbox, passedOver } = await detectSandbox({
      path,
      want,
      allowNone: SANDBOX === "any",
      ...image,
    });
    if (sandbox.kind === "none")
      log.warn({ passedOver }, "tasks run without a sandbox: a stranger's code could do anything");
    return sandbox;
  } catch (error) {
    log.error({ error: String(error) }, "no task is run here");
    return null;
  }
}
