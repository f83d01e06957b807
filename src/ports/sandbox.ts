export interface SandboxCommand {
  /** Run as they stand, without a shell. */
  argv: string[];
  /** Folder on the host that appears, writable, as the working folder. */
  cwd: string;
  /** The whole environment; nothing is inherited. */
  env: Record<string, string>;
  timeoutMs: number;
  /** Network is for set-up only. */
  network: boolean;
  /** Most bytes kept of stdout and stderr together; the middle is cut. */
  maxOutputBytes: number;
  /** Host folders that may be read, and nothing else of HOME or the service's data. */
  readable?: string[];
  /** Host folders that may be written besides `cwd` (caches during set-up). */
  writable?: string[];
  /** Processors it may use, and sees; all of them where missing. */
  cpus?: number;
  signal?: AbortSignal;
}

export interface SandboxResult {
  /** Exit status, or null when it was killed. */
  exit: number | null;
  timedOut: boolean;
  /** stdout and stderr as they came. */
  output: string;
  ms: number;
}

/** A place where a stranger's code runs without the service's secrets. */
export interface Sandbox {
  /** What it is, as it is shown in `status.json`. */
  readonly kind: "bubblewrap" | "docker" | "none";
  run(command: SandboxCommand): Promise<SandboxResult>;
}
