import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { changeState } from "../../src/features/findings/service.ts";
import { findingById } from "../../src/features/findings/store.ts";
import { fixInput } from "../../src/features/fixes/input.ts";
import { overrulesFor } from "../../src/features/fixes/overrules.ts";
import { claimTask, liveTask, moveTask } from "../../src/features/fixes/store.ts";
import { bot } from "../../src/kernel/actor.ts";
import { FindingId, TaskId } from "../../src/kernel/ids.ts";
import { auditTrail } from "../../src/platform/audit.ts";
import { post, submission } from "../harness/submission.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const DESKS = ["slash", "button", "label", "comment", "word", "refused", "back", "menu", "paused"];
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

/** The audit of a finding, oldest first. */
async function audited(number: number) {
  if (world.product.db === null) throw new Error("the product is not up");
  const rows = await auditTrail(world.product.db, FindingId.parse(number), 100);
  return rows.reverse().map(({ action, actor, detail }) => ({ action, actor, detail }));
}

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
  expect(await world.said()).toMatchSnapshot("asked first");
  expect(await stateOf("back")).toBe("approved");
  await world.bob.submits({ text: "The carrier --anyway is being\nreplaced." });
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("back")).toBe("open");
  expect((await audited(number)).at(-1)).toEqual({
    action: "state.open",
    actor: "github:bob",
    detail: { why: "approval taken back", note: "The carrier anyway is being replaced." },
  });
});

test("a dialog that is sent off when things have moved on does nothing, and says so", async () => {
  const { number, issue } = await of("back");
  await world.bob.commands(`approve ${issue}`);
  await world.bob.clicks(number, "Take back");
  await world.alice.commands(`revoke ${issue}`);
  await world.alice.commands(`approve ${issue}`);
  await world.unheard();
  await world.bob.submits();
  expect(await world.said()).toMatchSnapshot();
  expect(await stateOf("back")).toBe("approved");
});

test("a dialog that is sent off twice is one, and a forged one does nothing", async () => {
  const { number } = await of("back");
  await world.bob.clicks(number, "Take back");
  const { slack } = world.playground;
  const view = slack.views(world.bob.chatId).at(-1);
  if (view === undefined) throw new Error("no dialog is open");
  const before = (await audited(number)).length;
  const sent = submission(view, world.bob.chatId, slack.ids.teamId, "Once.");
  const other = { ...sent, team: { id: "TELSEWHERE", domain: "x" } };
  const forged = (change: object) => ({
    ...sent,
    view: { ...sent.view, id: crypto.randomUUID(), ...change },
  });
  expect((await post(world, sent, "another secret"))[0]).toBe(401);
  const faults = await Promise.all([
    post(world, { ...other, view: { ...sent.view, id: "VOTHER" } }),
    post(world, forged({ private_metadata: "nonsense" })),
    post(world, forged({ private_metadata: '{"command":"pause"}' })),
    post(world, forged({ private_metadata: view.privateMetadata.replace(/"F\d+"/, '"F1 --anyway"') })),
    post(world, forged({ private_metadata: "{}", callback_id: "dialog.ask" })),
  ]);
  expect(faults).toMatchSnapshot("forged");
  expect(await stateOf("back")).toBe("approved");
  expect(await post(world, { ...sent, user: { id: world.dave.chatId } })).toEqual([200, ""]);
  await world.settled();
  expect(await stateOf("back")).toBe("approved");
  const again = { ...sent, view: { ...sent.view, id: `${view.id}X` } };
  expect(await Promise.all([post(world, again), post(world, { ...again, trigger_id: "2" })])).toEqual([
    [200, ""],
    [200, ""],
  ]);
  await world.settled();
  await slack.closeView(world.bob.chatId, view.id);
  expect(await stateOf("back")).toBe("open");
  expect((await audited(number)).slice(before).map(({ action, actor }) => [action, actor])).toEqual([
    ["revoke.refused", "github:dave"],
    ["state.open", "github:bob"],
  ]);
  await world.unheard();
});

