import { App, LogLevel } from "@slack/bolt";
import { Hono } from "hono";
import { openDatabase } from "../../db/client.ts";
import { InboxReceiver } from "../../src/inbound/slack/receiver.ts";
import { slackRoute } from "../../src/inbound/slack/route.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { startQueue } from "../../src/platform/queue.ts";

/**
 * A Bolt app that does nothing but answer, on the product's receiver with a database of its own: `DATABASE_URL`, else an
 * embedded one in `DATA_DIR`. Prints its address.
 */
const { DATABASE_URL: url = null, DATA_DIR: dataDir = "memory://" } = process.env;
const database = await openDatabase({ url, dataDir });
const clock = systemClock;
const queue = await startQueue(database, url, [], silentLog);
const receiver = new InboxReceiver({ db: database.db, clock, queue, log: silentLog });
const app = new App({
  receiver,
  logLevel: LogLevel.ERROR,
  authorize: async () => ({ botToken: "xoxb-none", botId: "B1", botUserId: "U1", teamId: "T1" }),
});
app.command("/flaky", ({ ack }) => ack({ response_type: "ephemeral", text: "It is well." }));
const secret = process.env.SLACK_SIGNING_SECRET;
const server = new Hono().route("/", slackRoute({ secret, clock, intake: (body) => receiver.intake(body) }));
const { port } = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: server.fetch });
process.stdout.write(`http://127.0.0.1:${port}\n`);
