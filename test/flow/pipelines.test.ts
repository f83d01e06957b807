import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { findings, jobRuns, sightings } from "../../db/schema.ts";
import { MINUTE } from "../../src/kernel/clock.ts";
import { LAKE, Lake } from "../harness/lake.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const PERFORMANCE = "performance (Doris Performance)";
let world: World;
let lake: Lake;
beforeAll(async () => {
  const targets = [
    { label: "Dave @ acme/lake", user: "dave", repos: [LAKE.name] },
    { label: "Dave", user: "dave", repos: [] },
    { label: "Erin", user: "erin", repos: [] },
  ];
  world = await World.start({ worker: false, settings: { targets, pipelines: {} } });
  lake = await Lake.fill(world.playground);
  await world.settled();
});
afterAll(() => world.close());

const token = () => ({ authorization: `Bearer ${world.playground.env.API_TOKEN}` });
const list = (label: string, headers: Record<string, string> = {}) =>
  fetch(`${world.product.url}/api/v1/pulls?target=${encodeURIComponent(label)}`, {
    headers: { ...token(), ...headers },
  });
const board = async (label = "Dave @ acme/lake") => (await list(label)).json();

async function post(path: string, body: Record<string, unknown>, headers = token()) {
  const answer = await fetch(`${world.product.url}${path}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await world.settled();
  return { status: answer.status, retryAfter: answer.headers.get("retry-after"), body: await answer.json() };
}
const rerun = (pipeline: string) => post("/rerun", { target: "Dave @ acme/lake", pr: LAKE.pull, pipeline });
const rebase = (pr: number = LAKE.pull) => post("/rebase-rerun", { target: "Dave @ acme/lake", pr });
const onGraphql = { method: "POST", path: /graphql/ };

test("what failed and what is under way is shown as its CI says it, with the command for it", async () => {
  const asked = lake.asked("POST", /graphql/);
  const [seen] = (await board()).pulls;
  expect(seen).toMatchObject({
    number: LAKE.pull,
    repo: "acme/lake",
    title: "Spill hash joins to disk",
    mergeable: "mergeable",
    mergeable_state: "unstable",
    conflicting: false,
    update_branch: true,
    rebase_command: "run buildall",
    passed: 2,
    pipelines: [
      {
        context: PERFORMANCE,
        state: "failure",
        description: "the build failed in TeamCity",
        target_url:
          "http://ci.lake.test:8111/buildConfiguration/performance%20(Doris%20Performance)?mode=builds",
        failed: true,
        command: "run performance",
      },
      { context: "P0 Regression (Doris Regression)", state: "pending", failed: false, command: "run p0" },
    ],
  });
  expect(seen.commands).toContain("run cloud_p0");
  const first = await list("Dave @ acme/lake");
  const known = { "if-none-match": first.headers.get("etag") ?? "" };
  expect((await list("Dave @ acme/lake", known)).status).toBe(304);
  // three readings within a minute are one question
  expect(lake.asked("POST", /graphql/) - asked).toBe(1);
  expect((await board("Dave")).pulls).toHaveLength(1);
  expect((await board("Erin")).pulls).toEqual([]);
  expect((await list("Nobody")).status).toBe(404);
});

test("the page shows the same, and no button to whom nobody knows", async () => {
  const html = await (await fetch(`${world.product.url}/pulls`)).text();
  for (const words of [
    PERFORMANCE,
    "the build failed in TeamCity",
    "no conflict",
    "update branch (unstable)",
  ])
    expect(html).toContain(words);
  expect(html).not.toContain('action="/act"');
  const elsewhere = await fetch(`${world.product.url}/pulls?target=Nobody`);
  expect(elsewhere.status).toBe(404);
  expect(await elsewhere.text()).toContain("There is Dave @ acme/lake, Dave, Erin");
  const empty = await (await fetch(`${world.product.url}/pulls?target=Erin`)).text();
  expect(empty).toContain("No open pull request of erin");
});

test("a rerun is a comment, once in two minutes for the same code", async () => {
  expect((await post("/rerun", { pr: LAKE.pull, pipeline: "p0" }, { authorization: "" })).status).toBe(401);
  expect(await rerun("performance")).toMatchObject({
    status: 200,
    body: { ok: true, already_triggered: false, command: "run performance" },
  });
  for (const name of [PERFORMANCE, "performance", "run performance"])
    expect((await rerun(name)).body).toMatchObject({ ok: true, already_triggered: true });
  expect(await lake.commands()).toEqual(["run performance"]);
  const [seen] = (await board()).pulls;
  expect(seen.pipelines[0].asked_at).not.toBeNull();
  // a pipeline that passed may run again as well
  expect((await rerun("compile")).body).toMatchObject({ already_triggered: false, command: "run compile" });
  const unknown = await rerun("weather");
  expect(unknown.status).toBe(400);
  expect(unknown.body.error).toContain("P0 Regression (Doris Regression)");
  world.passes(2 * MINUTE + 1000);
  expect((await rerun("performance")).body.already_triggered).toBe(false);
  expect(await lake.commands()).toEqual(["run performance", "run compile", "run performance"]);
});

test("what cannot be meant is said", async () => {
  expect((await post("/rerun", { target: "Nobody", pr: 1, pipeline: "p0" })).status).toBe(400);
  expect((await post("/rerun", { repo: "other/place", pr: 1, pipeline: "p0" })).status).toBe(404);
  expect((await post("/rerun", { target: "Dave", pr: 7, pipeline: "p0" })).status).toBe(404);
  expect((await post("/rerun", { target: "Dave", pr: 0, pipeline: "p0" })).status).toBe(400);
  expect((await post("/rerun", { target: "Dave", pr: LAKE.pull })).status).toBe(400);
  expect((await post("/rerun", { target: "Dave", pr: LAKE.pull, pipeline: "p0" })).body.command).toBe(
    "run p0",
  );
});

test("rebase and rerun: nothing to update is said, and everything runs all the same", async () => {
  const before = (await lake.commands()).length;
  expect(await rebase()).toMatchObject({
    status: 200,
    body: { ok: true, updated: false, already_triggered: false, command: "run buildall" },
  });
  expect((await rebase()).body).toMatchObject({ ok: true, already_triggered: true });
  expect((await lake.commands()).slice(before)).toEqual(["run buildall"]);
});

test("rebase and rerun: the branch is brought up to date once, though the answer was lost", async () => {
  world.passes(3 * MINUTE);
  await lake.mainMoves("shore.md");
  const before = (await lake.commands()).length;
  const { faults } = world.playground.github;
  faults.next({ match: { method: "PUT", path: /update-branch/ }, dropAfterCommit: true });
  faults.next({ match: { method: "POST", path: /issues\/\d+\/comments/ }, dropAfterCommit: true });
  const done = await rebase();
  expect(done.body).toMatchObject({ updated: true, already_triggered: false });
  expect(done.body.message).toContain("is brought up to date; run buildall follows");
  expect((await lake.commands()).slice(before)).toEqual(["run buildall"]);
  world.passes(2 * MINUTE);
  const again = await board();
  expect(again.pulls[0].head_sha).not.toBe(lake.head);
});

test("a conflict is shown, and no rebase tried", async () => {
  await lake.mainMoves("harbour.md");
  const pull = await lake.opens("harbour", "Deepen the harbour");
  await lake.mainMoves("harbour.md");
  world.passes(2 * MINUTE);
  const seen = (await board()).pulls.find((one: { number: number }) => one.number === pull);
  expect(seen).toMatchObject({
    mergeable: "conflicting",
    mergeable_state: "dirty",
    conflicting: true,
    update_branch: false,
  });
  const refused = await rebase(pull);
  expect(refused.status).toBe(400);
  expect(refused.body.error).toContain("conflicts with its base");
  expect(await lake.commands(pull)).toEqual([]);
});

test("a used up limit is said with its end; what was read before stays", async () => {
  world.passes(2 * MINUTE);
  const { faults } = world.playground.github;
  const reset = String(Math.floor(Date.now() / 1000) + 3600);
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
  faults.next({ match: onGraphql, status: 403, headers });
  const asked = lake.asked("POST", /graphql/);
  const limited = await board();
  expect(limited.error).toMatch(/^GitHub's request limit is used up until \d\d:\d\d UTC/);
  expect(limited.pulls).toHaveLength(2);
  await board();
  // nobody asks again before its end
  expect(lake.asked("POST", /graphql/) - asked).toBe(1);
  faults.next({ match: { method: "GET", path: /pulls\/58845$/ }, status: 403, headers });
  const refused = await rerun("external");
  expect(refused).toMatchObject({ status: 503, body: { ok: false } });
  expect(refused.body.error).toContain("request limit is used up");
  expect(Number(refused.retryAfter)).toBeGreaterThan(0);
  const html = await (await fetch(`${world.product.url}/pulls`)).text();
  expect(html).toContain("request limit is used up until");
});

test("GraphQL's own limit, which comes with status 200, is one too", async () => {
  world.passes(90 * MINUTE);
  const body = JSON.stringify({ errors: [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }] });
  world.playground.github.faults.next({ match: onGraphql, status: 200, body });
  expect((await board()).error).toContain("request limit is used up until");
});

test("a failure that is a known flake is marked with its finding", async () => {
  world.passes(90 * MINUTE);
  const { db } = world.product;
  if (db === null) throw new Error("the product is in this process");
  await lake.opens("buoys", "Paint the buoys");
  await lake.status("PD Test", "failure", "3 of 4 suites passed");
  const at = new Date();
  const common = {
    repo: LAKE.name,
    sha: lake.head,
    branch: "buoys",
    at,
    url: "",
    job: 9,
    run: 9,
    attempt: 1,
  };
  await db.insert(jobRuns).values({ ...common, name: "PD Test", workflow: "PD Test", conclusion: "failure" });
  const [finding] = await db
    .insert(findings)
    .values({
      ...{ kind: "flaky_test", repo: LAKE.name, test: "TestTide", framework: "go-test", signature: "late" },
      ...{
        state: "open",
        class: "flaky-test",
        confidence: 0.9,
        reasons: [],
        firstSeen: at,
        lastSeen: at,
        stateAt: at,
      },
    })
    .returning();
  await db.insert(sightings).values({
    ...common,
    ...{ fingerprint: "f".repeat(64), findingId: finding?.id ?? 0, jobName: "PD Test", test: "TestTide" },
    ...{ framework: "go-test", kind: "assert", message: "late", signature: "late", line: 1 },
    ...{ retriedOk: false, fellTogether: 1, infra: [] },
  });
  world.passes(2 * MINUTE);
  const marked = (await board()).pulls.find((one: { title: string }) => one.title === "Paint the buoys");
  expect(marked.pipelines).toMatchObject([
    { context: "PD Test", command: null, known_flakes: [{ id: `F${finding?.id}`, test: "TestTide" }] },
  ]);
  const html = await (await fetch(`${world.product.url}/pulls`)).text();
  expect(html).toContain(`href="/findings/F${finding?.id}"`);
});

test("Slack shows it with buttons, which ask for the right of whoever presses them", async () => {
  const { slack } = world.playground;
  world.passes(3 * MINUTE);
  const head = (await board()).pulls.find((one: { number: number }) => one.number === LAKE.pull).head_sha;
  await lake.status(PERFORMANCE, "failure", "the build failed <!channel>", head);
  await lake.status("Sea state", "error", "nobody knows why", head);
  world.passes(3 * MINUTE);
  const before = (await lake.commands()).length;
  expect(await world.dave.commands("prs nonsense")).toContain("There is Dave @ acme/lake, Dave, Erin");
  const press = async (person: typeof world.dave, button: string, picked?: string) => {
    await person.commands("prs dave @ acme/lake");
    const note = slack.ephemerals(person.chatId).at(-1);
    expect(note?.text).toContain("3 open pull requests");
    expect(note?.text).toContain("the build failed &lt;!channel&gt;");
    await slack.click(person.chatId, note?.ts ?? "", button, picked);
    await world.settled();
    return slack.ephemerals(person.chatId).at(-1)?.text ?? "";
  };
  expect(await press(world.dave, "run performance")).toContain("needs the triage right on acme/lake");
  expect((await lake.commands()).length).toBe(before);
  expect(await press(world.carol, "run performance")).toBe(
    `:repeat: \`run performance\` is commented on #${LAKE.pull}.`,
  );
  expect(await press(world.carol, "pull.rerun.pick.1", "acme/lake#58845 run-external")).toContain(
    "run external",
  );
  expect(await press(world.carol, "Rebase & Rerun")).toContain("needs the write right on acme/lake");
  expect((await lake.commands()).slice(before)).toEqual(["run performance", "run external"]);
});

test("nothing is asked of GitHub's writers while the service is paused", async () => {
  const before = (await lake.commands()).length;
  await world.alice.commands("pause for the release");
  const refused = await rerun("feut");
  expect(refused.status).toBe(400);
  expect(refused.body.error).toContain("I am paused by");
  expect((await rebase()).status).toBe(400);
  await world.alice.commands("resume");
  expect((await lake.commands()).length).toBe(before);
  expect((await rerun("feut")).body.already_triggered).toBe(false);
});
