import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../../src/app/index.ts";
import { loadConfig } from "../../src/config/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { startPlayground } from "../../src/playground/index.ts";
import { slackPeople } from "../../src/playground/people.ts";
import { startSlack } from "../../src/playground/slack/index.ts";
import { freshDatabase } from "../harness/database.ts";

setDefaultTimeout(240_000);

const NOWHERE = () => "http://127.0.0.1:9";

test("with an app token everything comes over a socket that the service opens, and no signing secret is needed", async () => {
  const dir = await mkdtemp(join(tmpdir(), "flaky-socket-"));
  const common = { clock: systemClock, random: Math.random, appUrl: NOWHERE };
  const playground = await startPlayground({ ...common, dir, execPath: process.execPath });
  const slack = await startSlack({
    ...common,
    signingSecret: "unused",
    botToken: playground.env.SLACK_BOT_TOKEN ?? "",
    appToken: "xapp-playground",
    people: slackPeople(),
    channels: [{ id: "C0FLAKY", name: "flaky-tests" }],
  });
  const { SLACK_SIGNING_SECRET: _, ...env } = playground.env;
  const config = loadConfig(
    { ...env, SLACK_API_URL: slack.apiUrl, SLACK_APP_TOKEN: "xapp-playground", PORT: "0" },
    "service",
  );
  const machine = { path: process.env.PATH ?? "", home: null, execPath: process.execPath };
  const app = await startApp({
    config,
    clock: systemClock,
    log: silentLog,
    version: "0",
    service: true,
    worker: null,
    machine,
    background: "here",
    ...(await freshDatabase("pglite")),
  });
  try {
    expect(slack.socketConnected).toBe(true);
    const answer = await slack.command("U0ALICE", "C0FLAKY", "whoami");
    expect(answer.body).toContain("You are *alice* on GitHub");
    slack.say("U0BOB", "C0FLAKY", `<@${slack.ids.botUserId}> list`);
    while (slack.ephemerals("U0BOB").length === 0) await Bun.sleep(20);
    expect(slack.ephemerals("U0BOB").map((message) => message.text)).toEqual(["Nothing was found yet."]);
  } finally {
    await app.stop(1000);
    await slack.stop();
    await playground.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
