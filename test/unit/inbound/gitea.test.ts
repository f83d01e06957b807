import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { type Database, openDatabase } from "../../../db/client.ts";
import { inbox } from "../../../db/schema.ts";
import { ConfigFile } from "../../../src/config/file.ts";
import type { Config } from "../../../src/config/index.ts";
import type { Context } from "../../../src/features/context.ts";
import { giteaRoute } from "../../../src/inbound/gitea/route.ts";
import { translate } from "../../../src/inbound/gitea/translate.ts";
import { PAYLOADS } from "../../../src/inbound/github/payloads.ts";
import { fromOwnForge } from "../../../src/inbound/own-forge.ts";
import { freshDatabase } from "../../harness/database.ts";

const repository = { full_name: "acme/shop" };
const sender = { login: "carol" };
const at = "2026-02-28T10:00:00Z";
const issue = { number: 7, labels: [{ id: 1, name: "approved" }], updated_at: at };
const comment = {
  ...{ id: 3, body: "hm", user: sender, created_at: at, updated_at: at },
  html_url: "https://gitea.example/acme/shop/issues/7#issuecomment-3",
};
const both = { repository, sender };

/** What is said, in the forms that are worked on. */
const said = (kind: string, payload: unknown) =>
  translate(kind, payload).map((one) => ({ kind: one.kind, payload: PAYLOADS[one.kind].parse(one.payload) }));

describe("labels", () => {
  const labelled = (changes: unknown) =>
    said("issue_label", {
      action: "label_updated",
      issue,
      ...both,
      ...(changes === null ? {} : { changes }),
    });

  test("each that was given and taken is told by itself", () => {
    const [first, second, third] = labelled({
      added_labels: [
        { id: 1, name: "approved" },
        { id: 2, name: "slow" },
      ],
      removed_labels: [{ id: 3, name: "new" }],
    });
    expect(first?.payload).toMatchObject({ action: "labeled", label: { name: "approved" } });
    expect(second?.payload).toMatchObject({ action: "labeled", label: { name: "slow" } });
    expect(third?.payload).toMatchObject({ action: "unlabeled", label: { name: "new" } });
  });

  test.each([[null], [{}], [{ added_labels: null }], [{ added_labels: [] }]])(
    "a list of labels that stand is no label just given: %j",
    (changes) => expect(labelled(changes)).toEqual([]),
  );
});

test("issues: closed, assigned", () => {
  expect(said("issues", { action: "closed", issue, ...both })).toMatchObject([
    { kind: "issues", payload: { action: "closed", issue: { number: 7 } } },
  ]);
  const assigned = { ...issue, assignee: { login: "bob" } };
  expect(said("issue_assign", { action: "assigned", issue: assigned, ...both })).toMatchObject([
    { kind: "issues", payload: { action: "assigned", assignee: { login: "bob" } } },
  ]);
});

test.each([
  ["issue_comment", false],
  ["issue_comment", true],
  ["pull_request_comment", true],
])("a comment, %s, on a pull request: %p", (kind, is_pull) => {
  const [one, ...more] = said(kind, { action: "created", issue, comment, is_pull, ...both });
  expect(more).toEqual([]);
  expect(one).toMatchObject({ kind: "issue_comment", payload: { comment: { id: 3, body: "hm" } } });
  const payload = PAYLOADS.issue_comment.parse(one?.payload);
  expect(payload.issue.pull_request != null).toBe(is_pull);
});

test.each([
  "pull_request_review_approved",
  "pull_request_review_rejected",
  "pull_request_review_comment",
  "pull_request_approved",
  "pull_request_rejected",
  "pull_request_comment",
])("a review, %s", (kind) => {
  const payload = {
    action: "reviewed",
    pull_request: { number: 9 },
    review: { type: kind, content: "" },
    ...both,
  };
  expect(said(kind, payload)).toMatchObject([
    { kind: "pull_request_review", payload: { pull_request: { number: 9 } } },
  ]);
});

test.each(["pull_request", "pull_request_sync", "pull_request_label"])("a pull request, %s", (kind) => {
  const payload = { action: "closed", pull_request: { number: 9, merged: true }, ...both };
  expect(said(kind, payload)).toMatchObject([{ kind: "pull_request", payload: { action: "closed" } }]);
});

