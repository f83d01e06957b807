import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { DAY } from "../../src/kernel/clock.ts";
import { auditTrail } from "../../src/platform/audit.ts";
import { CHANNEL } from "../../src/playground/index.ts";
import { post, postForm } from "../harness/submission.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
let issue = 0;
let heard = 0;
beforeAll(async () => {
  world = await World.start();
  await world.ci.flake("north");
  issue = (await world.finding(1)).issue;
  await world.name("north");
  await world.unheard();
  await audited();
});
afterAll(() => world.end());

/** What came to the audit since this was asked last, oldest first. */
async function audited() {
  if (world.product.db === null) throw new Error("the product is not up");
  const rows = (await auditTrail(world.product.db, null, 100)).filter(({ id }) => id > heard);
  heard = rows[0]?.id ?? heard;
  return rows.reverse().map(({ actor, action, findingId, detail }) => ({ actor, action, findingId, detail }));
}

test("who may not is told what to do, at every door, and stands in the audit with what was known", async () => {
  await world.erin.commands(`dismiss #${issue} it is the runner`);
  await world.erin.says("@flaky mute 7d", { thread: 1 });
  await world.dave.commands(`reopen ${issue}`);
  await world.dave.comments(issue, "/flaky dismiss it is the network");
  await world.carol.clicks(1, "Approve fix");
  await world.bob.commands("pause");
  await world.bob.commands("scan");
  expect(await world.said()).toMatchSnapshot("told");
  expect(await audited()).toMatchSnapshot("in the audit");
  expect((await world.finding(1)).state).toBe("open");
});

test("a right that was taken away a minute ago is none, and one that was given is one", async () => {
  world.bob.may("triage");
  await world.bob.clicks(1, "Approve fix");
  world.carol.may("read");
  await world.carol.commands(`mute #${issue} 1d`);
  expect(await world.said()).toMatchSnapshot("told");
  expect(await audited()).toMatchSnapshot("in the audit");
  world.bob.may("write");
  world.carol.may("triage");
  await world.carol.commands(`mute #${issue} 0d`);
  expect(await world.said()).toContain("is not muted any more");
  await audited();
});

const command = (text: string, more: Record<string, string> = {}) => ({
  command: "/flaky",
  text,
  user_id: world.bob.chatId,
  channel_id: CHANNEL.id,
  team_id: world.playground.slack.ids.teamId,
  trigger_id: crypto.randomUUID(),
  response_url: `${world.playground.slack.origin}/none`,
  ...more,
});

test("what is forged, old, sent again or of another workspace does nothing, says so, and stands in the audit", async () => {
  const approve = command(`approve #${issue}`);
  const answers = [
    await postForm(world, approve, { secret: "another" }),
    await postForm(world, approve, { secondsAgo: 301 }),
    await postForm(world, approve, { secondsAgo: -301 }),
    await postForm(world, command(`approve #${issue}`, { team_id: "TELSEWHERE" })),
  ];
  expect(answers).toMatchSnapshot("refused");
  const mute = command(`mute #${issue} 0d`);
  expect((await postForm(world, mute))[1]).toContain("is not muted any more");
  expect(await postForm(world, mute)).toMatchSnapshot("sent again");
  const told = Promise.withResolvers<string>();
  const elsewhere = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      told.resolve(await request.text());
      return new Response("ok");
    },
  });
  const click = {
    type: "block_actions",
    team: { id: "TELSEWHERE", domain: "x" },
    user: { id: "USTRANGER", name: "stranger", team_id: "TELSEWHERE" },
    api_app_id: "A1",
    token: "",
    trigger_id: crypto.randomUUID(),
    channel: { id: CHANNEL.id, name: CHANNEL.name },
    response_url: `${elsewhere.url}answer`,
    actions: [
      { type: "button", action_id: "finding.approve", block_id: "finding", value: "F1", action_ts: "1.1" },
    ],
  };
  expect(await post(world, click)).toEqual([200, ""]);
  expect(JSON.parse(await told.promise)).toMatchSnapshot("a click from elsewhere");
  await elsewhere.stop(true);
  await world.settled();
  expect(await audited()).toMatchSnapshot("in the audit");
  expect((await world.finding(1)).state).toBe("open");
});

test("a right that was taken away between the yes and the start stops the task", async () => {
  await world.alice.commands("pause");
  await world.bob.clicks(1, "Approve fix");
  world.bob.may("read");
  await world.unheard();
  await world.alice.commands("resume");
  expect(await world.said()).toMatchSnapshot();
  const { state, pull } = await world.finding(1);
  expect({ state, pull }).toEqual({ state: "failed", pull: 0 });
  world.bob.may("write");
});

test("an approval that is too old when its turn comes starts nothing, and says how to go on", async () => {
  await world.alice.commands("pause");
  await world.bob.commands(`fix #${issue}`);
  await world.unheard();
  await audited();
  world.passes(8 * DAY);
  await world.alice.commands("resume");
  expect(await world.said()).toMatchSnapshot("told");
  expect((await audited()).map(({ actor, action, detail }) => ({ actor, action, detail }))).toMatchSnapshot(
    "in the audit",
  );
  expect((await world.finding(1)).state).toBe("open");
});

test("when nobody has moved for a week it says once what is missing, and not again", async () => {
  await world.later(6 * DAY);
  expect(await world.said()).not.toContain(":bell:");
  await world.later(2 * DAY);
  expect(await world.said()).toMatchSnapshot();
  await world.later(8 * DAY);
  expect(await world.said()).not.toContain(":bell:");
});
