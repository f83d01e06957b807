import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { COMMANDS } from "../../src/commands/registry.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
let issue = 0;
beforeAll(async () => {
  world = await World.start({ worker: false });
  await world.ci.flake("north");
  await world.name("north");
  issue = (await world.finding(1)).issue;
  await world.unheard();
});
afterAll(() => world.end());

/** Each command as somebody says it where the finding is at hand. */
const WORDS: Record<string, string> = {
  help: "help show",
  list: "list open",
  show: "show",
  explain: "explain",
  prs: "prs",
  stats: "stats 7d",
  tasks: "tasks",
  workers: "workers",
  whoami: "whoami",
  link: "link",
  dismiss: "dismiss F1 it is the network",
  mute: "mute 2d",
  reopen: "reopen",
  join: "join F1 F2",
  rerun: "rerun 999",
  relay: "relay off",
  approve: "approve",
  revoke: "revoke",
  fix: "fix",
  overrule: "overrule F1 longer-wait it has to",
  start: "start 999",
  address: "address",
  rebase: "rebase 999",
  merge: "merge 999",
  close: "close 999 not wanted",
  cancel: "cancel",
  pause: "pause for lunch",
  resume: "resume",
  scan: "scan",
};

test("each command is tried", () => {
  expect(Object.keys(WORDS)).toEqual(COMMANDS.map(({ name }) => name));
});

for (const { name, tells } of COMMANDS) {
  const words = WORDS[name] ?? name;
  test(`${name}, by who may only read: in a thread, on the issue, and by who is not linked`, async () => {
    await world.dave.says(`@flaky ${words}`, { thread: 1 });
    const inThread = await world.said();
    expect(inThread).not.toBe("");
    expect(inThread).toMatchSnapshot("in a thread");
    // there nobody can type it
    expect(inThread.replace(/^.*`\/flaky COMMAND`.*$/m, "")).not.toContain("/flaky");
    await world.dave.comments(issue, `/flaky ${words}`);
    const onIssue = await world.said();
    expect(onIssue).not.toBe("");
    expect(onIssue).toMatchSnapshot("on the issue");
    if (tells === true) return;
    await world.erin.says(`@flaky ${words}`, { thread: 1 });
    const notLinked = await world.said();
    expect(notLinked).not.toBe("");
    // the code of a sign-in is made up anew each time
    expect(notLinked.replace(/`[A-Z\d]{4}-[A-Z\d]{4}`/, "`CODE`")).toMatchSnapshot("not linked");
  });
}

test("and none of it changed anything", async () => {
  expect((await world.finding(1)).states).toEqual(["new", "open"]);
});
