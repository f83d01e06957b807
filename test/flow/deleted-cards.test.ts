import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHANNEL } from "../../src/playground/index.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
let issue = 0;
/** The card that an administrator of the workspace deletes. */
let first = "";
beforeAll(async () => {
  world = await World.start({ worker: false });
  await world.ci.flake("north");
  await world.name("north");
  issue = (await world.finding(1)).issue;
  first = world.card(1).ts;
  await world.unheard();
});
afterAll(() => world.end());

/** Somebody who may do so takes the card away. `heard`: the product is told. */
async function deletesCard(heard = true): Promise<void> {
  const { world: chat } = world.playground.slack;
  const channel = chat.mustChannel(CHANNEL.id);
  channel.botJoined = heard;
  chat.drop(channel, world.card(1));
  channel.botJoined = true;
  await world.settled();
}

async function saysBelow(thread: string, text: string): Promise<void> {
  world.playground.slack.say(world.bob.chatId, CHANNEL.id, text, { threadTs: thread });
  await world.settled();
}

const cards = () =>
  world.playground.slack
    .messages(CHANNEL.id)
    .filter((message) => JSON.stringify(message.blocks ?? []).includes('"F1 · ')).length;
const repliesTo = (thread: string) =>
  world.playground.slack.world.replies(CHANNEL.id, thread).map(({ text }) => text);
const comments = () => world.bob.plainly.commentsOf(issue);

test("a deleted card stays away while nothing but figures changes, and its thread still counts", async () => {
  await deletesCard();
  await world.ci.fail("north", { pull: "figures", author: "dave" });
  await saysBelow(first, "I took the card away, it was in the way.");
  expect(cards()).toBe(0);
  expect((await comments()).at(-1)).toContain("I took the card away");
  await world.carol.comments(issue, "Fine with me.");
  expect(repliesTo(first).at(-1)).toContain("Fine with me.");
  await world.sweeps();
  expect(cards()).toBe(0);
  await world.unheard();
});

test("the next change of state posts a new card, which says so, and goes on from there", async () => {
  await world.alice.commands("dismiss F1 it is the machine");
  expect(cards()).toBe(1);
  const second = world.card(1).ts;
  expect(second).not.toBe(first);
  expect(repliesTo(second)[0]).toStartWith(":wastebasket: The card before this one was deleted");
  const linked = (await world.bob.plainly.bodyOf(issue)).match(/\/archives\/\S+?\/p(\d+)/)?.[1];
  expect(linked).toBe(second.replace(".", ""));
  await world.carol.comments(issue, "Is it?");
  expect(repliesTo(second).at(-1)).toContain("Is it?");
  await saysBelow(second, "New thread");
  expect((await comments()).at(-1)).toContain("New thread");
  await world.unheard();
});

test("what is said in the old thread is relayed, also what was said while the product was down", async () => {
  await saysBelow(first, "Old thread");
  expect((await comments()).at(-1)).toContain("Old thread");
  await world.product.stop();
  const channel = world.playground.slack.world.mustChannel(CHANNEL.id);
  channel.botJoined = false;
  world.playground.slack.say(world.bob.chatId, CHANNEL.id, "Said in the dark", { threadTs: first });
  channel.botJoined = true;
  await world.product.start();
  await world.sweeps();
  expect((await comments()).at(-1)).toContain("Said in the dark");
  // nothing that stands in either thread is taken for deleted
  expect((await comments()).filter((text) => /Old thread|New thread/.test(text))).toHaveLength(2);
  await world.unheard();
});

test("a deletion that nobody told of is met by the next change of state", async () => {
  await deletesCard(false);
  expect(cards()).toBe(0);
  await world.alice.commands("reopen F1");
  expect(cards()).toBe(1);
  await world.sweeps();
  await world.restart();
  await world.sweeps();
  expect(cards()).toBe(1);
  await world.unheard();
});

test("a deletion that nobody told of is met by the sweep, and posts nothing by itself", async () => {
  await deletesCard(false);
  await world.sweeps();
  expect(cards()).toBe(0);
  expect(await world.said()).not.toMatch(/^=== Slack, #flaky-tests(?! \(gone\))/m);
  await world.alice.commands("dismiss F1 once more");
  expect(cards()).toBe(1);
  await world.unheard();
});
