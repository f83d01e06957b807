import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHmac } from "node:crypto";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({ worker: false });
});
afterAll(() => world.end());

const hmac = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("hex");
const now = () => Math.floor(Date.now() / 1000);

function slack(text: string, options: { at?: number; secret?: string } = {}): Promise<Response> {
  const { SLACK_SIGNING_SECRET: ours = "" } = world.playground.env;
  const { at = now(), secret = ours } = options;
  const command = {
    command: "/flaky",
    text,
    trigger_id: crypto.randomUUID(),
    user_id: "U0BOB",
    channel_id: "C0FLAKY",
    team_id: "T0PLAYGRND",
  };
  const body = new URLSearchParams(command).toString();
  return fetch(`${world.product.url}/slack/events`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": String(at),
      "x-slack-signature": `v0=${hmac(secret, `v0:${at}:${body}`)}`,
    },
    body,
  });
}

function github(body: string, options: { secret?: string; delivery?: string } = {}): Promise<Response> {
  const { GITHUB_WEBHOOK_SECRET: ours = "" } = world.playground.env;
  return fetch(`${world.product.url}/webhooks/github`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "ping",
      "x-github-delivery": options.delivery ?? crypto.randomUUID(),
      "x-hub-signature-256": `sha256=${hmac(options.secret ?? ours, body)}`,
    },
    body,
  });
}

test("Slack: signed and in time is answered, everything else is 401", async () => {
  const good = await slack("help");
  expect(good.status).toBe(200);
  expect(await good.text()).toContain("approve N");
  expect((await slack("help", { secret: "another" })).status).toBe(401);
  for (const off of [-301, 301]) {
    const response = await slack("help", { at: now() + off });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      error:
        "the signature is wrong, or more than five minutes off: check SLACK_SIGNING_SECRET and this machine's clock",
    });
  }
});

test("GitHub: a wrong signature is 401, signed text that is not JSON is 400, a repeat is 202 again", async () => {
  expect((await github("{}", { secret: "another" })).status).toBe(401);
  expect((await github("not JSON")).status).toBe(400);
  const deep = `${'{"a":'.repeat(9000)}1${"}".repeat(9000)}`; // breaks the embedded database where it is stored
  expect((await github(deep)).status).toBe(400);
  const delivery = crypto.randomUUID();
  expect((await github('{"zen":"one"}', { delivery })).status).toBe(202);
  expect((await github('{"zen":"one"}', { delivery })).status).toBe(202);
});

test("a deployment needs its secret", async () => {
  const response = await fetch(`${world.product.url}/webhooks/deployment`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-webhook-secret": "another" },
    body: "{}",
  });
  expect(response.status).toBe(401);
});
