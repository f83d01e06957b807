/** Kills a process group; that there is none left is fine. */
const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
};

/**
 * Runs a program as the leader of a process group of its own, standard error merged into its output in the
 * order written. When it ends or `signal` fires, the whole group is killed, so nothing outlives the call.
 * Returns the exit code, which means nothing after an abort.
 */
export const runGroup = async (options: {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  signal: AbortSignal;
  onOutput: (chunk: string) => void;
}): Promise<number> => {
  const { argv, cwd, env, signal, onOutput } = options;
  if (signal.aborted) return 130;
  const child = Bun.spawn(["/bin/sh", "-c", 'exec "$0" "$@" 2>&1', ...argv], {
    cwd,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    detached: true,
  });
  const onAbort = () => killGroup(child.pid);
  signal.addEventListener("abort", onAbort, { once: true });
  const ended = child.exited.finally(() => killGroup(child.pid));
  try {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) onOutput(decoder.decode(chunk, { stream: true }));
    onOutput(decoder.decode());
    return await ended;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
};
