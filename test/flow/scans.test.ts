import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { issues, sightings } from "../../db/schema.ts";
import { DAY, MINUTE } from "../../src/kernel/clock.ts";
import { FindingId, IssueNumber, RepoName } from "../../src/kernel/ids.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { workflowOf } from "../harness/target.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const REPO = RepoName.parse(targetName);
const DESKS = ["north", "south"];

let world: World;
beforeAll(async () => {
  world = await World.start({ desks: DESKS, worker: false });
});
afterAll(() => world.end());

const github = () => world.playground.github;

/** Requests that the product made to GitHub while something happened. */
async function asked(during: () => Promise<unknown>) {
  const before = github().requests().length;
  await during();
  return github()
    .requests()
    .slice(before)
    .filter(({ login }) => login === "flaky-bot");
}

/** Runs of which no webhook tells, as happens while the service is down. */
async function unheardOf(work: () => Promise<unknown>): Promise<void> {
  await world.product.stop();
  await work();
  await world.product.start();
  await world.settled();
}

test("a scan reads what no webhook told of, and what follows is the same", async () => {
  await unheardOf(() => world.ci.flake("north"));
  expect(await world.said()).toBe("");
  await world.scans();
  expect(await world.said()).toContain("[flaky] notes the hour of the north carrier — ");
});

test("a second scan asks for the lists alone, and no request of it counts", async () => {
  // what the first one wrote counted, and is told with the next answer
  await world.scans();
  const left = world.product.context?.ci.limit()?.remaining;
  const requests = await asked(() => world.scans());
  expect(requests.map(({ method, path, status }) => `${method} ${path.split("/").at(-1)} ${status}`)).toEqual(
    ["GET workflows 304", "GET runs 304"],
  );
  expect(world.product.context?.ci.limit()?.remaining).toBe(Number(left));
  expect(await world.said()).toBe("");
});

test("one that somebody asks for shows in the channel how it goes, and says what is missing", async () => {
  await unheardOf(async () => {
    await world.ci.fail("south", { pull: "gone", author: "carol" });
    await world.ci.fail("south", { pull: "kept", author: "dave" });
  });
  github().faults.next({ match: { path: /\/jobs\/\d+\/logs$/ }, status: 410 });
  const texts = async () => (await world.said()).match(/^:\w+: .*run.*$/gm) ?? [];
  await world.alice.commands("scan");
  expect(await texts()).toMatchInlineSnapshot(`
    [
      ":white_check_mark: playground/orchard: 4 runs since <day>, 2 read. 1 failure of 1 test found. Missing: logs of 1 attempt are gone, so failures in them go unseen.",
    ]
  `);
  expect(await world.alice.commands("scan")).toContain("Scanning");
  expect(await texts()).toMatchInlineSnapshot(`
    [
      ":white_check_mark: playground/orchard: 4 runs since <day>, nothing new in them.",
    ]
  `);
});

test("three scans that failed are told once, and once more only after one that worked", async () => {
  const fails = async () => {
    github().faults.next({ match: { path: /\/actions\/workflows$/ }, status: 404 });
    world.passes(2 * MINUTE);
    await world.scans();
  };
  for (const _ of [1, 2]) await fails();
  expect(await world.said()).toBe("");
  await fails();
  expect(await world.said()).toMatchInlineSnapshot(`
    "=== Slack, #flaky-tests
    :warning: *playground/orchard: 3 scans failed in a row*
    The last one: \`GET /api/v3/repos/playground/orchard/actions/workflows?per_page=100: 404 Injected failure 404\`
    Runs are not read while this lasts; none is lost, they are read when it works again. I say it once.
    \`doctor\` on the command line says what is wrong with the token or the settings; where both are right, look whether the forge is well (github.com: https://www.githubstatus.com).
    "
  `);
  for (const _ of [4, 5]) await fails();
  await world.scans();
  for (const _ of [1, 2]) await fails();
  expect(await world.said()).toBe("");
  await fails();
  expect(await world.said()).toContain("3 scans failed in a row");
  await world.scans();
});

test("less than a tenth of the limit is told once", async () => {
  const scarce = async (remaining: number) => {
    const headers = {
      ...{ "x-ratelimit-limit": "5000", "x-ratelimit-remaining": String(remaining) },
      "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 3600),
      "x-ratelimit-resource": "core",
    };
    const body = JSON.stringify({ total_count: 0, workflow_runs: [] });
    github().faults.next({ match: { path: /\/workflows\/\d+\/runs$/ }, status: 200, headers, body });
    await world.scans();
  };
  await scarce(500);
  expect(await world.said()).toBe("");
  await scarce(499);
  expect((await world.said()).replace(/\d\d:\d\d UTC/, "<time>")).toMatchInlineSnapshot(`
    "=== Slack, #flaky-tests
    :warning: *GitHub's request limit is nearly used up: 499 of 5000 left*
    At zero, reads and writes wait until <time>; nothing is lost by that. I say it once.
    If it happens often: name \`workflows\` and \`branches\` in flaky.yaml, or use a GitHub App, whose limit is its own.
    "
  `);
  await scarce(120);
  expect(await world.said()).toBe("");
});

