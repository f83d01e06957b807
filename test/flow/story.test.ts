import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { targetName } from "../../src/playground/target/index.ts";
import { lightTarget } from "../harness/target.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World | null = null;
afterAll(() => world?.close());

test("a flaky test, from the first red run to the fix that held", async () => {
  world = await World.start();
  const { ci, alice, bob, carol } = world;
  const snap = async (name: string) => expect(await world?.said()).toMatchSnapshot(name);
  await ci.fail("north", { pull: "glossary", author: "carol" });
  await snap("one red run is not enough");

  await ci.pass({ pull: "glossary" });
  await ci.fail("north", { pull: "crates", author: "bob" });
  await snap("found: issue, analysis and card");
  const { issue } = await world.finding(1);

  await ci.pass({ pull: "crates" });
  await snap("more evidence");

  await bob.says("I have seen this one twice this week.", { thread: 1 });
  await snap("Slack to GitHub");
  await carol.comments(issue, "I am for waiting on the carrier.");
  await snap("GitHub to Slack");

  await bob.clicks(1, "Approve fix");
  await snap("approved, fixed, proven, pull request");
  const { pull } = await world.finding(1);

  await alice.asksForChange(pull, "Please say in a comment why this wait is needed.");
  await snap("a remark in review");
  await bob.clicks(1, "Address comments (1)");
  await snap("addressed");

  const north = "test/north.test.ts";
  const longer = lightTarget(["north"])[north]?.replace("Bun.sleep(25)", "Bun.sleep(40)") ?? "";
  const elsewhere = { branch: "main", files: { [north]: longer }, message: "Wait longer", author: "carol" };
  await world.playground.github.commit(targetName, elsewhere);
  await world.settled();
  await world.sweeps();
  await snap("main moves on, and conflicts");
  const before = await alice.plainly.headOf(pull);
  await bob.clicks(1, "Resolve conflict");
  await snap("put onto main, proven again");
  expect(await alice.plainly.headOf(pull)).not.toBe(before);

  await carol.says("@flaky merge", { thread: 1 });
  await snap("merging needs the right");
  await alice.commands(`merge ${pull}`);
  await snap("merged");
  const commit = await alice.plainly.mergeOf(pull);
  await world.deploys(commit);
  await snap("deployed");
  // the run of the merge commit was the first quiet one
  await ci.pass({ branch: "main" });
  await snap("held and closed with figures");

  const end = await world.finding(1);
  expect(end.states).toEqual(["new", "open", "approved", "fixing", "pending_review", "merged", "deployed"]);
  expect(end.held).toBe(true);
});
