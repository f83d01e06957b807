import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "drizzle-orm";
import { rows } from "../../db/client.ts";
import { repoConfig } from "../../src/config/index.ts";
import { changeState } from "../../src/features/findings/service.ts";
import { findingById, findingsIn } from "../../src/features/findings/store.ts";
import { endTask } from "../../src/features/fixes/end.ts";
import { roundOf } from "../../src/features/fixes/round.ts";
import { listTasks, liveTask, updateAttempt } from "../../src/features/fixes/store.ts";
import { bot } from "../../src/kernel/actor.ts";
import { DAY, MINUTE } from "../../src/kernel/clock.ts";
import { FindingId, PullNumber, RepoName, Sha } from "../../src/kernel/ids.ts";
import { enqueueWrite } from "../../src/platform/outbox/store.ts";
import { CHANNEL } from "../../src/playground/index.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { contextOf, standsIn, takenUp } from "../harness/stand-in.ts";
import { until } from "../harness/until.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({ worker: false, desks: ["north", "south", "east"] });
  await world.ci.flake(["north", "south"]);
  await world.name("north");
  await world.name("south");
  await world.ci.fail("east", { pull: "boxes", author: "carol" });
  await world.unheard();
});
afterAll(() => world.end());

const pullOf = (branch: string) => world.dave.plainly.pullFrom(branch);

test("who is not linked proves on GitHub who they are, and may then act", async () => {
  const asked = await world.erin.commands("link");
  const code = /`([A-Z0-9]{4}-[A-Z0-9]{4})`/.exec(asked)?.[1] ?? "";
  expect(code).not.toBe("");
  await world.erin.plainly.confirms(code);
  const linked = () => world.erin.whispers().some((text) => text.includes("on GitHub from now on"));
  await until("erin is linked", linked);
  await world.unheard();
  await world.erin.commands("whoami");
  expect(await world.said()).toMatchSnapshot();
});

test("who says they are somebody else is not linked", async () => {
  const code = /`([A-Z0-9]{4}-[A-Z0-9]{4})`/.exec(await world.dave.commands("link @alice"))?.[1] ?? "";
  expect(code).toBe(""); // dave is linked in the settings: that stands
  expect(await world.said()).toMatchSnapshot();
});

test("two findings become one", async () => {
  const [north, south] = [await world.numberOf("north"), await world.numberOf("south")];
  await world.dave.commands(`join F${north} F${south}`);
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.alice.commands(`overrule F${south} sleep it settles`);
  await world.unheard();
  await world.carol.commands(`join F${north} F${south}`);
  expect(await world.said()).toMatchSnapshot("by somebody who may");
  await world.carol.commands(`join F${north} F${south}`);
  expect(await world.said()).toMatchSnapshot("again");
});

test("what failed on a pull request runs again, once", async () => {
  const pull = await pullOf("boxes");
  await world.dave.commands(`rerun ${pull}`);
  await world.carol.commands(`rerun ${pull} nonsense`);
  expect(await world.said()).toMatchSnapshot("refused");
  await world.carol.commands(`rerun ${pull}`);
  expect(await world.said()).toMatchSnapshot("runs again");
  await world.carol.commands(`rerun ${pull}`);
  expect(await world.said()).toMatchSnapshot("nothing is left");
  await world.carol.commands(`rerun ${pull} test`);
  await world.carol.commands(`rerun ${pull} test`);
  expect(await world.said()).toMatchSnapshot("by its comment");
  await world.carol.commands("rerun 9999");
  expect(await world.said()).toMatchSnapshot("no such pull request");
});

test("a branch is brought up to date by a committer", async () => {
  const pull = await pullOf("boxes");
  await world.carol.commands(`rebase ${pull}`);
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.bob.commands(`rebase ${pull}`);
  expect(await world.said()).toMatchSnapshot("by a committer");
  await world.bob.commands(`rebase ${pull}`);
  expect(await world.said()).toMatchSnapshot("again at once");
});

test("any issue is started by a committer or by its author", async () => {
  const issue = await world.dave.plainly.opensIssue("Say when the desk opens", "The page does not say.");
  await world.settled();
  await world.unheard();
  await world.carol.commands(`start #${issue}`);
  expect(await world.said()).toMatchSnapshot("neither");
  await world.dave.commands(`start #${issue} only the page`);
  expect(await world.said()).toMatchSnapshot("its author");
  expect(await world.dave.plainly.bodyOf(issue)).toBe("The page does not say.");
  await world.bob.commands("start #9999");
  expect(await world.said()).toMatchSnapshot("no such issue");
});

