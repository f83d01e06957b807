import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { HOUR } from "../../src/kernel/clock.ts";
import { CHANNEL } from "../../src/playground/index.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  const settings = { limits: { issues_per_scan: 5, issues_per_day: 10 } };
  world = await World.start({ desks: ["north", "south"], worker: false, settings });
});
afterAll(() => world.end());

/** Somebody writes files into main. */
async function commits(files: Record<string, string>): Promise<void> {
  await world.playground.github.commit(targetName, {
    branch: "main",
    files,
    message: "Owners",
    author: "alice",
  });
  await world.settled();
}

const fieldsOf = async (desk: string): Promise<string> =>
  JSON.stringify(world.card(await world.numberOf(desk)).blocks);

test("the card names the owners of the nearest OWNERS file, as a hint that calls nobody", async () => {
  await commits({
    OWNERS: "approvers:\n  - rootly\n",
    "test/OWNERS":
      "approvers:\n  - carol\n  - dave\n  - erin\n  - '<!channel>'\n  - frank\nreviewers:\n  - bob\n",
  });
  await world.ci.flake("north");
  expect(await fieldsOf("north")).toContain("*Owners of the file*\\ncarol, dave, erin and 2 more");
});

test("CODEOWNERS goes before it, and its last rule that fits counts", async () => {
  await commits({ ".github/CODEOWNERS": "* @rootly\n/test/ @acme/pickup @bob # the desk\n/src/ @carol\n" });
  await world.ci.flake("south");
  expect(await fieldsOf("south")).toContain('*Owners of the file*\\nacme/pickup, bob"');
  await world.unheard();
});

const JOBS = 2;
/** Tests of one job; above nineteen that fall together it would be taken for an outage. */
const EACH = 10;
const MANY = JOBS * EACH;
/** A test's name as somebody hostile may choose it, with signs that are pairs of units, joined to one. */
const nameOf = (at: number) => `gate ${at} <!channel> *\`${"🧑🏽‍🚀".repeat(40)}\` & ]]> ${"x".repeat(300)}`;
const inXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A CI hands in the reports of an attempt, all of whose tests failed or passed. */
async function reports(pull: number, attempt: number, failed: boolean, each = EACH): Promise<void> {
  for (let job = 0; job * each < MANY; job += 1) {
    const cases = Array.from({ length: each }, (_, index) => {
      const at = job * each + index;
      const fault = `<failure>AssertionError: gate ${at} was shut\n  at gate${at}.ts:${at + 1}:1</failure>`;
      return `<testcase classname="gates" name="${inXml(nameOf(at))}" file="gate${at}.ts">${failed ? fault : ""}</testcase>`;
    });
    const where = new URLSearchParams({
      ...{ repo: targetName, sha: String(pull).padStart(40, "a"), branch: `pull-${pull}` },
      ...{ run_url: `https://ci.example/${pull}`, job: `gates ${each} ${job}`, attempt: String(attempt) },
      ...{ pr: String(pull), author: `author-${pull}` },
    });
    const sent = await fetch(`${world.product.url}/api/v1/reports?${where}`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.playground.env.REPORT_TOKEN ?? ""}` },
      body: `<testsuite name="gates">${cases.join("")}</testsuite>`,
    });
    if (sent.status !== 202) throw new Error(`the report was answered with ${sent.status}`);
  }
  await world.settled();
}

test("what falls all at once is an outage, of which the channel hears nothing", async () => {
  await reports(900, 1, true, MANY);
  await reports(900, 2, false, MANY);
  expect(await world.said()).toBe("");
});

test("a storm of findings is five cards and one message, whatever the tests are called", async () => {
  const { slack } = world.playground;
  await world.later(2 * HOUR);
  await world.unheard();
  const before = slack.messages(CHANNEL.id).length;
  for (const pull of [901, 902]) {
    await reports(pull, 1, true);
    await reports(pull, 2, false);
  }
  const posted = slack.messages(CHANNEL.id).slice(before);
  const storm = posted.filter(({ text }) => text.includes("wait for an issue"));
  expect(storm.map(({ text }) => text)).toEqual([`${MANY - 5} more findings wait for an issue`]);
  expect(posted).toHaveLength(6);
  const refused = slack.calls.filter(({ ok, error }) => !ok && error !== "already_reacted");
  expect(refused).toEqual([]);
  const all = JSON.stringify(posted);
  expect(all).not.toContain("<!channel>");
  // none of its signs is torn
  expect(all).not.toMatch(/\\ud[89ab][\da-f]{2}/i);
  await world.unheard();
  await world.sweeps();
  expect(await world.said()).toBe("");
});

test("commands show what the storm brought within Slack's limits", async () => {
  for (const words of ["list", "list new", `show F${MANY}`, `explain F${MANY}`, "stats"])
    expect(await world.dave.commands(words)).not.toBe("");
  expect(world.dave.whispers().every((text) => text.length <= 4000 && text.isWellFormed())).toBe(true);
  await world.unheard();
});
