/** One program to run and how its result is counted. */
export interface Step {
  name: string;
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  /** Tests of `bun test` are counted one by one; any other program is one check. */
  counts: "tests" | "check";
  /** A program that runs longer than this is ended, and has failed. */
  limitMs: number;
  /** Takes what is nobody's business out of the output that is shown. */
  clean?: (output: string) => string;
}

export interface Result {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
  ms: number;
  /** Processor time of the program and all that it started and waited for, ms. */
  processorMs: number;
  output: string;
}

/** Runs a step to its end; never throws, since a program that cannot start has failed. */
export async function run(step: Step): Promise<Result> {
  const began = performance.now();
  const { exitCode, processorMs, output } = await execute(step).catch((error: unknown) => ({
    exitCode: 1,
    processorMs: 0,
    output: `could not be started: ${String(error)}`,
  }));
  const counted = step.counts === "tests" ? countTests(output) : { passed: 0, failed: 0, skipped: 0 };
  if (step.counts === "check" && exitCode === 0) counted.passed = 1;
  // a file that cannot be loaded, or a process that died, names no failed test
  if (exitCode !== 0 && counted.failed === 0) counted.failed = 1;
  const shown = step.clean === undefined ? output : step.clean(output);
  return { name: step.name, ...counted, ms: performance.now() - began, processorMs, output: shown };
}

async function execute(step: Step): Promise<Pick<Result, "processorMs" | "output"> & { exitCode: number }> {
  const child = Bun.spawn(step.argv, {
    cwd: step.cwd,
    env: step.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const stop = () => child.kill("SIGKILL");
  const timer = setTimeout(stop, step.limitMs);
  process.once("exit", stop);
  const [out, err, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(timer);
  process.off("exit", stop);
  const late = child.signalCode === "SIGKILL" ? `\nended after ${step.limitMs / 1000} s\n` : "";
  const processorMs = Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000;
  return {
    exitCode: exitCode === 0 && late !== "" ? 1 : exitCode,
    processorMs,
    output: `${out}${err}${late}`,
  };
}

/** The figures of `bun test`'s last lines: ` 12 pass`, ` 1 skip`, ` 0 fail`. */
export function countTests(output: string): Pick<Result, "passed" | "failed" | "skipped"> {
  const figure = (word: string) =>
    [...output.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))].reduce(
      (all, match) => all + Number(match[1]),
      0,
    );
  return { passed: figure("pass"), failed: figure("fail"), skipped: figure("skip") + figure("todo") };
}