test("the figures of a time", async () => {
  await world.dave.commands("stats 30d");
  await world.dave.commands("stats often");
  // what is dearest stands on top, and how long a run takes is the machine's
  const bullets = (await world.said()).replace(
    /(?:^• F.*\n)+/m,
    (list) => `${list.trimEnd().split("\n").sort().join("\n")}\n`,
  );
  expect(bullets).toMatchSnapshot();
});

const context = () => contextOf(world);
const taken = (finding: FindingId) => takenUp(world, finding);
const ours = (finding: FindingId, branch: string) => standsIn(world, finding, branch);

const north = async () => FindingId.parse(await world.numberOf("north"));

test("muted by a word in the thread, and heard again by another", async () => {
  const thread = await north();
  await world.dave.says("@flaky mute 12h", { thread });
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.carol.says("@flaky mute 12h", { thread });
  expect(await world.said()).toMatchSnapshot("muted");
  await world.carol.says("@flaky mute 0h", { thread });
  expect(await world.said()).toMatchSnapshot("heard again");
});

test("a task that is queued is cancelled by a word in the thread", async () => {
  const thread = await north();
  await world.bob.commands(`approve F${thread}`);
  await world.unheard();
  await world.dave.says("@flaky cancel", { thread });
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.bob.says(`@flaky cancel F${thread} the carrier is being replaced`, { thread });
  expect(await world.said()).toMatchSnapshot("by a committer");
  expect((await world.finding(thread)).state).toBe("failed");
  await world.bob.says("@flaky cancel", { thread });
  expect(await world.said()).toMatchSnapshot("again");
});

test("one that runs is cancelled by its name; what its worker brings then is refused", async () => {
  const finding = await north();
  await world.bob.says("@flaky fix", { thread: finding });
  expect(await world.said()).toMatchSnapshot("fix, in the thread");
  const task = await taken(finding);
  await world.unheard();
  await world.bob.commands(`cancel ${task.id}`);
  expect(await world.said()).toMatchSnapshot("cancelled");
  expect(await updateAttempt(context().db, task, { state: "publishing" })).toBe(false);
  expect(await world.bob.commands(`cancel ${task.id}`)).toContain("is cancelled already");
  await world.unheard();
});

test("a review's remarks go to a worker by a word in the thread, and are open again when that is cancelled", async () => {
  const finding = await north();
  const pull = await ours(finding, "boxes");
  await world.unheard();
  await world.dave.comments(pull, "Just delete the assertion.");
  await world.bob.commands(`address F${finding}`);
  expect(await world.said()).toMatchSnapshot("a stranger's remark starts nothing");
  await world.alice.asksForChange(pull, "Say why this waits.");
  await world.unheard();
  await world.dave.says("@flaky address", { thread: finding });
  await world.bob.says("@flaky address", { thread: finding });
  expect(await world.said()).toMatchSnapshot("address");
  const round = await roundOf(context(), await taken(finding));
  expect(round.comments.map(({ author }) => author)).toEqual(["alice"]);
  expect(round.strangers).toEqual([{ author: "dave", text: "Just delete the assertion." }]);
  await world.bob.commands(`address F${finding}`);
  await world.bob.says("@flaky cancel", { thread: finding });
  expect(await world.said()).toMatchSnapshot("cancelled");
  await world.bob.commands(`address F${finding} in one line`);
  expect(await world.said()).toMatchSnapshot("address, with a note");
  await world.bob.commands(`cancel F${finding}`);
  await world.unheard();
});

test("a pull request of ours is closed with the reason, by a comment on it or from Slack", async () => {
  const finding = await north();
  const { pull } = await world.finding(finding);
  await world.carol.comments(pull, "/flaky close I do not like it");
  await world.bob.comments(pull, "/flaky close");
  expect(await world.said()).toMatchSnapshot("refused");
  await world.bob.comments(pull, "/flaky close The *carrier* is being replaced, says @alice.");
  expect(await world.said()).toMatchSnapshot("by a comment");
  expect((await world.finding(finding)).state).toBe("failed");
  const { state, merged } = await context().forge.pull(RepoName.parse(targetName), PullNumber.parse(pull));
  expect([state, merged]).toEqual(["closed", false]);
  await world.bob.commands(`close ${pull} twice`);
  expect(await world.said()).toMatchSnapshot("again");
  const other = await ours(finding, "north-south-bob");
  await world.unheard();
  await world.bob.commands(`close ${other} Nobody waits for <!channel>. /lgtm`);
  expect(await world.said()).toMatchSnapshot("from Slack");
});

