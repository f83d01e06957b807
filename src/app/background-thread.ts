import { getPriority, setPriority } from "node:os";
import { joinDatabase } from "../../db/client.ts";
import { systemClock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import { createLog } from "../kernel/log.ts";
import { startBackground } from "./background.ts";
import { type Stops, stopAll } from "./options.ts";
import type { Order, Report } from "./thread.ts";

declare const self: Worker;

// who asks goes before what nobody waits for; elsewhere than on Linux a priority is the whole process's
if (process.platform === "linux") setPriority(Math.min(19, getPriority() + 5));

const tell = (report: Report) => self.postMessage(report);
const stops: Stops = [];

self.onmessage = async ({ data: order }: MessageEvent<Order>) => {
  if (order.do === "stop") {
    await stopAll(stops, order.graceMs);
    tell({ is: "stopped" });
    return;
  }
  try {
    const database = await joinDatabase(order.door);
    stops.push(() => database.close());
    const log = createLog(order.options.config.env.LOG_LEVEL);
    await startBackground({ ...order.options, clock: systemClock, log }, database, stops);
    tell({ is: "up" });
  } catch (error) {
    await stopAll(stops, 0);
    tell({ is: "down", why: errorText(error) });
  }
};
