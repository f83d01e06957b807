import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHmac } from "node:crypto";
import { type Service, startService } from "./service.ts";

setDefaultTimeout(240_000);

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const hmac = (secret: string, body: string) => createHmac("sha256", secret).update(body).digest("hex");
const env = (name: string): string => service.env[name] ?? "";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const json = { "content-type": "application/json" };

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(`${service.url}${path}`, init);
  return { status: response.status, text: await response.text() };
}

const status = async (path: string, init: RequestInit = {}): Promise<number> =>
  (await ask(path, init)).status;

function github(body: string, headers: Record<string, string> = {}): RequestInit {
  const signature = `sha256=${hmac(env("GITHUB_WEBHOOK_SECRET"), body)}`;
  const sent = {
    ...json,
    "x-github-event": "ping",
    "x-github-delivery": "d-1",
    "x-hub-signature-256": signature,
  };
  return { method: "POST", body, headers: { ...sent, ...headers } };
}

function slack(body: string, secondsOff = 0): RequestInit {
  const timestamp = String(Math.floor(Date.now() / 1000) + secondsOff);
  const signature = `v0=${hmac(env("SLACK_SIGNING_SECRET"), `v0:${timestamp}:${body}`)}`;
  const headers = { "x-slack-signature": signature, "x-slack-request-timestamp": timestamp };
  return {
    method: "POST",
    body,
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
  };
}

const command = (text: string, team = "TELSEWHERE") =>
  new URLSearchParams({
    command: "/flaky",
    text,
    user_id: "USTRANGER",
    channel_id: "CNONE",
    team_id: team,
    trigger_id: crypto.randomUUID(),
    response_url: "http://127.0.0.1:9/none",
  }).toString();

test("GitHub's webhooks: 202 stored and repeated, 401 unsigned, 400 not JSON, 413 too large", async () => {
  for (const path of ["/webhooks/github", "/api/webhooks/github"]) {
    expect(await status(path, github("{}"))).toBe(202);
    expect(await status(path, github("{}"))).toBe(202);
    expect(await status(path, github("{}", { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }))).toBe(401);
    expect(await status(path, { method: "POST", body: "{}" })).toBe(401);
    expect(await status(path, github("nonsense"))).toBe(400);
  }
  expect(await status("/webhooks/github", github(`{"a":"${"x".repeat(26 * 1024 * 1024)}"}`))).toBe(413);
});

test("Slack: help and usage errors for any signed request, 401 for a wrong or old signature", async () => {
  const help = await ask("/slack/events", slack(command("help")));
  expect(help.status).toBe(200);
  expect(help.text).toContain("approve N");
  expect((await ask("/slack/events", slack(command("aprove 3")))).text).toContain("approve");
  expect((await ask("/slack/events", slack(command("list")))).text).toContain("another workspace");
  for (const off of [-301, 301]) expect(await status("/slack/events", slack(command("help"), off))).toBe(401);
  expect(await status("/slack/events", { method: "POST", body: command("help") })).toBe(401);
  const challenge = JSON.stringify({ type: "url_verification", challenge: "abc" });
  const answered = await ask("/slack/events", {
    ...slack(challenge),
    headers: { ...(slack(challenge).headers as Record<string, string>), ...json }, // made by slack() as a record
  });
  expect(JSON.parse(answered.text)).toEqual({ challenge: "abc" });
});

test("deployments: 202, 401 without the secret, 400 for a wrong form, 404 for a strange project", async () => {
  const body = (more: object) => JSON.stringify({ commit: "a".repeat(40), status: "success", ...more });
  const post = (text: string, headers: Record<string, string>) => ({
    method: "POST",
    body: text,
    headers: { ...json, ...headers },
  });
  const secret = { "x-webhook-secret": env("DEPLOY_WEBHOOK_SECRET") };
  for (const path of ["/webhooks/deployment", "/api/webhooks/deployment"]) {
    expect(await status(path, post(body({ project_id: "orchard" }), secret))).toBe(202);
    expect(
      await status(
        path,
        post(body({ repo: "playground/orchard" }), { "x-secret": env("DEPLOY_WEBHOOK_SECRET") }),
      ),
    ).toBe(202);
    expect(await status(path, post(body({ project_id: "orchard" }), {}))).toBe(401);
    expect(await status(path, post("nonsense", secret))).toBe(400);
    expect(await status(path, post(body({ project_id: "strange" }), secret))).toBe(404);
  }
});

test("a secret that is not configured opens nothing", async () => {
  const signed = { "x-gitea-signature": hmac("", "{}"), "x-gitea-delivery": "1" };
  expect(await status("/webhooks/gitea", { method: "POST", body: "{}", headers: signed })).toBe(401);
  expect(await status("/api/webhooks/gitea", { method: "POST", body: "{}" })).toBe(401);
});

