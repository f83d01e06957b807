import { type Database, openDatabase } from "../../../db/client.ts";
import { Env } from "../../../src/config/env.ts";
import { ConfigFile } from "../../../src/config/file.ts";
import type { Config } from "../../../src/config/index.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { ConsoleDeps } from "../../../src/web/index.ts";
import { freshDatabase } from "../../harness/database.ts";

export const NOW = new Date("2026-03-14T12:00:00Z");

/** Stands still at NOW; sleeping is real, so that a stream that polls lets others work. */
export const clock: Clock = { now: () => NOW, sleep: (ms) => Bun.sleep(Math.min(ms, 5)) };

/** Settings with two repositories, bound to loopback unless told otherwise. */
export function configWith(env: Record<string, string> = {}): Config {
  const parsed = Env.parse(env);
  return {
    env: { ...parsed, GITHUB_WEB_URL: "https://github.com" },
    file: ConfigFile.parse({
      repos: [
        { source: "acme/shop", channel: "#ci" },
        { source: "acme/stock", write: "acme/stock-issues", channel: "#ci" },
      ],
      targets: [{ label: "Core team", user: "alice", repos: ["acme/shop"] }],
    }),
    github: null,
  };
}

/** Milliseconds that making a database may take on a busy machine. */
export const OPENING = 30_000;

export const openEmpty = async (): Promise<Database> =>
  openDatabase({ url: null, dataDir: "memory://", ...(await freshDatabase("pglite")) });

export const depsOn = (database: Database, env: Record<string, string> = {}): ConsoleDeps => ({
  db: database.db,
  clock,
  config: configWith(env),
  log: silentLog,
  actions: {
    identity: null,
    forgeName: () => "GitHub",
    run: async () => ({ ok: false, text: "nobody acts here" }),
    mayRead: async () => false,
    linkAsker: async () => null,
    link: async () => null,
    steps: async () => null,
  },
});