test("muting and dismissing ask for a note, and for the right", async () => {
  const { number } = await of("refused");
  await world.dave.clicks(number, "Mute");
  await world.dave.submits({ span: "1d" });
  expect(await world.said()).toMatchSnapshot("muted by a reader");
  await world.carol.clicks(number, "Mute");
  await world.carol.submits({ span: "12h", text: "The runner is being moved." });
  expect(await world.said()).toMatchSnapshot("muted");
  expect((await audited(number)).at(-1)).toMatchObject({
    action: "mute",
    actor: "github:carol",
    detail: { note: "The runner is being moved." },
  });
  await world.carol.clicks(number, "Not flaky");
  expect(await world.carol.submits()).toContain("required");
  expect(await world.carol.submits({ text: "   " })).toContain("a few words");
  await world.carol.submits({ text: "It is the *network*.\n/lgtm @bob" });
  expect(await world.said()).toMatchSnapshot("dismissed");
  expect(await stateOf("refused")).toBe("dismissed");
});

test("a restraint gate is overruled by a maintainer, for the next fix alone", async () => {
  const { context, db } = world.product;
  if (context === null || db === null) throw new Error("the product is not up");
  const { number, issue } = await of("word");
  const before = (await audited(number)).length;
  await world.bob.commands(`overrule ${issue} sleep it needs to settle`);
  await world.alice.commands(`overrule ${issue} nap it needs to settle`);
  await world.alice.commands(`overrule ${issue} sleep`);
  expect(await world.said()).toMatchSnapshot("refused");
  await world.alice.commands(`overrule ${issue} sleep:test/** it needs 80 ms to settle, *measured*`);
  await world.alice.comments(issue, "/flaky overrule longer-wait the carrier is slow");
  expect(await world.said()).toMatchSnapshot("kept");
  await world.alice.commands(`overrule ${issue} skip to be taken back`);
  await world.unheard();
  await world.bob.commands(`overrule ${issue} skip --undo`);
  await world.alice.commands(`overrule ${issue} sleep --undo`); // it was said of some paths alone
  await world.alice.commands(`overrule ${issue} skip --undo it has to run`);
  await world.alice.commands(`overrule ${issue} skip --undo`);
  expect(await world.said()).toMatchSnapshot("taken back");
  const all = (await audited(number)).slice(before);
  const [told, undone] = [all.slice(0, 5), all.slice(6)];
  expect(undone.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
    "github:bob overrule.refused",
    "github:alice overrule.refused",
    "github:alice overrule.undone",
    "github:alice overrule.refused",
  ]);
  expect(undone[2]?.detail).toEqual({ rule: "skip", path: null, reason: "it has to run", said: ["alice"] });
  const settling = "it needs 80 ms to settle, *measured*";
  expect(told.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
    "github:bob overrule.refused",
    "github:alice overrule.refused",
    "github:alice overrule.refused",
    "github:alice overrule",
    "github:alice overrule",
  ]);
  expect(told.slice(-2).map(({ detail }) => detail)).toEqual([
    { rule: "sleep", path: "test/**", reason: settling },
    { rule: "longer-wait", path: null, reason: "the carrier is slow" },
  ]);

  const [task, finding] = [
    await liveTask(db, FindingId.parse(number)),
    await findingById(db, FindingId.parse(number)),
  ];
  if (task === null || finding === null) throw new Error("no task is queued");
  const overrulesOf = async (one: typeof task) => {
    const round = {
      patch: null,
      baseSha: null,
      comments: [],
      strangers: [],
      knownRate: null,
      conflict: null,
    };
    return (await fixInput(context, one, finding, round)).overrules;
  };
  const slow = { rule: "longer-wait", by: "alice", reason: "the carrier is slow" };
  const settles = { rule: "sleep", path: "test/**", by: "alice", reason: settling };
  expect(await overrulesOf(task)).toMatchObject([slow, settles]);
  // a worker that takes it up again starts from the same; another task does not
  expect(await overrulesOf(task)).toHaveLength(2);
  expect(await overrulesOf({ ...task, id: TaskId.parse("f0-fix-00000000") })).toEqual([]);
  world.alice.may("write");
  expect(await overrulesOf(task)).toEqual([]);
  world.alice.may("maintain");
  expect((await audited(number)).at(-1)).toMatchObject({
    action: "overrule.dropped",
    detail: { by: "alice" },
  });
  await world.unheard();
});

