import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Db, openDatabase } from "../../../db/client.ts";
import { loadConfig } from "../../../src/config/index.ts";
import type { Context } from "../../../src/features/context.ts";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import { RepoName } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { loadPrompts } from "../../../src/kernel/prompt.ts";
import { connectOutside } from "../../../src/outside.ts";
import type { JobName } from "../../../src/platform/jobs.ts";
import type { Queue } from "../../../src/platform/queue.ts";
import { type Playground, startPlayground } from "../../../src/playground/index.ts";
import { targetName } from "../../../src/playground/target/index.ts";
import { freshDatabase } from "../../harness/database.ts";

export const REPO = RepoName.parse(targetName);

export interface Sent {
  name: JobName;
  payload: Record<string, unknown>;
}

/** A clock that runs with the machine's, and may be put forward. */
export class Ahead implements Clock {
  ms = 0;
  now = () => new Date(systemClock.now().getTime() + this.ms);
  sleep: Clock["sleep"] = (ms, signal) => systemClock.sleep(ms, signal);
}

/** The playground, an empty database and the ports; jobs are only written down, and no service runs. */
export class ScanWorld {
  private constructor(
    readonly sent: Sent[],
    readonly playground: Playground,
    readonly context: Context,
    readonly clock: Ahead,
    readonly env: Record<string, string>,
    private readonly ends: (() => Promise<unknown>)[],
  ) {}

  static async start(
    target: Record<string, string>,
    settings: Record<string, unknown> = {},
  ): Promise<ScanWorld> {
    const dir = await mkdtemp(join(tmpdir(), "flaky-scan-"));
    const playground = await startPlayground({
      clock: systemClock,
      random: Math.random,
      dir,
      execPath: process.execPath,
      appUrl: () => "http://127.0.0.1:1",
      target,
      settings,
    });
    const fresh = await freshDatabase("pglite");
    const database = await openDatabase({
      url: null,
      dataDir: "memory://",
      ...("url" in fresh ? {} : fresh),
    });
    const clock = new Ahead();
    const config = loadConfig(playground.env, "service");
    const sent: Sent[] = [];
    const context: Context = {
      ...connectOutside(config, clock, silentLog),
      db: database.db,
      queue: queueInto(sent),
      clock,
      log: silentLog,
      config,
      prompts: loadPrompts(join(import.meta.dir, "../../../prompts")),
    };
    const world = new ScanWorld(sent, playground, context, clock, playground.env, [
      () => playground.stop(),
      () => database.close(),
      () => rm(dir, { recursive: true, force: true }),
    ]);
    await playground.github.idle();
    return world;
  }

  get db(): Db {
    return this.context.db;
  }

  /** Takes the jobs of a name out of those that were enqueued. */
  take(name: JobName): Record<string, unknown>[] {
    const taken = this.sent.filter((one) => one.name === name);
    this.sent.splice(0, this.sent.length, ...this.sent.filter((one) => one.name !== name));
    return taken.map((one) => one.payload);
  }

  /** Requests to GitHub's interface since `from`, as method, path and status. */
  asked(from: number): string[] {
    const { github } = this.playground;
    return github
      .requests()
      .slice(from)
      .map(
        ({ method, path, status }) =>
          `${method} ${path.replace("/api/v3/repos/playground/orchard", "")} ${status}`,
      );
  }

  get requests(): number {
    return this.playground.github.requests().length;
  }

  async end(): Promise<void> {
    for (const end of this.ends) await end();
  }
}

function queueInto(sent: Sent[]): Queue {
  const nothing = async () => {};
  return {
    send: async (_, name, payload) => void sent.push({ name, payload }),
    sendTask: nothing,
    work: nothing,
    workTasks: nothing,
    pending: async () => 0,
    stop: nothing,
  };
}
