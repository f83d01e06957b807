import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHANNEL } from "../../src/playground/index.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { linkOnPage } from "../harness/console.ts";
import { lightTarget } from "../harness/target.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World | null = null;
afterAll(() => world?.close());

test("the whole story on Gitea, every webhook twice: found, talked about, fixed, reviewed, merged, held", async () => {
  // bob is not named in the settings: he proves on Gitea who he is
  const people = { U0ALICE: "alice", U0CAROL: "carol" };
  world = await World.start({ gitea: { replies: false }, quickProof: true, settings: { people } });
  const { ci, alice, bob, carol, playground, product } = world;
  const { github, slack } = playground;
  github.webhooks.duplicate = true;
  const thread = () => slack.thread(CHANNEL.id, world?.card(1).ts ?? "").map(({ text }) => text);

  const page = /<(http\S+\/link\/[\w-]+)>/.exec(await bob.commands("link"))?.[1] ?? "";
  expect(await linkOnPage(page, bob.plainly)).toContain("You are <strong>bob</strong> on Gitea from now on");
  expect((await fetch(page)).status).toBe(404);

  await ci.fail("north", { pull: "glossary", author: "carol" });
  await ci.pass({ pull: "glossary" });
  await ci.fail("north", { pull: "crates", author: "bob" });
  await ci.pass({ pull: "crates" });
  const { issue } = await world.finding(1);
  const labels = async () => (await alice.plainly.labelsOf(issue)).toSorted();
  expect(await labels()).toEqual(["flaky-test-cleaner/ai-managed", "flaky-test-cleaner/flaky-test"]);

  await bob.says("I have seen this one twice this week.", { thread: 1 });
  const comments = (await alice.plainly.commentsOf(issue)).filter((body) => body.includes("twice this week"));
  expect(comments).toHaveLength(1);
  await carol.comments(issue, "I am for waiting on the carrier.");
  expect(thread().filter((text) => text.includes("I am for waiting"))).toHaveLength(1);

  await carol.labels(issue, "flaky-test-cleaner/ai-fix-approved");
  expect((await world.finding(1)).state).toBe("open");
  expect(await labels()).not.toContain("flaky-test-cleaner/ai-fix-approved");
  await alice.labels(issue, "flaky-test-cleaner/ai-fix-approved");
  const { pull, states } = await world.finding(1);
  expect(states.at(-1)).toBe("pending_review");

  // Gitea calls what it has not looked at yet unmergeable, too
  await world.sweeps();
  const card = () => JSON.stringify(world?.card(1).blocks);
  expect(card()).not.toContain("Resolve conflict");
  const north = "test/north.test.ts";
  const longer = lightTarget(["north"])[north]?.replace("Bun.sleep(25)", "Bun.sleep(40)") ?? "";
  await github.commit(targetName, {
    branch: "main",
    files: { [north]: longer },
    message: "Wait",
    author: "carol",
  });
  await world.settled();
  await world.sweeps();
  expect(card()).toContain("Resolve conflict");

  const before = await alice.plainly.headOf(pull);
  await alice.asksForChange(pull, "Please say in a comment why this wait is needed.");
  await bob.clicks(1, "Address comments (1)");
  expect(await alice.plainly.headOf(pull)).not.toBe(before);

  await alice.commands(`merge ${pull}`);
  const commit = await alice.plainly.mergeOf(pull);
  await world.deploys(commit);
  await ci.pass({ branch: "main" });
  const end = await world.finding(1);
  expect(end.states).toEqual(["new", "open", "approved", "fixing", "pending_review", "merged", "deployed"]);
  expect(end.held).toBe(true);
  const asked = github.requests().filter(({ login }) => login === "flaky-bot");
  expect(new Set(asked.map(({ path }) => path.split("/").slice(0, 3).join("/")))).toEqual(
    new Set(["/api/v1", "/playground/orchard.git"]),
  );

  // nobody here has heard of another forge
  const everything = (await world.everything()).replace(/^=== GitHub, /gm, "=== ");
  expect(everything).toContain("on Gitea");
  const pages = [
    "/",
    "/findings/F1",
    "/pulls",
    "/pulls?target=Orchard",
    "/tasks",
    "/workers",
    "/stats",
    "/audit",
  ];
  const shown = await Promise.all(pages.map(async (path) => (await fetch(`${product.url}${path}`)).text()));
  const help = await bob.commands("help");
  for (const text of [everything, help, ...shown])
    expect(
      text.split("\n").flatMap((line) => line.match(/.{0,80}(?:GitHub|GITHUB|github:).{0,80}/g) ?? []),
    ).toEqual([]);
});
