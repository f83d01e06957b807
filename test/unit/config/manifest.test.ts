import { expect, test } from "bun:test";
import { parse } from "yaml";
import { z } from "zod";
import { PAYLOADS } from "../../../src/inbound/github/payloads.ts";
import { SHORTCUTS as LISTENED } from "../../../src/inbound/slack/shortcuts.ts";
import { BOT_SCOPES } from "../../../src/outbound/slack/fit.ts";
import { SHORTCUTS as PLAYED } from "../../../src/playground/index.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => Bun.file(new URL(path, root)).text();

/** The sources below some folders, as one text. */
async function sources(...folders: string[]): Promise<string> {
  const texts: string[] = [];
  for (const folder of folders) {
    for await (const path of new Bun.Glob("**/*.{ts,tsx}").scan(new URL(folder, root).pathname))
      texts.push(await read(folder + path));
  }
  return texts.join("\n");
}

const unique = (list: string[]) => [...new Set(list)].sort();
/** All that a pattern's one group finds, each once, sorted. */
const mentioned = (text: string, pattern: RegExp) =>
  unique([...text.matchAll(pattern)].map((match) => match[1] ?? ""));

const FAMILIES =
  "admin|api|apps|assistant|auth|bookmarks|bots|canvases|chat|conversations|dnd|emoji|files|lists|oauth|openid|pins|reactions|reminders|search|stars|team|tooling|usergroups|users|views|workflows";
