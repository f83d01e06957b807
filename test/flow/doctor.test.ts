import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doctor } from "../../src/cli/doctor.ts";
import type { Io } from "../../src/cli/io.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { CHANNEL, type Playground, startPlayground } from "../../src/playground/index.ts";
import { lightTarget } from "../harness/target.ts";

setDefaultTimeout(120_000);

const dir = mkdtempSync(join(tmpdir(), "flaky-doctor-"));
let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground({
    clock: systemClock,
    random: Math.random,
    dir,
    execPath: process.execPath,
    appUrl: () => "http://127.0.0.1:1",
    target: lightTarget(["north"], false),
  });
});
afterAll(async () => {
  await playground.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** What `doctor` says in the playground's environment, with some of it changed; undefined takes a variable away. */
async function says(change: Record<string, string | undefined> = {}) {
  const lines: string[] = [];
  const env = { ...playground.env, ...change };
  const silent = () => {};
  const io: Io = {
    ...{ env, cwd: dir, execPath: process.execPath, clock: systemClock, isTerminal: false },
    ...{ out: (line) => lines.push(line), err: silent, status: silent },
    ...{ stdin: new Blob().stream(), signal: new AbortController().signal },
  };
  const code = await doctor([], io);
  return { code, lines, wrong: lines.filter((line) => !line.startsWith("ok ")) };
}

test("with everything right each part has a line, and none is wrong", async () => {
  const { code, lines, wrong } = await says();
  expect([code, wrong]).toEqual([0, []]);
  expect(lines.map((line) => /^ok {4}([^:]+): ./.exec(line)?.[1])).toEqual([
    "database",
    "forge playground/orchard",
    "rights playground/orchard",
    "checks playground/orchard",
    "slack",
    "slack scopes",
    "slack requests",
    "slack #flaky-tests",
    "model",
    "sandbox",
    "webhooks",
  ]);
});

const NOWHERE = "http://127.0.0.1:9";
test.each<[string, Record<string, string | undefined>, RegExp[]]>([
  [
    "secrets",
    {
      GITHUB_TOKEN: "ghp_x",
      SLACK_BOT_TOKEN: "xoxb-x",
      SLACK_APP_TOKEN: "xapp-x",
      OPENAI_API_KEY: "x",
      DATABASE_URL: "postgres://127.0.0.1:9/x",
      SANDBOX: "bubblewrap",
      PATH: "/nowhere",
    },
    [
      /^FAIL {2}forge .*401 Bad credentials\. Look at GITHUB_TOKEN/,
      /^FAIL {2}slack: auth.test: invalid_auth\. Look at SLACK_BOT_TOKEN/,
      /^FAIL {2}slack requests: apps.connections.open: invalid_auth\. Look at SLACK_APP_TOKEN.*connections:write/,
      /^FAIL {2}model: .*Look at OPENAI_API_KEY/,
      /^FAIL {2}database: .*Look at DATABASE_URL/,
      /^FAIL {2}sandbox: No sandbox works here.*Install bubblewrap/,
    ],
  ],
  [
    "addresses",
    { GITHUB_API_URL: NOWHERE, SLACK_API_URL: `${NOWHERE}/api/`, OPENAI_BASE_URL: `${NOWHERE}/v1` },
    [
      /^FAIL {2}forge .*ECONNREFUSED.*GITHUB_API_URL/,
      /^FAIL {2}slack: .*ECONNREFUSED.*SLACK_API_URL/,
      /^FAIL {2}model: .*OPENAI_BASE_URL/,
    ],
  ],
])("with wrong %s it names each of them, and what to do", async (_, change, expected) => {
  const { code, wrong } = await says(change);
  expect(code).toBe(1);
  for (const line of expected) expect(wrong).toContainEqual(expect.stringMatching(line));
});

test("a scope that the token lacks, and a channel without the bot", async () => {
  const { world } = playground.slack;
  const channel = world.channel(CHANNEL.id);
  if (channel === undefined) throw new Error("no channel");
  world.scopes.delete("reactions:write");
  channel.botJoined = false;
  const { wrong } = await says();
  world.scopes.add("reactions:write");
  channel.botJoined = true;
  expect(wrong).toEqual([
    expect.stringMatching(
      /^FAIL {2}slack scopes: the token lacks reactions:write\. .*paste slack.manifest.yaml.*Reinstall\.$/,
    ),
    expect.stringMatching(/^FAIL {2}slack #flaky-tests: the bot is not in it .*\/invite @flaky\.$/),
  ]);
});

test("a role that is too low", async () => {
  playground.github.setPermission("flaky-bot", "triage");
  const { wrong } = await says();
  playground.github.setPermission("flaky-bot", "write");
  expect(wrong).toEqual([
    expect.stringMatching(
      /^FAIL {2}rights .*403 Must have push access.* needs the write role: .*Collaborators/,
    ),
  ]);
});

test("a secret for deployments is a choice", async () => {
  const { code, lines } = await says({ DEPLOY_WEBHOOK_SECRET: undefined });
  expect(code).toBe(0);
  expect(lines.at(-1)).toContain("deployments are not listened to");
});
