import { expect, test } from "bun:test";
import type { Config } from "../../../src/config/index.ts";
import { LABELS } from "../../../src/features/issues/labels.ts";
import * as github from "../../../src/inbound/github/worth.ts";
import * as slack from "../../../src/inbound/slack/worth.ts";

// of the settings only the repositories are asked for
const config = { file: { repos: [{ source: "acme/shop", write: "acme/shop" }] } } as unknown as Config;
const repository = { full_name: "acme/shop" };
const sender = { login: "dana" };

const run = (action: string) => ({
  action,
  repository,
  workflow_run: { id: 1, name: "ci", path: ".github/workflows/ci.yml", event: "push", head_branch: "main" },
});
const issue = (action: string, more: object = {}) => ({
  action,
  repository,
  sender,
  issue: { number: 7, updated_at: "2026-03-01T10:00:00Z" },
  ...more,
});
const comment = (action: string, type: string, more: object = {}) => ({
  ...issue(action),
  comment: {
    id: 5,
    body: "hm",
    html_url: "https://github.test/acme/shop/issues/7#issuecomment-5",
    user: { login: "dana", type },
    created_at: "2026-03-01T10:00:00Z",
    updated_at: "2026-03-01T10:00:00Z",
  },
  ...more,
});

test.each([
  [true, "workflow_run", run("completed")],
  [false, "workflow_run", run("requested")],
  [false, "workflow_run", { ...run("completed"), repository: { full_name: "acme/other" } }],
  [true, "issues", issue("closed")],
  [true, "issues", issue("labeled", { label: { name: LABELS.approved } })],
  [true, "issues", issue("labeled", { label: { name: "area/cart" } })],
  [false, "issues", issue("labeled", { label: { name: LABELS.flaky } })],
  [false, "issues", issue("opened")],
  [false, "issues", issue("edited")],
  [true, "issue_comment", comment("created", "User")],
  [true, "issue_comment", comment("edited", "User", { changes: { body: { from: "ha" } } })],
  [true, "issue_comment", comment("deleted", "Bot")],
  [false, "issue_comment", comment("edited", "User")],
  [false, "issue_comment", comment("created", "Bot")],
  [false, "push", { repository }],
  // its form is told of where it is worked on
  [true, "issues", { repository }],
] as const)("worth %p: %s %j", (worth, kind, payload) => {
  expect(github.isWorthWork(config, kind, payload)).toBe(worth);
});

test("a check of a fork's commit may be of a pull request of ours", () => {
  const check = { head_sha: "a".repeat(40), name: "unit", details_url: null };
  const payload = { action: "completed", repository: { full_name: "dana/shop" }, check_run: check };
  expect(github.isWorthWork(config, "check_run", payload)).toBe(true);
});

const said = { type: "message", channel: "C1", user: "U1", ts: "1.0", text: "why?" };
const reply = { user: "U1", ts: "2.0", thread_ts: "1.0", text: "so" };
const changed = (message: object, more: object = {}) => ({
  type: "message",
  subtype: "message_changed",
  channel: "C1",
  event_ts: "3.0",
  message,
  ...more,
});

test.each([
  [true, said],
  [true, { ...said, type: "app_mention" }],
  [true, { ...said, subtype: "file_share" }],
  [false, { ...said, bot_id: "B1" }],
  [false, { ...said, type: "app_mention", bot_id: "B1" }],
  [false, { ...said, subtype: "channel_join" }],
  [false, { type: "reaction_added", user: "U1", reaction: "eyes" }],
  [true, changed(reply, { previous_message: { ...reply, text: "no" } })],
  [false, changed(reply, { previous_message: reply })],
  [false, changed({ ...reply, bot_id: "B1" })],
  [false, changed({ ...reply, thread_ts: undefined })],
  [true, changed({ ts: "1.0", thread_ts: "1.0", user: "USLACKBOT", subtype: "tombstone" })],
  [
    true,
    {
      ...changed({}),
      subtype: "message_deleted",
      deleted_ts: "1.0",
      previous_message: { ts: "1.0", bot_id: "B1" },
    },
  ],
  [
    false,
    {
      ...changed({}),
      subtype: "message_deleted",
      deleted_ts: "1.0",
      previous_message: { ts: "1.0", user: "U1" },
    },
  ],
  [true, { ...changed({}), subtype: "message_deleted", deleted_ts: "2.0", previous_message: reply }],
] as const)("an event is worth %p: %j", (worth, event) => {
  expect(slack.isWorthWork({ type: "event_callback", event })).toBe(worth);
});
