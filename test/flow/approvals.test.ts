import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const DESKS = ["slash", "button", "label", "comment", "word", "refused", "back", "paused"];
const APPROVED = "flaky-test-cleaner/ai-fix-approved";
const settings = { limits: { issues_per_scan: 20, issues_per_day: 20 }, bar: { triage: true } };

// nobody works off tasks here: what is approved stays so
let world: World;
beforeAll(async () => {
  world = await World.start({ desks: [...DESKS, "unsure"], worker: false, settings });
  await world.ci.flake(DESKS, "all");
  for (const desk of DESKS) await world.name(desk);
  await world.unheard();
});
afterAll(() => world.end());

const of = async (desk: string) => world.finding(await world.numberOf(desk));
const stateOf = async (desk: string) => (await of(desk)).state;

test("by slash command, with the issue's number", async () => {
  const { issue } = await of("slash");
  await world.bob.commands(`approve #${issue}`);
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("slash")).toBe("approved");
});

test("by the card's button", async () => {
  await world.bob.clicks(await world.numberOf("button"), "Approve fix");
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("button")).toBe("approved");
});

test("by label", async () => {
  await world.bob.labels((await of("label")).issue, APPROVED);
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("label")).toBe("approved");
});

test("by a comment /ai-fix", async () => {
  await world.bob.approves((await of("comment")).issue);
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("comment")).toBe("approved");
});

test("by a comment /flaky approve", async () => {
  await world.bob.comments((await of("word")).issue, "That is enough for me.\n\n/flaky approve");
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("word")).toBe("approved");
});

test("who may only read is refused each way, and told what is needed", async () => {
  const { number, issue } = await of("refused");
  await world.dave.commands(`approve ${issue}`);
  await world.dave.clicks(number, "Approve fix");
  expect(await world.said()).toMatchSnapshot("Slack");
  await world.dave.approves(issue);
  await world.dave.comments(issue, "/flaky approve");
  expect(await world.said()).toMatchSnapshot("comments");
  await world.carol.labels(issue, APPROVED);
  expect(await world.said()).toMatchSnapshot("a triager's label");
  expect(await stateOf("refused")).toBe("open");
});

test("who is not linked is told how to be", async () => {
  const { number, issue } = await of("refused");
  await world.erin.commands(`approve ${issue}`);
  await world.erin.clicks(number, "Approve fix");
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("refused")).toBe("open");
});

test("taken back", async () => {
  const { number, issue } = await of("back");
  await world.bob.commands(`approve ${issue} wait on the carrier`);
  await world.unheard();
  await world.bob.clicks(number, "Take back");
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("back")).toBe("open");
});

test("below the bar only with --anyway, and only by who maintains", async () => {
  await world.ci.fail("unsure", { pull: "seen-by-bob", author: "bob" });
  await world.ci.fail("unsure", { pull: "seen-by-carol", author: "carol" });
  const number = await world.numberOf("unsure");
  expect(await world.said()).toMatchSnapshot("an issue for triage");
  expect(await stateOf("unsure")).toBe("open");
  await world.bob.commands(`approve F${number}`);
  await world.bob.commands(`approve F${number} --anyway`);
  expect(await world.said()).toMatchSnapshot("refused");
  expect(await stateOf("unsure")).toBe("open");
  await world.alice.commands(`approve F${number} --anyway`);
  expect(await world.said()).toMatchSnapshot("anyway");
  expect(await stateOf("unsure")).toBe("approved");
});

test("while paused an approval is recorded and waits", async () => {
  const { number, issue } = await of("paused");
  await world.bob.commands("pause");
  expect(await world.said()).toMatchSnapshot("pausing needs more than write");
  await world.alice.commands("pause the runners are moved");
  await world.bob.clicks(number, "Approve fix");
  expect(await world.said()).toMatchSnapshot("paused");
  await world.carol.comments(issue, "Nothing of this is said while it is paused.");
  expect(await world.said()).toBe("");
  await world.alice.commands("resume");
  expect(await world.said()).toMatchSnapshot("resumed");
  expect(await stateOf("paused")).toBe("approved");
});
