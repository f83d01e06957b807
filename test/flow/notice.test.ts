import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { pulls } from "../../db/schema.ts";
import { MINUTE } from "../../src/kernel/clock.ts";
import { PullNumber, RepoName } from "../../src/kernel/ids.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({
    worker: false,
    desks: ["north", "east"],
    settings: { pipelines: { "deep sea": "run deep-sea" } },
  });
  await world.ci.flake("north");
  await world.name("north");
  await world.unheard();
});
afterAll(() => world.end());

test("whose pull request fails by a known flake alone hears so, once; edited when it passes", async () => {
  await world.ci.fail("north", { pull: "crates", author: "carol" }, [1, 2]);
  expect(await world.said()).toMatchSnapshot("told");
  await world.carol.pressesInMessage("pull.rerun");
  expect(await world.said()).toMatchSnapshot("run again, and failed again");
  await world.ci.pass({ pull: "crates" });
  expect(await world.said()).toMatchSnapshot("passed");
});

test("when something else fails as well nobody is told that it is not theirs", async () => {
  await world.ci.fail(["north", "east"], { pull: "boxes", author: "bob" });
  expect(await world.said()).toMatchSnapshot();
});

test("a comment on the pull request has it run again", async () => {
  const pull = await world.bob.plainly.pullFrom("boxes");
  await world.bob.comments(pull, "/flaky rerun");
  expect(await world.said()).toMatchSnapshot();
});

test("one of ours is run again, each way once for a commit: an unchanged patch is not run until it passes", async () => {
  const context = world.product.context;
  if (context === null) throw new Error("the product does not run");
  await world.ci.fail("north", { pull: "mended", author: "bob" }, [1, 2]);
  await world.unheard();
  const { number, url, sha } = await world.bob.plainly.pullOf("mended");
  const at = context.clock.now();
  await context.db.insert(pulls).values({
    ...{ findingId: await world.numberOf("east"), repo: targetName, number, taskId: "t1", url },
    ...{ branch: "mended", headSha: sha, state: "open" as const, openedAt: at, updatedAt: at },
  });
  await world.bob.plainly.fails(sha, "deep sea");
  const looksAgain = async () => {
    const about = { repo: RepoName.parse(targetName), pull: PullNumber.parse(number) };
    await context.queue.send(context.db, "pull.notice", about, { key: `${targetName}#${number}` });
    return world.said();
  };
  const attempts = () =>
    world.playground.github.runs(targetName).find((run) => run.head_sha === sha)?.run_attempt;
  expect(await looksAgain()).toContain("run deep-sea");
  expect(attempts()).toBe(2);
  await world.later(3 * MINUTE);
  expect(await looksAgain()).not.toContain("run deep-sea");
  expect(attempts()).toBe(2);
  await context.db.delete(pulls);
});
