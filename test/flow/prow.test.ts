import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { jobRuns } from "../../db/schema.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World | null = null;
afterAll(() => world?.close());

test("a flaky test that Prow alone ran: found, filed with links to Spyglass, fixed, merged, held", async () => {
  world = await World.start({ prow: true });
  const { ci, alice, bob, playground } = world;
  // whatever is told twice counts once
  playground.github.webhooks.duplicate = true;
  await ci.fail("north", { pull: "glossary", author: "carol" });
  await ci.pass({ pull: "glossary" });
  await ci.fail("north", { pull: "crates", author: "bob" });
  playground.github.webhooks.duplicate = false;
  await world.restart();
  const found = await world.finding(1);
  expect(await world.said()).toMatch(
    /https:\/\/github\.test\/prow\/view\/gs\/playground-logs\/pr-logs\/pull\/\S+\/unit\//,
  );
  expect(found.issue).toBeGreaterThan(0);

  await ci.pass({ pull: "crates" });
  await bob.clicks(1, "Approve fix");
  const { pull } = await world.finding(1);
  await alice.approves(pull);
  const commit = await alice.merges(pull);
  await world.deploys(commit);
  await ci.pass({ branch: "main" });
  const end = await world.finding(1);
  expect(end.states).toEqual(["new", "open", "approved", "fixing", "pending_review", "merged", "deployed"]);
  expect(end.held).toBe(true);

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
