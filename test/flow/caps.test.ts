import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { DAY, HOUR } from "../../src/kernel/clock.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const DESKS = ["north", "south", "east", "west", "harbour", "station", "airport"];
const DIGEST = ":hourglass_flowing_sand:";

let world: World;
beforeAll(async () => {
  const settings = { limits: { issues_per_scan: 5, issues_per_day: 6 } };
  world = await World.start({ desks: DESKS, worker: false, settings });
  await world.noon();
});
afterAll(() => world.end());

/** What was said, counted. */
async function counted() {
  const said = await world.said();
  return {
    issues: said.match(/^=== GitHub, issue #\d+$/gm)?.length ?? 0,
    edited: said.match(/^=== GitHub, issue #\d+ \(edited\)$/gm)?.length ?? 0,
    // not those that tell a pull request's author of a known flake
    comments: said.match(/^=== GitHub, comment on #\d+\n(?!What \[failed|At `)/gm)?.length ?? 0,
    cards: said.match(/is mirrored, under your name/g)?.length ?? 0,
    digests: [...said.matchAll(/^=== Slack, #flaky-tests( \(edited\))?\n((?:.*\n)*?)(?=\n===|$)/gm)]
      .filter(([, , text]) => /for an issue|• \*F/.test(text ?? ""))
      .map(([, edited, text]) => ({ edited: edited !== undefined, text: text ?? "" })),
  };
}

/** Desks whose findings have no issue yet. */
async function waiting(): Promise<string[]> {
  const all = await Promise.all(
    DESKS.map(async (desk) => ({ desk, ...(await world.finding(await world.numberOf(desk))) })),
  );
  return all.filter(({ issue }) => issue === 0).map(({ desk }) => desk);
}

test("of seven findings five are filed, and one message names the others", async () => {
  await world.ci.flake(DESKS, "all");
  const { digests, ...said } = await counted();
  expect(said).toEqual({ issues: 5, edited: 0, comments: 5, cards: 5 });
  expect(digests).toHaveLength(1);
  const text = digests[0]?.text ?? "";
  for (const desk of await waiting()) {
    const number = await world.numberOf(desk);
    expect(text).toContain(`• *F${number}* \`notes the hour of the ${desk} carrier\` — failed 2 of `);
  }
  expect(text).toStartWith(
    `${DIGEST} *2 more findings wait for an issue.* I file at most 5 an hour and 6 a day`,
  );
  expect(text).toContain("All of them: `/flaky list new`, or the <https://console.test/?state=new|console>.");
});

test("sweeps and a restart file nothing twice and say nothing again", async () => {
  await world.sweeps();
  await world.restart();
  await world.sweeps();
  expect(await world.said()).toBe("");
});

test("a further failure of one that waits edits the message, and puts it first", async () => {
  const [first, last] = await waiting();
  if (first === undefined || last === undefined) throw new Error("two should wait");
  await world.ci.fail(last, { pull: "again", author: "dave" });
  await world.ci.pass({ pull: "again" });
  const { digests, ...said } = await counted();
  expect(said).toEqual({ issues: 0, edited: 0, comments: 0, cards: 0 });
  expect(digests).toHaveLength(1);
  expect(digests[0]?.edited).toBe(true);
  expect(digests[0]?.text).toContain(`the ${last} carrier\` — failed 3 of `);
});

test("an hour later the day's cap lets the surest one go", async () => {
  const [, last] = await waiting();
  if (last === undefined) throw new Error("two should wait");
  await world.later(HOUR);
  const { digests, ...said } = await counted();
  expect(said).toMatchObject({ issues: 1, comments: 1, cards: 1 });
  expect((await world.finding(await world.numberOf(last))).issue).toBeGreaterThan(0);
  expect(
    digests.map(({ edited, text }) => [edited, text.includes("1 more finding waits for an issue")]),
  ).toEqual([[true, true]]);
});

test("on a later day the rest is filed without a new failure, and the message says so", async () => {
  await world.later(DAY);
  const { digests, ...said } = await counted();
  expect(said).toMatchObject({ issues: 1, comments: 1, cards: 1 });
  expect(await waiting()).toEqual([]);
  expect(
    digests.map(({ edited, text }) => [edited, text.includes("Nothing waits for an issue any more.")]),
  ).toEqual([[true, true]]);
});

test("new failures of one that is filed edit its issue, and comment nowhere", async () => {
  await world.ci.fail("north", { pull: "once-more", author: "erin" });
  await world.ci.pass({ pull: "once-more" });
  const { digests, ...said } = await counted();
  expect({ ...said, digests }).toEqual({ issues: 0, edited: 1, comments: 0, cards: 0, digests: [] });
});
