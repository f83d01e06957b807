import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHANNEL } from "../../src/playground/index.ts";
import { until } from "../harness/until.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const PAGE = 3;
let world: World;
beforeAll(async () => {
  world = await World.start({ worker: false, slackPage: PAGE });
});
afterAll(() => world.end());

/** Further pages of a listing that were asked for. */
const further = (method: string) =>
  world.playground.slack.calls.filter((call) => call.method === method && call.args.cursor !== undefined)
    .length;

test("a card whose sending was cut is found behind pages of other people's talk", async () => {
  const { slack } = world.playground;
  await world.ci.fail("north", { pull: "crates", author: "bob" });
  await world.ci.pass({ pull: "crates" });
  // the first message of all is the card
  slack.faults.next({ method: "chat.postMessage", dropAfterCommit: true });
  const filed = world.ci.fail("north", { pull: "boxes", author: "carol" });
  await until("the card is there", () => world.cardIfAny(1) !== null, { withinMs: 60_000 });
  for (let at = 1; at <= 2 * PAGE; at += 1) slack.say(world.bob.chatId, CHANNEL.id, `Small talk ${at}`);
  await filed;
  await world.settled();
  const cards = slack
    .messages(CHANNEL.id)
    .filter((message) => JSON.stringify(message.blocks ?? []).includes('"F1 · '));
  expect(cards).toHaveLength(1);
  expect(slack.world.replies(CHANNEL.id, world.card(1).ts).length).toBeGreaterThan(0);
  expect(further("conversations.history")).toBeGreaterThanOrEqual(2);
  await world.unheard();
});

test("pages of talk in a thread while the bot was down are all caught up with, in their order", async () => {
  const { slack } = world.playground;
  const { issue } = await world.finding(1);
  const thread = { thread: 1 };
  const early = await world.bob.says("Will be deleted", thread);
  const late = await world.bob.says("Will be edited", thread);
  await world.product.stop();
  const channel = slack.world.mustChannel(CHANNEL.id);
  // nothing of it is delivered later, either
  channel.botJoined = false;
  const threadTs = world.card(1).ts;
  for (let at = 1; at <= 2 * PAGE + 1; at += 1)
    slack.say(world.carol.chatId, CHANNEL.id, `Said ${at}`, { threadTs });
  slack.remove(world.bob.chatId, early);
  slack.edit(world.bob.chatId, late, "Was edited");
  channel.botJoined = true;
  const before = further("conversations.replies");
  await world.product.start();
  await world.sweeps();
  const texts = (await world.bob.plainly.commentsOf(issue)).join("\n");
  expect(further("conversations.replies") - before).toBeGreaterThanOrEqual(3);
  const said = Array.from({ length: 2 * PAGE + 1 }, (_, at) => `Said ${at + 1}`);
  expect([...texts.matchAll(/Said \d+/g)].map(([words]) => words)).toEqual(said);
  expect(texts).toContain("Was edited");
  expect(texts).not.toContain("Will be");
  await world.unheard();
  await world.sweeps();
  expect(await world.said()).toBe("");
});
