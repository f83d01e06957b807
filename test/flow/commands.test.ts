import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { onSlashCommand } from "../../src/inbound/slack/command.ts";
import { auditTrail } from "../../src/platform/audit.ts";
import { CHANNEL } from "../../src/playground/index.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({ worker: false });
  await world.ci.flake("north");
  await world.unheard();
});
afterAll(() => world.end());

const ANSWERED = [
  "help",
  "help approve",
  "",
  "list",
  "list open",
  "list nonsense",
  "show F1",
  "show 3",
  "explain F1",
  "whoami",
  "aprove F1",
  "dance",
  "show",
  "show 999",
  "show F77",
  "approve north",
  "show F1 and more",
  "tasks",
  "workers",
  "fix F1",
  "address F1",
  "mute F1 soon",
  "cancel F1",
  "cancel nonsense",
];

for (const words of ANSWERED) {
  test(`/flaky ${words}`, async () => {
    await world.dave.commands(words);
    expect(await world.said()).toMatchSnapshot();
  });
}

test("who is not linked may look, and learns so from whoami", async () => {
  await world.erin.commands("whoami");
  await world.erin.commands("list");
  expect(await world.said()).toMatchSnapshot();
});

test("in a finding's thread the number may be left out", async () => {
  await world.dave.says("@flaky explain", { thread: 1 });
  await world.dave.says("@flaky approve", { thread: 1 });
  expect(await world.said()).toMatchSnapshot();
});

test("a secret in a note is kept nowhere", async () => {
  const token = `ghp_${"a1B2".repeat(9)}`;
  await world.carol.commands(`mute F1 1h the log has ${token}`);
  await world.carol.commands("mute F1 0d");
  await world.unheard();
  const { db } = world.product;
  if (db === null) throw new Error("the product has no database here");
  const kept = JSON.stringify(await auditTrail(db, null, 20));
  expect(kept).toContain("the log has [redacted github token]");
  expect(kept).not.toContain(token);
});

test("what goes wrong behind a click, a dialog or a menu is told to whoever waits for it", async () => {
  const { faults } = world.playground.github;
  const down = { match: { method: "GET", path: /collaborators/ }, status: 502, times: 20 };
  for (const act of [
    () => world.bob.clicks(1, "Approve fix"),
    () => world.bob.commands("approve F1"),
    () => world.bob.clicks(1, "Mute").then(() => world.bob.submits({ text: "A note." })),
  ]) {
    faults.next(down);
    await act();
    faults.clear();
  }
  expect(await world.said()).toMatchSnapshot();
  expect((await world.finding(1)).state).toBe("open");
});

test("a word in a thread is tried again by itself while GitHub is away, and that is said once", async () => {
  const { faults } = world.playground.github;
  faults.next({ match: { method: "GET", path: /collaborators/ }, status: 502, times: 6 });
  await world.carol.says("@flaky mute 1h", { thread: 1 });
  const said = await world.said();
  expect(said.match(/I go on trying and answer here/g)).toHaveLength(1);
  expect(said).toContain(":mute: F1 is muted until ".replace("F1", `#${(await world.finding(1)).issue}`));
  faults.clear();
});

test("what takes longer than Slack waits is answered at once, and again when it is done", async () => {
  const { product, playground, bob } = world;
  const context = product.context;
  if (context === null) throw new Error("the product does not run");
  const said: string[] = [];
  const hear = async (answer: unknown) => {
    said.push(JSON.stringify(answer));
    return new Response();
  };
  const heard = async (answer: unknown) => {
    await hear(answer);
  };
  const deps = { ...context, clock: { now: () => context.clock.now(), sleep: async () => {} } };
  const { teamId } = playground.slack.ids;
  const command = { text: "whoami", team_id: teamId, user_id: bob.chatId, channel_id: CHANNEL.id };
  await onSlashCommand(deps, { team: teamId, refuse: async () => {} }, command, heard, hear);
  expect(said).toEqual([
    expect.stringContaining("I am at it, the answer comes in a moment."),
    expect.stringMatching(/You are \*bob\* on GitHub.*"replace_original":true/),
  ]);
});
