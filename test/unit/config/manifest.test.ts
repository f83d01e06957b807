import { expect, test } from "bun:test";
import { parse } from "yaml";
import { z } from "zod";
import { PAYLOADS } from "../../../src/inbound/github/payloads.ts";
import { SHORTCUTS as LISTENED } from "../../../src/inbound/slack/shortcuts.ts";
import { SHORTCUTS as PLAYED } from "../../../src/playground/index.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => Bun.file(new URL(path, root)).text();

/** Everything in the sources of a folder that matches, each once, sorted. */
async function mentioned(folder: string, pattern: RegExp): Promise<string[]> {
  const found = new Set<string>();
  for await (const path of new Bun.Glob("*.ts").scan(new URL(folder, root).pathname)) {
    for (const match of (await read(folder + path)).matchAll(pattern)) found.add(match[1] ?? "");
  }
  return [...found].sort();
}

const unique = (list: string[]) => [...new Set(list)].sort();

const SLACK_SCOPES: Record<string, string[]> = {
  "auth.test": [],
  "chat.delete": ["chat:write"],
  "chat.getPermalink": [],
  "chat.postEphemeral": ["chat:write"],
  "chat.postMessage": ["chat:write"],
  "chat.update": ["chat:write"],
  "conversations.history": ["channels:history", "groups:history", "im:history"],
  "conversations.list": ["channels:read", "groups:read"],
  "conversations.open": ["im:write"],
  "conversations.replies": ["channels:history", "groups:history"],
  "reactions.add": ["reactions:write"],
  "reactions.remove": ["reactions:write"],
  "users.info": ["users:read"],
  "views.open": [],
};
/** What each event that is listened to is called in a manifest, and the scope that it needs. */
const SLACK_EVENTS: Record<string, Record<string, string>> = {
  app_mention: { app_mention: "app_mentions:read" },
  message: { "message.channels": "channels:history", "message.groups": "groups:history" },
};

