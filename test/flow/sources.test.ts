import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { jobRuns } from "../../db/schema.ts";
import { watchNodes } from "../../src/features/fixes/nodes/watch.ts";
import { MINUTE } from "../../src/kernel/clock.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { NODE_SECRET, TestNode } from "../harness/node.ts";
import { lightTarget } from "../harness/target.ts";
import { until } from "../harness/until.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World | null = null;
const node = new TestNode();
afterAll(async () => {
  await world?.close();
  await node.close();
});

test("a flaky test that Prow alone ran: read from the artifact store, filed with links to Spyglass", async () => {
  world = await World.start({
    prow: true,
    quickProof: true,
    settings: { nodes: [{ url: node.url, push: true }] },
    env: { NODE_SECRET },
  });
  const { ci, playground } = world;
  // whatever is told twice counts once
  playground.github.webhooks.duplicate = true;
  await ci.fail("north", { pull: "glossary", author: "carol" });
  await ci.pass({ pull: "glossary" });
  await ci.fail("north", { pull: "crates", author: "bob" });
  playground.github.webhooks.duplicate = false;
  const found = await world.finding(1);
  expect(await world.said()).toMatch(
    /https:\/\/github\.test\/prow\/view\/gs\/playground-logs\/pr-logs\/pull\/\S+\/unit\//,
  );
  expect(found.issue).toBeGreaterThan(0);

  const rows = (await world.product.db?.select().from(jobRuns)) ?? [];
  const tries = rows.filter((row) => row.pull !== null && row.branch === "glossary");
  expect(tries.map((row) => [row.attempt, row.conclusion, row.partial, row.author])).toEqual([
    [1, "failure", true, "carol"],
    [2, "success", false, "carol"],
  ]);
  expect(new Set(tries.map((row) => row.run)).size).toBe(1);
  expect(playground.github.requests().some(({ path }) => path.includes("/actions/jobs/"))).toBe(false);

  // the sweep behind the webhooks finds all of it read
  const before = rows.length;
  await world.later(1000);
  expect((await world.product.db?.select().from(jobRuns))?.length).toBe(before);
});

/** The product looks after its nodes, so much later. */
async function watched(on: World, ms: number): Promise<void> {
  on.passes(ms);
  const { context } = on.product;
  if (context === null) throw new Error("the product is not in this process");
  await watchNodes(context, new Date(0));
  await on.settled();
}

test("a fix on a node: lost three times, asked for again, lost once more, made, proven here and published", async () => {
  if (world === null) throw new Error("the story before did not begin");
  const { bob, product, playground } = world;
  node.forgets();
  await bob.clicks(1, "Approve fix");
  for (let lost = 1; lost <= 3; lost++) {
    expect(node.orders).toHaveLength(lost);
    await watched(world, 31_000);
  }
  expect((await world.finding(1)).states.at(-1)).toBe("failed");
  expect(await world.said()).toContain(
    "3 tries on nodes brought nothing; the last one: the node knows the task",
  );

  await bob.commands("approve F1");
  const [first] = node.orders.slice(3);
  if (first === undefined) throw new Error("the node was not asked");
  expect(first.credential_token).toBe("");
  expect(JSON.stringify(first)).not.toContain(playground.env.GITHUB_TOKEN ?? "?");
  await watched(world, 31_000);
  // a program of somebody else's: it pushes, and knows no more than a branch
  const last = node.orders.at(-1);
  const branch = last?.push_branch ?? "";
  expect(branch).toBe(`ai/node/${last?.task_id}-${last?.attempt}`);
  const { github } = playground;
  const north = "test/north.test.ts";
  const fixed = lightTarget(["north"])[north]?.replace(
    "await Bun.sleep(25)",
    'await until(() => desk.hourOf("A-7") !== undefined)',
  );
  await github.commit(targetName, {
    branch,
    files: { [north]: fixed ?? "" },
    message: "Mine",
    author: "bob",
  });
  const body = JSON.stringify({ task_id: last?.task_id, branch_name: branch, status: "success" });
  const report = async (token: string, text: string) =>
    (
      await fetch(first.report_url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: text,
      })
    ).status;
  expect(await report(last?.report_token ?? "", body.replace(branch, "feature/none"))).toBe(409);
  expect(await report(last?.report_token ?? "", body)).toBe(200);
  await until("the pull request is there", async () => (await world?.finding(1))?.pull !== 0, {
    withinMs: 150_000,
    open: () => product.lines.slice(-5).join("\n"),
  });
  await world.settled();
  node.away();
  const url = `${github.origin}/${targetName}.git`;
  expect(await product.context?.git.remoteHead({ url, branch })).toBeNull();
  const states = (await world.finding(1)).states;
  expect(states).toEqual([
    "new",
    "open",
    "approved",
    "fixing",
    "failed",
    "approved",
    "fixing",
    "pending_review",
  ]);
  expect(await world.said()).toContain("test: ");

  expect(await report("nobody", body)).toBe(401);
  expect(await report(first.report_token, body)).toBe(409);
  expect(await report(last?.report_token ?? "", body)).toBe(200);
  expect(await report(last?.report_token ?? "", body.replace(branch, "main"))).toBe(409);
  await world.settled();
  expect(await world.said()).toBe("");
});