test("work that is under way is stopped by a dialog", async () => {
  const { context, db } = world.product;
  if (context === null || db === null) throw new Error("the product is not up");
  const number = await world.numberOf("word");
  const finding = FindingId.parse(number);
  const task = await liveTask(db, finding);
  if (task === null) throw new Error("no task is queued");
  const change = { finding, from: ["approved"], to: "fixing", actor: bot, why: "taken up" } as const;
  await claimTask(db, task.id, "somebody", context.clock.now());
  await changeState(context, db, change);
  await world.unheard();
  await world.dave.clicks(number, "Stop");
  await world.dave.submits();
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.bob.clicks(number, "Stop");
  await world.bob.submits({ text: "Wrong cause." });
  expect(await world.said()).toMatchSnapshot("by a committer");
  expect(await stateOf("word")).toBe("failed");
  expect((await audited(number)).at(-1)).toMatchObject({ actor: "github:bob" });
});

test("what failed is explained and tried again by buttons", async () => {
  const number = await world.numberOf("word");
  await world.dave.clicks(number, "Explain");
  expect(await world.said()).toMatchSnapshot("explained to anyone");
  await world.dave.clicks(number, "Try again");
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.bob.clicks(number, "Try again");
  expect(await world.said()).toMatchSnapshot("by a committer");
  expect(await stateOf("word")).toBe("approved");
});

test("from the menu of a message in the thread, where there are no slash commands", async () => {
  const { number } = await of("menu");
  await world.dave.chooses("thread.explain", { finding: number });
  expect(await world.said()).toMatchSnapshot("explain");
  const lunch = await world.dave.says("Lunch?");
  await world.dave.chooses("thread.approve", { ts: lunch });
  expect(await world.said()).toMatchSnapshot("not in a thread");
  const ts = await world.carol.says("Is it the *runner*? <!channel>", { thread: number });
  await world.unheard();
  await world.dave.chooses("thread.ask", { ts });
  await world.dave.submits({ text: "Is that so?\n/lgtm" });
  expect(await world.said()).toMatchSnapshot("ask");
  await world.dave.chooses("thread.approve", { ts });
  await world.dave.submits();
  expect(await world.said()).toMatchSnapshot("approve, without the right");
  await world.bob.chooses("thread.approve", { finding: number });
  await world.bob.submits({ text: "Only the test." });
  expect(await world.said()).toMatchSnapshot("approve");
  expect(await stateOf("menu")).toBe("approved");
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

test("a review round keeps what its fix was allowed", async () => {
  const { context, db } = world.product;
  if (context === null || db === null) throw new Error("the product is not up");
  const { number, issue } = await of("slash");
  await world.alice.commands(`overrule ${issue} sleep it settles`);
  const finding = await findingById(db, FindingId.parse(number));
  const fix = await liveTask(db, FindingId.parse(number));
  if (fix === null || finding === null) throw new Error("no task is queued");
  expect(await overrulesFor(context, fix, finding)).toHaveLength(1);
  const round = { ...fix, id: TaskId.parse("f0-address-00000000"), kind: "address" as const };
  expect(await overrulesFor(context, round, finding)).toEqual([]);
  await moveTask(db, fix.id, ["queued"], { state: "done" });
  expect(await overrulesFor(context, round, finding)).toEqual([
    { rule: "sleep", by: "alice", reason: "it settles" },
  ]);
  await world.unheard();
});
