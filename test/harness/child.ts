import { startApp } from "../../src/app/index.ts";
import { loadConfig } from "../../src/config/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";

/** The service as `start` has it, but without a pause between two writes. */
const config = loadConfig(process.env, "service");
const app = await startApp({
  config,
  clock: systemClock,
  log: createLog(config.env.LOG_LEVEL),
  version: "0.0.0-test",
  service: true,
  worker: process.env.TEST_WORKER === "1" ? { labels: [], capacity: 1 } : null,
  machine: { path: process.env.PATH ?? "", home: null, execPath: process.execPath },
  paceMs: { github: 0, slack: 0 },
  background: "thread",
});
process.on("SIGTERM", () => void app.stop(10_000).then(() => process.exit(0)));