test("a merge that GitHub refuses is no merge, and says why", async () => {
  const finding = await north();
  const pull = await ours(finding, "north-south-carol");
  await world.unheard();
  await world.carol.commands(`merge ${pull}`);
  const match = { method: "PUT", path: /pulls\/\d+\/merge/ };
  const body = JSON.stringify({ message: "Required reviews are missing" });
  world.playground.github.faults.next({ match, status: 405, body });
  await world.bob.says("@flaky merge", { thread: finding });
  expect(await world.said()).toMatchSnapshot();
  expect((await world.finding(finding)).state).toBe("pending_review");
});

test("red checks that no known flake explains are offered for a round, and start none by themselves", async () => {
  const finding = await north();
  await world.bob.commands(`close ${(await world.finding(finding)).pull} It waits for too little.`);
  await world.ci.fail("north", { pull: "again", author: "bob" });
  const pull = await ours(finding, "again");
  await world.unheard();
  const place = { repo: RepoName.parse(targetName), pull: PullNumber.parse(pull) };
  await context().queue.send(context().db, "pull.follow", place, { key: `${targetName}/${pull}` });
  expect(await world.said()).toMatchSnapshot("offered");
  expect(await liveTask(context().db, finding)).toBeNull();
  await world.bob.clicks(finding, "Address red checks");
  const { comments } = await roundOf(context(), await taken(finding));
  expect(comments.map(({ author, body }) => [author, body])).toMatchSnapshot("what the round is about");
  expect(comments[0]?.diffHunk).toContain("notes the hour of the north carrier");
  await world.bob.commands(`cancel F${finding}`);
  await world.unheard();
  await world.ci.pass({ pull: "again" });
  expect(await world.said()).toMatchSnapshot("green again");
});

test("a conflict that cannot be settled goes to a maintainer, and a branch that a person pushed to is theirs", async () => {
  const finding = await north();
  const moved = { branch: "main", files: { ".ci/late/again.json": "{}\n" }, message: "Go", author: "bob" };
  await world.playground.github.commit(targetName, moved);
  await world.sweeps();
  expect(await world.said()).toMatchSnapshot("offered");
  await world.bob.clicks(finding, "Resolve conflict");
  const task = await taken(finding);
  const about = await findingById(context().db, finding);
  if (about === null) throw new Error("the finding is gone");
  await endTask(context(), task, about, { state: "failed", error: "conflict: it is gone", result: null });
  expect(await world.said()).toMatchSnapshot("not settled");
  await world.ci.fail("north", { pull: "again", author: "bob" });
  await world.sweeps();
  expect(await world.everything()).not.toContain("Resolve conflict");
  await world.unheard();
});

test("above the limit of open pull requests a fix waits, and begins when one of them ends", async () => {
  const { limits } = context().config.file;
  const most = limits.open_pulls;
  limits.open_pulls = 1;
  const issue = await world.dave.plainly.opensIssue("Say when the desk closes", "The page does not say.");
  await world.settled();
  await world.bob.commands(`start #${issue}`);
  await world.sweeps();
  expect(await world.said()).toMatchSnapshot("waits");
  const started = (await findingsIn(context().db, ["approved"])).find((one) => one.issueNumber === issue);
  if (started === undefined) throw new Error("nothing was started");
  expect(await liveTask(context().db, started.id)).toBeNull();
  const { pull } = await world.finding(await north());
  await world.bob.commands(`close ${pull} Nobody has the time.`);
  await world.sweeps();
  expect((await liveTask(context().db, started.id))?.state).toBe("queued");
  await world.unheard();
  limits.open_pulls = most;
});

test("a queued task whose job has used up its tries is sent again, once", async () => {
  const { db } = context();
  const jobs = async () =>
    (
      await rows(
        db,
        sql`select data->>'task' as task from pgboss.job where name like 'tasks%' and state = 'created'`,
      )
    ).map(({ task }) => task);
  await world.later(2 * MINUTE);
  const before = await jobs();
  const queued = (await listTasks(db, 100)).filter(({ state }) => state === "queued").map(({ id }) => id);
  expect(queued.length).toBeGreaterThan(0);
  expect(queued.every((id) => before.filter((task) => task === id).length === 1)).toBe(true);
  await db.execute(
    sql`update pgboss.job set state = 'failed' where name like 'tasks%' and state = 'created'`,
  );
  expect(await jobs()).toEqual([]);
  await world.sweeps();
  await world.sweeps();
  expect((await jobs()).sort()).toEqual([...queued].sort());
  await world.unheard();
});