test("a run's workflow is named, and its file is without the branch", () => {
  const workflow_run = { id: 5, path: "test.yml@refs/heads/main", event: "push", head_branch: "main" };
  const payload = { action: "completed", workflow: { name: "Test" }, workflow_run, ...both };
  expect(said("workflow_run", payload)).toMatchObject([
    { kind: "workflow_run", payload: { workflow_run: { id: 5, name: "Test", path: "test.yml" } } },
  ]);
});

test("other kinds and forms say nothing", () => {
  expect(translate("push", { commits: [] })).toEqual([]);
  expect(translate("__proto__", {})).toEqual([]);
  for (const kind of ["issues", "workflow_run"])
    for (const payload of [null, 7, "x", [], { action: 3 }]) expect(translate(kind, payload)).toEqual([]);
});

describe("the door", () => {
  const SECRET = "of the webhook";
  let database: Database;
  let route: ReturnType<typeof giteaRoute>;
  beforeAll(async () => {
    database = await openDatabase({ url: null, dataDir: "memory://", ...(await freshDatabase("pglite")) });
    // the route uses nothing else of all that a stage is given
    const deps = {
      config: { env: { GITEA_WEBHOOK_SECRET: SECRET } },
      clock: { now: () => new Date(0) },
      db: database.db,
      queue: { send: async () => {} },
    } as unknown as Context;
    route = giteaRoute(deps);
  }, 60_000);
  afterAll(() => database.close());
  const signature = (body: string, secret = SECRET) =>
    createHmac("sha256", secret).update(body).digest("hex");
  const post = (body: string, headers: Record<string, string> = {}) =>
    route.request("/webhooks/gitea", {
      method: "POST",
      body,
      headers: {
        "x-gitea-signature": signature(body),
        "x-gitea-delivery": "d-1",
        "x-gitea-event": "issues",
        ...headers,
      },
    });

  test("takes what is signed, as it came, once", async () => {
    const body = '{ "action":"closed",  "text": "\u00e4 ä" }';
    expect(await (await post(body, { "x-gitea-event-type": "issue_label" })).json()).toEqual({
      stored: true,
      repeat: false,
    });
    expect(await (await post(body)).json()).toEqual({ stored: true, repeat: true });
    const kept = await database.db.select().from(inbox);
    expect(kept).toMatchObject([{ source: "gitea", kind: "issue_label", payload: { text: "ä ä" } }]);
  });

  test.each([
    ["no signature", "{}", { "x-gitea-signature": "" }, 401],
    ["another secret's", "{}", { "x-gitea-signature": signature("{}", "another") }, 401],
    ["that of the same JSON in other words", "{ }", { "x-gitea-signature": signature("{}") }, 401],
    ["GitHub's form of it", "{}", { "x-gitea-signature": `sha256=${signature("{}")}` }, 401],
    ["no JSON", "what", {}, 400],
  ])("refuses %s", async (_, body, headers, status) => {
    expect((await post(body, headers)).status).toBe(status);
  });

  test("does not read on beyond 25 MiB", async () => {
    expect((await post(`"${"x".repeat(26 * 1024 * 1024)}"`)).status).toBe(413);
  });
});

test("a webhook speaks for no repository of another forge, whoever signed it", () => {
  const config = loadFrom({ "acme/shop": "github", "acme/till": "gitea" });
  const speaks = (source: string, full_name: string) =>
    fromOwnForge(config, source, { ...both, repository: { full_name } });
  expect(speaks("github", "acme/shop")).toBe(true);
  expect(speaks("gitea", "acme/till")).toBe(true);
  expect(speaks("gitea", "acme/shop")).toBe(false);
  expect(speaks("github", "acme/till")).toBe(false);
  // nothing is made of what nobody looks after
  expect(speaks("gitea", "acme/none")).toBe(true);
  expect(fromOwnForge(config, "gitea", {})).toBe(true);
});

/** Settings of repositories, each on its forge. */
function loadFrom(on: Record<string, "github" | "gitea">): Config {
  const repos = Object.entries(on).map(([source, forge]) => ({ source, forge, channel: "#ci" }));
  // nothing else of the settings is asked here
  return { env: {}, file: ConfigFile.parse({ repos }) } as Config;
}