const SECRET = `ghp_${"a".repeat(36)}`;
/** What a service of the target logs when a parcel has no label. */
const ERROR = {
  project_id: "orchard",
  type: "TypeError",
  message: "undefined is not an object (evaluating 'parcel.label.street')",
  stack: [
    "TypeError: undefined is not an object (evaluating 'parcel.label.street')",
    "    at streetOf (/app/src/parcel.ts:2:58)",
    `    at handle (/app/src/server.ts:14:9) token=${SECRET}`,
    "    at node:internal/process/task_queues:95:5",
  ].join("\n"),
  environment: "production",
};

test("a runtime error, from the first post to quiet after the deployment", async () => {
  if (world === null) throw new Error("the story before did not begin");
  const { alice, bob, product, playground } = world;
  await world.unheard();
  const post = async (body: object, token = playground.env.REPORT_TOKEN) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${product.url}/api/v1/errors`, init);
    return [response.status, await response.text()] as const;
  };
  expect((await post(ERROR, "wrong"))[0]).toBe(401);
  expect(await post({ ...ERROR, project_id: "nobody" })).toEqual([
    404,
    expect.stringContaining("`projects`"),
  ]);
  expect((await post({ ...ERROR, type: "" }))[0]).toBe(400);

  // at the same time, and the same again after a restart: one finding
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(ERROR)));
  expect(new Set(answers.map(([status, text]) => `${status} ${text}`))).toEqual(
    new Set(['202 {"finding":"F2"}']),
  );
  await world.settled();
  await world.restart();
  await post({ ...ERROR, environment: "staging" });
  const first = await world.said();
  expect(first).toContain("[error] TypeError: undefined is not an object");
  expect(first).toContain("flaky-test-cleaner/runtime-error");
  expect(first).toContain("reads `parcel.label.street`");
  expect(first).not.toContain(SECRET);
  expect(first).not.toMatch(/flaky tests? |is flaky|not flaky|\[flaky\]|a flake/i);

  // a node takes it up and is gone: after a minute a worker goes on
  node.forgets();
  await bob.clicks(2, "Approve fix");
  node.away();
  await watched(world, 40_000);
  expect((await world.finding(2)).states.at(-1)).toBe("fixing");
  const workers = await fetch(`${product.url}/api/v1/workers`, {
    headers: { authorization: `Bearer ${playground.env.API_TOKEN}` },
  });
  expect(await workers.text()).toContain('"fault":"the node answers with 503"');
  await watched(world, 25_000);
  const { pull } = await world.finding(2);
  expect(pull).toBeGreaterThan(0);
  await alice.approves(pull);
  const commit = await alice.merges(pull);
  await world.deploys(commit);
  expect((await world.finding(2)).held).toBe(false);
  await world.later(20 * MINUTE);
  const end = await world.finding(2);
  expect(end.states).toEqual(["new", "open", "approved", "fixing", "pending_review", "merged", "deployed"]);
  expect(end.held).toBe(true);
  const after = await world.said();
  expect(after).toContain("fix: TypeError: undefined is not an object");
  expect(after).toContain("The error has not come back");

  // after that it did not hold
  await post(ERROR);
  await world.settled();
  expect((await world.finding(2)).states.at(-1)).toBe("open");
  await world.unheard();
});