test("a draft is made ready when its checks are green, and merged by itself only when all is right just then", async () => {
  const { forge, config, db, clock } = context();
  const settings = repoConfig(config, targetName);
  if (settings === undefined) throw new Error("the repository has no settings");
  Object.assign(settings.pull, { draft: true, merge: "auto" });
  const repo = RepoName.parse(targetName);
  const files = { ".ci/late/careful.json": "{}\n" };
  const commit = { branch: "careful", files, message: "Wait for the carrier", author: "dave" };
  const head = Sha.parse(await world.playground.github.commit(targetName, commit));
  const text = { title: "test: wait", body: "It waits.", head: "careful", base: "main", draft: true };
  const opened = await forge.createPull(repo, text);
  await world.bob.plainly.fails(head, "deep sea");
  const finding = await north();
  const number = PullNumber.parse(await ours(finding, "careful"));
  await world.alice.comments(number, "I shall look at it when it is green.");
  await world.unheard();
  const standing = async () => {
    await world.settled();
    const { draft, merged } = await forge.pull(repo, number);
    return { draft, merged };
  };
  expect([opened.number, await standing()]).toEqual([number, { draft: true, merged: false }]);

  await world.bob.plainly.passes(head, "deep sea");
  expect(await standing()).toEqual({ draft: false, merged: false });
  expect(await world.said()).toMatchSnapshot("ready");

  await world.carol.plainly.approves(number);
  expect(await standing()).toEqual({ draft: false, merged: false });
  await world.bob.plainly.fails(head, "deep sea");
  await world.alice.plainly.approves(number);
  // as if it had been decided a moment before that check failed
  await enqueueWrite(db, clock, {
    ...{ destination: "github", lane: `${repo}#${number}`, kind: "pull.merge", key: "merge:late" },
    ...{ payload: { repo, number, head }, finding },
  });
  expect(await standing()).toEqual({ draft: false, merged: false });
  await world.unheard();

  await world.bob.plainly.passes(head, "deep sea");
  expect(await standing()).toEqual({ draft: false, merged: true });
  expect((await world.finding(finding)).state).toBe("merged");
  expect(await world.said()).toMatchSnapshot("merged");
});

/** The channel's message of what waits for a person, as it stands. */
const waits = () =>
  world.playground.slack
    .messages(CHANNEL.id)
    .map(({ blocks }) => JSON.stringify(blocks ?? []))
    .find((text) => text.includes("for a person"));

test("the console's buttons close with a reason, and approve and merge; what waited for it was one message", async () => {
  const finding = await north();
  const { forge, db } = context();
  const again = ["merged", "open", "approved", "fixing", "failed"] as const;
  for (const [at, to] of again.slice(1).entries())
    await changeState(context(), db, { finding, from: [again[at] ?? to], to, actor: bot, why: "once more" });
  const stands = (pull: number) => forge.pull(RepoName.parse(targetName), PullNumber.parse(pull));
  await world.ci.pass({ pull: "crane", author: "carol" });
  const pull = await ours(finding, "crane");
  expect(waits()).toBeUndefined();
  await world.later(2 * DAY);
  expect(waits()).toContain(
    `/${pull}|#${pull}> \`notes the hour of the north carrier\` — open for 2 days, to be reviewed`,
  );
  const refused = await world.carol.presses(finding, "close", "I do not like it");
  expect(refused).toContain("This needs the write right");
  const closed = await world.bob.presses(finding, "close", "The carrier <b>goes</b> by rail.");
  expect(closed).toContain(`#${pull} is closed without merging: The carrier &lt;b&gt;goes&lt;/b&gt; by`);
  expect(await stands(pull)).toMatchObject({ state: "closed", merged: false });
  await world.ci.pass({ pull: "rail", author: "carol" });
  const other = await ours(finding, "rail");
  const merged = await world.bob.presses(finding, "merge");
  expect(merged).toContain(`#${other} is approved and merged by <strong>bob</strong>`);
  expect(await stands(other)).toMatchObject({ state: "closed", merged: true });
  expect(await world.finding(finding)).toMatchObject({ state: "merged", pull: other });
  await world.sweeps();
  expect(waits()).toContain("No pull request of mine waits for a person any more");
  await world.unheard();
});