test("reports and errors: their own token or the API's, nothing else", async () => {
  const query = new URLSearchParams({
    repo: "playground/orchard",
    sha: "b".repeat(40),
    branch: "main",
    run_url: "https://ci.example/1",
    job: "unit",
    attempt: "1",
  });
  const report = '<testsuite name="s"><testcase name="ok"/></testsuite>';
  const post = (headers: Record<string, string>, body = report) => ({ method: "POST", body, headers });
  expect(await status(`/api/v1/reports?${query}`, post(bearer(env("REPORT_TOKEN"))))).toBe(202);
  expect(await status(`/api/v1/reports?${query}`, post(bearer(env("API_TOKEN"))))).toBe(202);
  expect(await status(`/api/v1/reports?${query}`, post(bearer("wrong")))).toBe(401);
  expect(await status("/api/v1/reports", post(bearer(env("REPORT_TOKEN"))))).toBe(400);
  const error = JSON.stringify({
    project: "orchard",
    type: "TypeError",
    message: "x is undefined",
    stack: "at a (b.ts:1)",
  });
  expect(await status("/api/v1/errors", post({ ...bearer(env("REPORT_TOKEN")), ...json }, error))).toBe(202);
  expect(await status("/api/v1/errors", post(json, error))).toBe(401);
  expect(await status("/api/v1/errors", post({ ...bearer(env("API_TOKEN")), ...json }, "{}"))).toBe(400);
});

test("issues, reruns: the API's token, and words for what cannot be", async () => {
  const post = (body: object) => ({
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...bearer(env("API_TOKEN")), ...json },
  });
  for (const path of [
    "/api/v1/issues/1/start",
    "/api/v1/issues/1/report-branch",
    "/api/v1/tasks/fix-1/cancel",
    "/rerun",
    "/rebase-rerun",
  ]) {
    expect(await status(path, { method: "POST", body: "{}", headers: json })).toBe(401);
  }
  expect(await status("/api/v1/issues/99999/start", post({}))).toBe(404);
  expect(await status("/api/v1/tasks/fix-99999/cancel", post({}))).toBe(404);
  expect(
    await status(
      "/api/v1/issues/1/report-branch",
      post({ task_id: "none", branch_name: "b", status: "success" }),
    ),
  ).toBe(404);
  const first = await ask("/rerun", post({ pr: 1, pipeline: "test" }));
  expect([first.status, JSON.parse(first.text).already_triggered]).toEqual([200, false]);
  expect(JSON.parse((await ask("/rerun", post({ pr: 1, pipeline: "test" }))).text).already_triggered).toBe(
    true,
  );
  expect(await status("/rerun", post({ pr: 1, pipeline: "strange" }))).toBe(400);
});

test("what the console shows as JSON: 401 without the token, 404 for what is not there", async () => {
  for (const path of ["findings", "flakes", "tasks", "workers", "stats", "pulls"]) {
    expect(await status(`/api/v1/${path}`, { headers: bearer(env("API_TOKEN")) })).toBe(200);
    expect(await status(`/api/v1/${path}`)).toBe(401);
    expect(await status(`/api/v1/${path}`, { headers: bearer(env("REPORT_TOKEN")) })).toBe(401);
  }
  expect(await status("/api/v1/findings/F999", { headers: bearer(env("API_TOKEN")) })).toBe(404);
  expect(await status("/api/v1/flakes/999999", { headers: bearer(env("API_TOKEN")) })).toBe(404);
});

test("health, metrics and the pages", async () => {
  for (const path of ["/healthz", "/readyz", "/", "/stats", "/pulls", "/tasks", "/workers", "/audit"]) {
    expect([path, await status(path)]).toEqual([path, 200]);
  }
  for (const path of ["/findings/F999", "/flakes/F999", "/nothing", "/api/v1/nothing"]) {
    expect([path, await status(path)]).toEqual([path, 404]);
  }
  const metrics = (await ask("/metrics")).text;
  for (const name of [
    "runs_scanned_total",
    "failures_extracted_total",
    "issues_created_total",
    "issues_updated_total",
    "pr_created_total",
    "pr_merged_total",
    "llm_tokens_total",
    "llm_cost_estimate",
  ]) {
    expect(metrics).toMatch(new RegExp(`^${name} \\d`, "m"));
  }
  expect(metrics).toMatch(/^flaky_detected_total\{class="flaky-test"\} \d/m);
  expect(metrics).toMatch(/^action_failures_total\{reason="\w+"\} \d/m);
});
