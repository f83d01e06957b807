import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import { Someone } from "../../src/playground/actions.ts";
import { playHistory } from "../../src/playground/history.ts";
import { CHANNEL, type Playground, startPlayground } from "../../src/playground/index.ts";
import { chatIdOf } from "../../src/playground/people.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { Mortal } from "./mortal.ts";
import { twice, written } from "./once.ts";

setDefaultTimeout(240_000);

/** Same places in each run: a generator with a fixed seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await Bun.sleep(100);
  }
}

test("kill -9 at every step of the story: it ends the same, and nothing stands anywhere twice", async () => {
  const dir = await mkdtemp(join(tmpdir(), "flaky-kill-"));
  const product = new Mortal(random(20_261));
  const path = process.env.PATH;
  // what was missed while it was down is asked for soon
  const settings = { schedule: { scan: "*/4 * * * * *", sweep: "*/2 * * * * *" } };
  const common = { settings, clock: systemClock, random: Math.random, dir, execPath: process.execPath, path };
  const world = await startPlayground({
    ...common,
    appUrl: () => product.url,
    slackRetryMs: [200, 500, 1000, 2000, 4000],
  });
  try {
    await product.start(world.env);
    await playHistory(world);
    await story(world, product);
    await until("all is written", async () => ((await product.quiet()) ? true : null));
    const texts = await written(world);
    expect(texts.length).toBeGreaterThan(15);
    expect(twice(texts)).toEqual([]);
  } finally {
    await product.stop();
    await world.stop();
    await rm(dir, { recursive: true, force: true });
  }
});

async function story(world: Playground, product: Mortal): Promise<void> {
  const { slack, github } = world;
  const alice = new Someone(github, "alice");
  await product.killedWhile(() => slack.command(chatIdOf("alice"), CHANNEL.id, "scan"));
  const found = await until(
    "a finding is open",
    async () => (await product.findings()).find((one) => one.state === "open") ?? null,
  );
  const { number } = found;
  const issue = found.issue ?? 0;
  const card = () =>
    slack
      .messages(CHANNEL.id)
      .find((message) => JSON.stringify(message.blocks ?? []).includes(`"F${number}"`));
  const thread = () => slack.thread(CHANNEL.id, card()?.ts ?? "").map((message) => message.text);
  const state = async () => (await product.findings()).find((one) => one.number === number)?.state ?? "";
  const comments = async () => (await alice.commentsOf(issue)).join("\n");
  await until("the card is posted", async () => card() ?? null);
  await until("the analysis is written", async () =>
    (await comments()).includes("### Cause") ? true : null,
  );

  await product.killedWhile(
    async () =>
      void slack.say(chatIdOf("bob"), CHANNEL.id, "Seen twice by Bob.", { threadTs: card()?.ts ?? "" }),
  );
  await until("Bob is relayed", async () =>
    (await comments()).includes("Seen twice by Bob.") ? true : null,
  );
  await product.killedWhile(() => alice.comments(issue, "Carol would wait on the queue."));
  await until("the comment is relayed", async () =>
    thread().some((text) => text.includes("wait on the queue")) ? true : null,
  );

  // who clicks while the service is down sees it fail, and clicks again
  await until("the approval is taken", async () => {
    await product.killedWhile(() =>
      slack.click(chatIdOf("bob"), card()?.ts ?? "", "finding.approve").catch(() => null),
    );
    return (await state()) === "open" ? null : true;
  });
  const pull = await until("the pull request is open", async () => {
    const one = (await product.findings()).find((each) => each.number === number);
    return one?.state === "pending_review" ? one.pull : null;
  });
  const before = await alice.headOf(pull);
  await product.killedWhile(() =>
    alice.asksForChange(pull, "Please say in a comment why this wait is needed."),
  );
  await until("the remark is told", async () =>
    thread().some((text) => text.includes("this wait is needed")) ? true : null,
  );
  await until("the round is begun", async () => {
    await product.killedWhile(() => alice.comments(pull, "/flaky address"));
    return (await product.tasks()).some((task) => task.kind === "address") ? true : null;
  });
  await until("a commit answers", async () => ((await alice.headOf(pull)) === before ? null : true));
  await until("the round has ended", async () =>
    (await product.tasks()).every((task) => task.state === "done") ? true : null,
  );
  await github.idle();
  let commit = "";
  await product.killedWhile(async () => {
    commit = await alice.merges(pull);
  });
  await until("it is merged", async () => ((await state()) === "merged" ? true : null));
  await until("the deployment is told", async () => ((await product.deployed(commit)) ? true : null));
  await product.killedWhile(async () => {});
  await until("it is deployed", async () => ((await state()) === "deployed" ? true : null));
  for (let round = 1; round <= 15 && (await product.heldAt(number)) === null; round += 1) {
    const files = { [`notes/${round}.md`]: `Note ${round}\n` };
    await github.commit(targetName, { branch: "main", files, message: `docs: note ${round}`, author: "bob" });
    await github.idle();
    if (round === 1) await product.killedWhile(async () => {});
    await Bun.sleep(300);
  }
  await until("it held", async () => await product.heldAt(number));
  await until("the issue is closed with the figures", async () =>
    (await comments()).includes("The fix held") ? true : null,
  );
}