/** Methods of Slack's Web API that a source calls: by name, or on a client. */
const slackMethods = (text: string) =>
  unique([
    ...mentioned(text, new RegExp(`["'\`]((?:${FAMILIES})\\.[A-Za-z.]+)["'\`]`, "g")),
    ...mentioned(
      text,
      new RegExp(`\\b(?:client|web|api)\\s*\\.\\s*((?:${FAMILIES})\\.[A-Za-z.]*[A-Za-z\\d])\\(`, "g"),
    ),
    ...mentioned(text, /\.\s*(filesUploadV2|chatStream)\(/g),
  ]);
/** Listeners of the app, with the event where it is one by name; what is listened to in another way has no scope here. */
const listeners = (text: string) => mentioned(text, /\bapp\.((?!error\()\w+(?:<|\((?:"[^"]*"|[^\s])))/g);
/** Calls of GitHub's interface: methods of the REST client, routes by name, and fields of GraphQL that begin a question. */
const githubCalls = (text: string) =>
  unique([
    ...mentioned(text, /\.\s*rest\.([a-z]+[A-Za-z]*\.[A-Za-z]+)/g),
    ...mentioned(text, /\bconst\s*\{\s*rest\s*:\s*\{\s*(\w+)/g),
    ...mentioned(text, /\.\s*(?:request|iterator|paginate)\(\s*["'`]([A-Z]+ \/[^"'`]*)/g),
    ...mentioned(text, /["'`](?:query|mutation)[^{"'`]*\{\s*(\w+)/g),
  ]);

const SLACK_SCOPES: Record<string, string[]> = {
  // by the app's own token
  "apps.connections.open": [],
  "auth.test": [],
  "chat.delete": ["chat:write"],
  "chat.getPermalink": [],
  "chat.postEphemeral": ["chat:write"],
  "chat.postMessage": ["chat:write"],
  "chat.update": ["chat:write"],
  "conversations.history": ["channels:history", "groups:history", "im:history"],
  "conversations.info": ["channels:read", "groups:read"],
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

const LISTENED_TO = [
  "action(/",
  'command("/flaky"',
  ...Object.keys(SLACK_EVENTS).map((name) => `event("${name}"`),
  "shortcut({",
  "view<",
];

const Slack = z.looseObject({
  features: z.looseObject({
    app_home: z.unknown(),
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
  expect(slackMethods(await sources("src/outbound/slack/", "src/inbound/slack/"))).toEqual(
    Object.keys(SLACK_SCOPES),
  );
  expect(listeners(await sources("src/inbound/slack/"))).toEqual(LISTENED_TO);
  const events = Object.values(SLACK_EVENTS).flatMap((names) => Object.entries(names));
  const needed = ["commands", ...Object.values(SLACK_SCOPES).flat(), ...events.map(([, scope]) => scope)];
  expect(slack.oauth_config.scopes.bot).toEqual(unique(needed));
  expect<readonly string[]>(BOT_SCOPES).toEqual(slack.oauth_config.scopes.bot);
  expect(slack.settings.event_subscriptions.bot_events).toEqual(events.map(([name]) => name));
});

test("nobody else speaks with Slack or GitHub by their clients", async () => {
  const clients = /from "(@slack\/(?:web-api|bolt|socket-mode)|@?octokit(?!\/webhooks-methods)[^"]*)"/;
  const ours = ["src/outbound/slack/", "src/inbound/slack/", "src/outbound/github/", "src/playground/"];
  const speakers: string[] = [];
  for await (const path of new Bun.Glob("src/**/*.{ts,tsx}").scan(root.pathname))
    if (!ours.some((folder) => path.startsWith(folder)) && clients.test(await read(path)))
      speakers.push(path);
  expect(speakers).toEqual([]);
});

test("Slack's requests all go to the route that takes them", async () => {
  const { features, settings } = slack;
  expect(features.slash_commands.map((one) => one.command)).toEqual(
    mentioned(await sources("src/inbound/slack/"), /app\.command\("([^"]+)"/g),
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
  // logs of jobs and archives of attempts
  "GET /repos/{owner}/{repo}/actions/${path}": "actions:read",
  // GraphQL
  markPullRequestReadyForReview: "pull_requests:write",
  node: "checks:read",
  search: "pull_requests:read",
};
/** What is done without the client: git pushes, and a search reads statuses beside pull requests. */
const BESIDES = ["contents:write", "statuses:read"];

const App = z.looseObject({
  hook_attributes: z.object({ url: z.url(), active: z.literal(true) }),
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});

test("the GitHub App has the permissions and events that are used, and no other", async () => {
  const app = App.parse(JSON.parse(await read("github-app.manifest.json")));
  const calls = githubCalls(await sources("src/outbound/", "src/inbound/", "src/features/", "src/cli/"));
  expect(calls).toEqual(Object.keys(GITHUB_PERMISSIONS).sort());
  const needed: Record<string, string> = {};
  for (const permission of [...Object.values(GITHUB_PERMISSIONS), ...BESIDES]) {
    const [name = "", right = ""] = permission.split(":");
    if (needed[name] !== "write") needed[name] = right;
  }
  expect<unknown>(app.default_permissions).toEqual(needed);
  expect<unknown>(app.default_events).toEqual(Object.keys(PAYLOADS).sort());
  expect(new URL(app.hook_attributes.url).pathname).toBe("/webhooks/github");
});

test.each([
  ["a method on a client", "client.files.uploadV2({})", slackMethods],
  ["one by its name", 'client.apiCall("users.profile.get", {})', slackMethods],
  ["one in a template", "call(`conversations.mark`)", slackMethods],
  ["one on a line of its own", "app.client\n  .pins.add({})", slackMethods],
  ["one with a name of its own", "client.filesUploadV2({})", slackMethods],
  ["another event", 'app.event("reaction_added", go)', listeners],
  ["any message", "app.message(async () => {})", listeners],
  ["a kind of events", "app.event(/team_/, go)", listeners],
  ["another command", 'app.command("/other", go)', listeners],
  ["a method of the REST client", "client.rest.repos.delete({})", githubCalls],
  ["one taken out of it", "const { rest: { orgs } } = client", githubCalls],
  ["a route", 'client.request("DELETE /repos/{owner}/{repo}")', githubCalls],
  ["pages of a route", 'client.paginate.iterator("GET /orgs/{org}/members")', githubCalls],
  [
    "a mutation",
    '"mutation ($id: ID!) { mergePullRequest(input: { pullRequestId: $id }) { id } }"',
    githubCalls,
  ],
])("the manifests' tests see %s", (_, code, seen) => {
  const known = [...Object.keys(SLACK_SCOPES), ...Object.keys(GITHUB_PERMISSIONS), ...LISTENED_TO];
  const found = seen(code);
  expect(found).not.toEqual([]);
  expect(found.some((one) => !known.includes(one))).toBe(true);
});

test("a direct message finds an open tab: Slack delivers none to an app without one", () => {
  expect(slack.features.app_home).toEqual({
    home_tab_enabled: false,
    messages_tab_enabled: true,
    // nobody reads there
    messages_tab_read_only_enabled: true,
  });
});
