import type { Db } from "../../db/client.ts";
import { publicUrl } from "../config/index.ts";
import type { Context } from "../features/context.ts";
import { buildServer } from "../inbound/server.ts";
import { startBolt } from "../inbound/slack/bolt.ts";
import { asksOnly } from "../inbound/slack/command.ts";
import { InboxReceiver } from "../inbound/slack/receiver.ts";
import { startSocket } from "../inbound/slack/socket.ts";
import { isWorthWork } from "../inbound/slack/worth.ts";
import { Refusals } from "../platform/refusals.ts";
import type { Stops } from "./options.ts";

/**
 * Starts what people and other services talk to: Slack's requests, webhooks, the API and the console.
 * @param people the database for those who wait. @returns its address.
 */
export async function startDoor(deps: Context, people: Db, stops: Stops): Promise<string> {
  const { config, log } = deps;
  const forPeople = { ...deps, db: people };
  const refusals = new Refusals(forPeople);
  const receiver = new InboxReceiver({ ...forPeople, asksOnly, isWorthWork, refusals });
  await startBolt(forPeople, receiver, refusals);
  const { SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl, HOST, PORT } = config.env;
  if (appToken !== undefined) {
    const socket = await startSocket(receiver, { appToken, apiUrl, log });
    stops.push(() => socket.stop());
  }
  const server = Bun.serve({
    hostname: HOST,
    port: PORT,
    fetch: buildServer(deps, receiver, refusals).fetch,
    maxRequestBodySize: 128 * 1024 * 1024,
    idleTimeout: 60,
  });
  stops.push(() => server.stop(true));
  const url = `http://${server.hostname}:${server.port}`;
  log.info({ url, console: publicUrl(config.env) }, "the service is up");
  return url;
}