const Slack = z.looseObject({
  features: z.looseObject({
    slash_commands: z.array(z.looseObject({ command: z.string(), url: z.url() })),
    // Slack's own limits
    shortcuts: z
      .array(
        z.strictObject({
          name: z.string().max(24),
          type: z.literal("message"),
          callback_id: z.string().max(255),
          description: z.string().max(150),
        }),
      )
      .max(5),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.looseObject({
    event_subscriptions: z.object({ request_url: z.url(), bot_events: z.array(z.string()) }),
    interactivity: z.object({ is_enabled: z.literal(true), request_url: z.url() }),
  }),
});
const slack = Slack.parse(parse(await read("slack.manifest.yaml")));

test("the Slack app has the scopes that its methods, events and command need, and no other", async () => {
  const spoken =
    /"((?:api|apps|auth|bots|chat|conversations|files|reactions|team|users|views)\.[A-Za-z.]+)"/g;
  const methods = await mentioned("src/outbound/slack/", spoken);
  const listened = await mentioned("src/inbound/slack/", /app\.event\("([a-z_]+)"/g);
  expect(methods).toEqual(Object.keys(SLACK_SCOPES));
  expect(listened).toEqual(Object.keys(SLACK_EVENTS));
  const events = Object.values(SLACK_EVENTS).flatMap((names) => Object.entries(names));
  const needed = ["commands", ...Object.values(SLACK_SCOPES).flat(), ...events.map(([, scope]) => scope)];
  expect(slack.oauth_config.scopes.bot).toEqual(unique(needed));
  expect(slack.settings.event_subscriptions.bot_events).toEqual(events.map(([name]) => name));
});

test("Slack's requests all go to the route that takes them", async () => {
  const { features, settings } = slack;
  expect(features.slash_commands.map((one) => one.command)).toEqual(
    await mentioned("src/inbound/slack/", /app\.command\("([^"]+)"/g),
  );
  const addresses = [
    ...features.slash_commands.map((one) => one.url),
    settings.event_subscriptions.request_url,
    settings.interactivity.request_url,
  ];
  expect(unique(addresses.map((address) => new URL(address).pathname))).toEqual(["/slack/events"]);
});

test("the menu of a message offers what is listened to, also in the playground", () => {
  const listed = slack.features.shortcuts.map(({ callback_id, name }) => [callback_id, name]);
  expect(listed).toEqual(Object.entries(LISTENED));
  expect(PLAYED.map(({ callbackId, name }) => [callbackId, name])).toEqual(listed);
});

/** Permission that each call needs, of those an App can be given. */
const GITHUB_PERMISSIONS: Record<string, string> = {
  "actions.getWorkflowRun": "actions:read",
  "actions.listJobsForWorkflowRunAttempt": "actions:read",
  "actions.listRepoWorkflows": "actions:read",
  "actions.listWorkflowRuns": "actions:read",
  "actions.listWorkflowRunsForRepo": "actions:read",
  "actions.reRunWorkflowFailedJobs": "actions:write",
  "apps.getAuthenticated": "metadata:read",
  "apps.getRepoInstallation": "metadata:read",
  "apps.revokeInstallationAccessToken": "metadata:read",
  "checks.listForRef": "checks:read",
  "issues.addLabels": "issues:write",
  "issues.create": "issues:write",
  "issues.createComment": "issues:write",
  "issues.deleteComment": "issues:write",
  "issues.get": "issues:read",
  "issues.getComment": "issues:read",
  "issues.listComments": "issues:read",
  "issues.listForRepo": "issues:read",
  "issues.removeLabel": "issues:write",
  "issues.update": "issues:write",
  "issues.updateComment": "issues:write",
  "pulls.create": "pull_requests:write",
  "pulls.createReplyForReviewComment": "pull_requests:write",
  "pulls.get": "pull_requests:read",
  "pulls.list": "pull_requests:read",
  "pulls.listReviewComments": "pull_requests:read",
  "pulls.listReviews": "pull_requests:read",
  "pulls.merge": "contents:write",
  "pulls.requestReviewers": "pull_requests:write",
  "pulls.update": "pull_requests:write",
  "pulls.updateBranch": "pull_requests:write",
  "repos.compareCommitsWithBasehead": "contents:read",
  "repos.get": "metadata:read",
  "repos.getCollaboratorPermissionLevel": "metadata:read",
  "repos.getCombinedStatusForRef": "statuses:read",
  "repos.getContent": "contents:read",
  "repos.listCommitStatusesForRef": "statuses:read",
  "repos.listCommits": "contents:read",
  "repos.listPullRequestsAssociatedWithCommit": "pull_requests:read",
  "users.getAuthenticated": "metadata:read",
};
/** What is done without the REST client: job logs are asked for by their address, git pushes. */
const BESIDES = ["actions:read", "contents:write"];

const App = z.looseObject({
  hook_attributes: z.object({ url: z.url(), active: z.literal(true) }),
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});

test("the GitHub App has the permissions and events that are used, and no other", async () => {
  const app = App.parse(JSON.parse(await read("github-app.manifest.json")));
  const calls = await mentioned("src/outbound/github/", /\.rest\.([a-z]+\.[A-Za-z]+)/g);
  expect(calls).toEqual(Object.keys(GITHUB_PERMISSIONS));
  const needed: Record<string, string> = {};
  for (const permission of [...Object.values(GITHUB_PERMISSIONS), ...BESIDES]) {
    const [name = "", right = ""] = permission.split(":");
    if (needed[name] !== "write") needed[name] = right;
  }
  expect<unknown>(app.default_permissions).toEqual(needed);
  expect<unknown>(app.default_events).toEqual(Object.keys(PAYLOADS).sort());
  expect(new URL(app.hook_attributes.url).pathname).toBe("/webhooks/github");
});