test("failed jobs whose logs tell nothing any more are told once", async () => {
  const silent = workflowOf(DESKS).replace(/run: bun test .*/, "run: echo hm; exit 1");
  const commit = async (workflow: string, note: string) => {
    const files = { ".github/workflows/test.yml": workflow, [`notes/${note}.md`]: "x\n" };
    await github().commit(targetName, { branch: "main", files, message: note, author: "bob" });
    await world.settled();
  };
  for (const at of [1, 2]) await commit(silent, `silent-${at}`);
  expect(await world.said()).toBe("");
  await commit(silent, "silent-3");
  expect(await world.said()).toMatchInlineSnapshot(`
    "=== Slack, #flaky-tests
    :warning: *playground/orchard: failed jobs, and no failed test found in their logs*
    It was so in \`unit\` (<https://github.test/playground/orchard/actions/runs/run-3/job/job-3|log>), \`unit\` (<https://github.test/playground/orchard/actions/runs/run-4/job/job-4|log>), \`unit\` (<https://github.test/playground/orchard/actions/runs/run-5/job/job-5|log>); in earlier logs of the same I found some.
    Flaky tests of these jobs go unseen while this lasts. I say it once.
    Look at the log: if the job fell before its tests, nothing is to be done. Else its output has changed: run \`extract\` on the log, and report what is missed.
    "
  `);
  await commit(silent, "silent-4");
  await unheardOf(() => commit(silent, "silent-5"));
  await world.scans();
  expect(await world.said()).toBe("");
  await commit(workflowOf(DESKS), "mended");
});

test("what no database takes is left out of what comes in, or refused in words", async () => {
  const { env } = world.playground;
  const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const authorization = `Bearer ${env.REPORT_TOKEN ?? ""}`;
    const sent = await fetch(`${world.product.url}${path}`, {
      method: "POST",
      body,
      headers: { authorization, "content-type": "application/json", ...headers },
    });
    return sent.status;
  };
  const odd = "a \0 and half of a pair \ud83d";
  const comment = { id: 9_000_001, body: `/flaky help ${odd}`, user: { login: "bob" } };
  const event = { action: "created", repository: { full_name: targetName }, comment, issue: { number: 1 } };
  const payload = JSON.stringify({ ...event, sender: { login: "bob" } });
  const signed = new Bun.CryptoHasher("sha256", env.GITHUB_WEBHOOK_SECRET ?? "")
    .update(payload)
    .digest("hex");
  const by = { "x-hub-signature-256": `sha256=${signed}`, "x-github-event": "issue_comment" };
  expect(await post("/webhooks/github", payload, { ...by, "x-github-delivery": "odd" })).toBe(202);
  const error = { project: targetName, type: odd, message: odd, stack: odd, environment: odd };
  expect(await post("/api/v1/errors", JSON.stringify(error))).toBe(202);
  const report = (more: Record<string, string>) => {
    const of = {
      repo: targetName,
      sha: "d".repeat(40),
      branch: odd,
      run_url: "https://ci.example/9",
      job: odd,
    };
    return post(`/api/v1/reports?${new URLSearchParams({ ...of, ...more })}`, "<testsuite/>");
  };
  expect(await report({})).toBe(202);
  expect(await report({ pr: "99999999999" })).toBe(400);
  expect(await report({ attempt: "99999999999" })).toBe(400);
  await world.settled();
  await world.unheard();
});

test("after 90 days the excerpts are gone, and the links to the runs stay", async () => {
  const read = async () => {
    const { issue } = await world.finding(await world.numberOf("north"));
    const { body } = (await world.product.context?.forge.issue(REPO, IssueNumber.parse(issue))) ?? {
      body: "",
    };
    return { body, links: body.match(/\/actions\/runs\/\d+\/job\/\d+/g) ?? [] };
  };
  const before = await read();
  expect([before.links.length, before.body.includes("<details>")]).toEqual([2, true]);
  await world.later(91 * DAY);
  const kept = (await world.product.db?.select().from(sightings)) ?? [];
  expect(kept.map(({ excerpt }) => excerpt)).toEqual(kept.map(() => null));
  // the next edit of the issue has none of them any more, and all of the links
  await world.product.db?.update(issues).set({ bodyDigest: "" });
  await world.product.context?.queue.send(world.product.context.db, "issue.sync", {
    finding: FindingId.parse(await world.numberOf("north")),
  });
  await world.settled();
  const after = await read();
  expect(after.links).toEqual(before.links);
  expect(after.body).toContain("None is kept any more; the runs above have the logs.");
  expect(after.body).not.toContain("<details>");
  await world.unheard();
});
