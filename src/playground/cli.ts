import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArgs } from "../kernel/args.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorText, UserError } from "../kernel/errors.ts";
import { runDemo } from "./demo/run.ts";
import { playHistory } from "./history.ts";
import { type PlaygroundOptions, startPlayground } from "./index.ts";

/** What the two commands have of the process. */
export interface PlaygroundIo {
  env: Record<string, string | undefined>;
  execPath: string;
  clock: Clock;
  out: (line: string) => void;
  err: (line: string) => void;
  signal: AbortSignal;
}

/** `playground [--app URL] [--gitea]`: only the local GitHub, Slack and model, to develop against; goes on until stopped. */
export async function playground(argv: string[], io: PlaygroundIo): Promise<number> {
  const { values } = readArgs({
    args: argv,
    options: {
      app: { type: "string", default: "http://127.0.0.1:3000" },
      gitea: { type: "boolean", default: false },
    },
  });
  if (!URL.canParse(values.app))
    throw new UserError(`--app ${values.app}: expected an address such as http://127.0.0.1:3000`);
  const dir = await mkdtemp(join(tmpdir(), "flaky-playground-"));
  const world = await startPlayground({
    ...common(io),
    ...{ dir, appUrl: () => values.app.replace(/\/$/, "") },
    ...(values.gitea ? { gitea: { replies: true } } : {}),
  });
  try {
    for (const [name, value] of Object.entries(world.env)) io.out(`${name}=${value}`);
    io.out("READY");
    io.err(`${values.gitea ? "Gitea" : "GitHub"} ${world.github.origin}  Slack ${world.slack.pageUrl}`);
    const played = playHistory(world).catch((error: unknown) => {
      if (!io.signal.aborted) io.err(`the history could not be played: ${errorText(error)}`);
    });
    await stopped(io.signal);
    await world.stop();
    await played;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  return 0;
}

/** `demo [--exit]`: the playground, the product beside it, and the story of one flaky test. */
export async function demo(argv: string[], io: PlaygroundIo): Promise<number> {
  const { values } = readArgs({ args: argv, options: { exit: { type: "boolean", default: false } } });
  const dir = await mkdtemp(join(tmpdir(), "flaky-demo-"));
  try {
    return await runDemo({ ...io, ...common(io), dir, exit: values.exit, stopped: () => stopped(io.signal) });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function common(
  io: PlaygroundIo,
): Pick<PlaygroundOptions, "clock" | "random" | "execPath" | "path" | "realModel"> {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: model } = io.env;
  const realModel = apiKey ? { realModel: { apiKey, baseUrl, model } } : {};
  return { clock: io.clock, random: Math.random, execPath: io.execPath, path: io.env.PATH, ...realModel };
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
