import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHANNEL } from "../../src/playground/index.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
let issue = 0;
beforeAll(async () => {
  world = await World.start({ worker: false });
  await world.ci.flake("north");
  issue = (await world.finding(1)).issue;
  await world.unheard();
});
afterAll(() => world.end());

const says = (text: string, files?: string[]) =>
  world.bob.says(text, { thread: 1, ...(files === undefined ? {} : { files }) });

test("what is edited in the thread is edited on the issue", async () => {
  const ts = await says("Frist");
  await world.unheard();
  await world.bob.edits(ts, "First, _really_");
  expect(await world.said()).toMatchSnapshot();
});

test("what is edited on the issue is edited in the thread", async () => {
  const id = await world.carol.comments(issue, "Scond");
  await world.unheard();
  await world.carol.editsComment(id, "**Second**");
  expect(await world.said()).toMatchSnapshot();
});

test("what is deleted in the thread goes from the issue", async () => {
  const ts = await says("Forget this.");
  await world.unheard();
  await world.bob.deletes(ts);
  expect(await world.said()).toMatchSnapshot();
});

test("what is deleted on the issue goes from the thread", async () => {
  const id = await world.carol.comments(issue, "And this.");
  await world.unheard();
  await world.carol.deletesComment(id);
  expect(await world.said()).toMatchSnapshot();
});

test("a message that gains // is taken back, one that loses it goes over", async () => {
  const ts = await says("Said aloud");
  await world.unheard();
  await world.bob.edits(ts, "// said aloud");
  expect(await world.said()).toMatchSnapshot("taken back");
  await world.bob.edits(ts, "Said aloud again");
  expect(await world.said()).toMatchSnapshot("goes over");
});

test("a long comment is several messages, and their number follows its edits", async () => {
  const paragraph = (at: number) => `Paragraph ${at}: ${"so it goes, and ".repeat(40).trim()}`;
  const text = (count: number) => Array.from({ length: count }, (_, at) => paragraph(at + 1)).join("\n\n");
  const id = await world.carol.comments(issue, text(9));
  expect(await world.said()).toMatchSnapshot("two parts");
  await world.carol.editsComment(id, text(13));
  expect(await world.said()).toMatchSnapshot("a third");
  await world.carol.editsComment(id, text(1));
  expect(await world.said()).toMatchSnapshot("one");
  await world.carol.deletesComment(id);
  expect(await world.said()).toMatchSnapshot("none");
});

test("files go over as links with their names", async () => {
  await says("See the log:", ["north <3>.log", "trace.png"]);
  expect(await world.said()).toMatchSnapshot();
});

test("people are called by their logins and nobody is", async () => {
  await says("What do you say, @alice? @team is out.");
  expect(await world.said()).toMatchSnapshot();
});

test("what becomes a command by an edit is not run in Slack, and stays there", async () => {
  const ts = await says("approved by me");
  await world.unheard();
  await world.bob.edits(ts, "@flaky dismiss no reason at all");
  expect(await world.said()).toMatchSnapshot();
});

test("an edited comment runs only commands that were not in it", async () => {
  const id = await world.alice.comments(issue, "/flaky whoami");
  expect(await world.said()).toMatchSnapshot("one");
  await world.alice.editsComment(id, "/flaky whoami\n/flaky help show");
  expect(await world.said()).toMatchSnapshot("the other");
  await world.bob.editsComment(id, "/flaky whoami\n/flaky help show\n/flaky dismiss in her name");
  expect(await world.said()).toBe("");
  await world.alice.editsComment(id, "Thank you.");
  expect(await world.said()).toMatchSnapshot("words instead");
});

test("other bots are let be", async () => {
  const { slack } = world.playground;
  const channel = slack.world.mustChannel(CHANNEL.id);
  const root = world.card(1).ts;
  slack.world.add(channel, {
    type: "message",
    ts: slack.world.ids.ts(),
    thread_ts: root,
    text: "Build 7 is green",
    team: slack.ids.teamId,
    user: "U0OTHERBOT",
    bot_id: "B0OTHERBOT",
  });
  const message = slack.thread(CHANNEL.id, root).at(-1);
  if (message === undefined) throw new Error("nothing was said");
  slack.world.alter(channel, message, null, (target) => {
    target.text = "Build 7 is red";
  });
  slack.world.drop(channel, message);
  expect(await world.said()).toBe("");
});

test("a thread can be kept out of it", async () => {
  const before = await says("Before");
  await world.unheard();
  await world.erin.says("@flaky relay off", { thread: 1 });
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.carol.says("@flaky relay off", { thread: 1 });
  expect(await world.said()).toMatchSnapshot("off");
  const during = await says("During");
  const comment = await world.carol.comments(issue, "During, too");
  await world.bob.edits(before, "Before, edited");
  expect(await world.said()).toBe("");
  await world.bob.deletes(before);
  expect(await world.said()).toMatchSnapshot("taken back all the same");
  await world.carol.says("@flaky relay on", { thread: 1 });
  expect(await world.said()).toMatchSnapshot("on");
  await world.bob.edits(during, "After");
  await world.carol.editsComment(comment, "After, too");
  expect(await world.said()).toMatchSnapshot("edited since");
});

test("what happened while the bot was down is caught up with", async () => {
  const { slack, github } = world.playground;
  const [edited, deleted] = [await says("Will be edited"), await says("Will be deleted")];
  const [changed, removed] = [
    await world.carol.comments(issue, "Will be changed"),
    await world.carol.comments(issue, "Will be removed"),
  ];
  await world.unheard();
  await world.product.stop();
  slack.edit(world.bob.chatId, edited, "Was edited");
  slack.remove(world.bob.chatId, deleted);
  slack.say(world.bob.chatId, CHANNEL.id, "Was said", { threadTs: world.card(1).ts });
  const carol = world.carol.plainly;
  await carol.editsComment(changed, "Was changed");
  await carol.deletesComment(removed);
  await carol.comments(issue, "Was written");
  await Promise.all([slack.idle(), github.idle()]);
  await world.product.start();
  await world.sweeps();
  expect(await world.said()).toMatchSnapshot();
  await world.sweeps();
  expect(await world.said()).toBe("");
});
