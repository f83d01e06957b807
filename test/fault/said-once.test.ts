import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHANNEL } from "../../src/playground/index.ts";
import { ChildProduct } from "../harness/child-product.ts";
import { until } from "../harness/until.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(300_000);

const WITHIN = { withinMs: 120_000 };
let world: World;
let product: ChildProduct;
beforeAll(async () => {
  world = await World.start({ ownProcess: true, worker: false });
  if (!(world.product instanceof ChildProduct)) throw new Error("it cannot be killed");
  product = world.product;
  await world.ci.flake("north");
  const slack = world.playground.slack;
  const isThere = () => {
    const card = world.cardIfAny(1);
    return card !== null && slack.world.replies(CHANNEL.id, card.ts).length > 0;
  };
  await until("its card and the first words below it are there", isThere, WITHIN);
});
afterAll(() => world.close());

/** The product is killed when Slack has done what the next such call asks for, and has not answered yet. */
async function killedIn(method: string, act: () => Promise<unknown>, isDone: () => boolean): Promise<void> {
  const { slack } = world.playground;
  slack.faults.next({ method, holdAfterCommit: true });
  const acted = act();
  await until(`${method} was done`, isDone, { ...WITHIN, open: () => product.lines.slice(-5).join("\n") });
  await product.kill();
  slack.faults.clear();
  world.playground.github.faults.clear();
  await product.start();
  await acted;
}

/** What was left behind is worked off in its order: when this is through, all before it is. */
async function isThroughWithAll(words: string): Promise<void> {
  await world.bob.says(words, { thread: 1 });
  const { issue } = await world.finding(1);
  const heard = async () => (await world.bob.plainly.commentsOf(issue)).some((text) => text.includes(words));
  await until(`“${words}” is relayed`, heard, WITHIN);
}

const toAlice = () => world.alice.whispers();

/** Alice opens the dialog and sends it off. */
async function dismisses(note: string): Promise<void> {
  const { slack } = world.playground;
  await slack.click(world.alice.chatId, world.card(1).ts, "finding.dismiss");
  const opened = () => slack.views(world.alice.chatId).at(-1) ?? null;
  const view = await until("the dialog is open", opened, WITHIN);
  await slack.submitView(world.alice.chatId, view.id, { note });
}

test("a message to a pull request's author that was sent and not noted is found, and not sent again", async () => {
  const { slack } = world.playground;
  const told = () => slack.world.list(slack.world.openDm(world.carol.chatId).id).length;
  await killedIn(
    "chat.postMessage",
    () => world.ci.fail("north", { pull: "crates", author: "carol" }),
    () => told() === 1,
  );
  await isThroughWithAll("after the notice");
  // the writes of Slack go one after the other: a later one is out when that is settled
  const before = slack.calls.length;
  await world.carol.plainly.comments((await world.finding(1)).issue, "To the thread");
  const wrote = () => slack.calls.slice(before).some(({ method }) => method === "chat.postMessage");
  await until("what was said on the issue stands in the thread", wrote, WITHIN);
  expect(told()).toBe(1);
});

test("a dialog's fault that was told is not told again, nor is the work done behind their back", async () => {
  const down = { match: { method: "GET", path: /\/collaborators\/|\/permission/ }, status: 500, times: 100 };
  world.playground.github.faults.next({ ...down, body: "{}" });
  await killedIn(
    "chat.postEphemeral",
    () => dismisses("while the forge is down"),
    () => toAlice().length === 1,
  );
  await isThroughWithAll("after the fault");
  expect(toAlice()).toEqual([expect.stringContaining("That did not work")]);
  expect((await world.finding(1)).state).toBe("open");
});

test("a dialog's answer that was told is not followed by another", async () => {
  await killedIn(
    "chat.postEphemeral",
    () => dismisses("it is the machine"),
    () => toAlice().length === 2,
  );
  await isThroughWithAll("after the answer");
  expect((await world.finding(1)).state).toBe("dismissed");
  expect(toAlice().slice(1)).toEqual([expect.stringContaining("ismissed")]);
});
