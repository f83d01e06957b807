import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "drizzle-orm";
import { rows } from "../../db/client.ts";
import { CHANNEL } from "../../src/playground/index.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const JOBS = 11;
/** Above nineteen that fall together in one job it would be taken for an outage. */
const EACH = 19;
const MANY = JOBS * EACH;
const CAP = 5;

/** A run that fails in its first attempt: nineteen tests of each job, or all tests in one job. No checkout: there are many jobs. */
const workflow = (what: "unrelated" | "together") => `name: Test
on:
  pull_request:
jobs:
  gates:
    name: gates (\${{ matrix.part }})
    runs-on: ubuntu-latest
    strategy:
      matrix:
        part: [${Array.from({ length: JOBS }, (_, part) => part).join(", ")}]
    steps:
      - run: |
          at=$((\${{ matrix.part }} * ${EACH})); last=$((at + ${EACH}))
          ${what === "together" ? `test $at = 0 && last=${MANY} || last=$at` : ""}
          test "$GITHUB_RUN_ATTEMPT" = 1 || last=$at
          if test $at = $last; then echo "ok  	example.com/orchard/gates	0.01s"; exit 0; fi
          while test $at -lt $last; do
            echo "=== RUN   TestGate$at"
            echo "    gates_test.go:$((at + 10)): gate $at was shut"
            echo "--- FAIL: TestGate$at (0.00s)"
            at=$((at + 1))
          done
          echo "FAIL	example.com/orchard/gates	0.01s"
          exit 1
`;

let world: World;
beforeAll(async () => {
  const settings = { limits: { issues_per_scan: CAP, issues_per_day: 10 } };
  world = await World.start({ desks: ["north"], worker: false, settings });
});
afterAll(() => world.end());

/** A pull request in whose run that falls. */
async function falls(branch: string, author: "bob" | "carol" | "dave", what: "unrelated" | "together") {
  const files = { ".github/workflows/test.yml": workflow(what), [`notes/${branch}.md`]: `${branch}\n` };
  await world[author].plainly.contributes({
    branch,
    author,
    message: `Change ${branch}`,
    kind: "harmless",
    files,
  });
  await world.settled();
}

/** The red run of a branch is run again, and passes. */
async function passes(branch: string): Promise<void> {
  const red = world.playground.github.runs(targetName).find((run) => run.head_branch === branch);
  world.playground.github.rerun(targetName, Number(red?.id), { failedOnly: true });
  await world.settled();
}

/** What came of something: posts in the channel, requests, and work. */
async function during(act: () => Promise<void>) {
  const { db } = world.product;
  if (db === null) throw new Error("the product's database is out of reach");
  const { github, slack } = world.playground;
  const requests = () => github.requests().filter(({ login }) => login === "flaky-bot");
  const look = async () => {
    const [jobs] = await rows(db, sql`select count(*)::int as n from pgboss.job`);
    const [judged] = await rows(
      db,
      sql`select coalesce(sum(value), 0)::int as n from counters where name = 'judgements_total'`,
    );
    const writes = requests().filter(({ method }) => method !== "GET");
    return {
      posts: slack.messages(CHANNEL.id).length,
      calls: slack.calls.length,
      requests: requests().length,
      writes: writes.length,
      jobs: Number(jobs?.n),
      judged: Number(judged?.n),
    };
  };
  const before = await look();
  await act();
  const after = await look();
  const grew = (name: keyof typeof before) => after[name] - before[name];
  return {
    posts: slack.messages(CHANNEL.id).slice(before.posts),
    calls: grew("calls"),
    requests: grew("requests"),
    writes: grew("writes"),
    jobs: grew("jobs"),
    judged: grew("judged"),
  };
}

test("two hundred tests felled by one cause are judged once, and nobody hears of them", async () => {
  const storm = await during(() => falls("outage", "bob", "together"));
  expect(storm.judged).toBe(MANY);
  expect(storm).toMatchObject({ posts: [], calls: 0, writes: 0 });
  expect(storm.requests).toBeLessThan(20);
  expect(storm.jobs).toBeLessThan(20);
  const rerun = await during(() => passes("outage"));
  expect(rerun.judged).toBe(MANY);
  expect(rerun).toMatchObject({ posts: [], calls: 0, writes: 0 });
});

test("two hundred flaky tests of one run are as many cards as the cap allows, and one digest", async () => {
  for (const [branch, author] of [
    ["crates", "bob"],
    ["boxes", "carol"],
  ] as const) {
    const posts: string[] = [];
    for (const act of [() => falls(branch, author, "unrelated"), () => passes(branch)]) {
      const step = await during(act);
      // each finding once for each attempt
      expect(step.judged).toBe(MANY);
      expect(step.jobs).toBeLessThan(80);
      expect(step.requests).toBeLessThan(120);
      posts.push(...step.posts.map(({ text }) => text));
    }
    if (branch === "crates") expect(posts).toEqual([]);
    else {
      expect(posts).toHaveLength(CAP + 1);
      expect(posts.filter((text) => text.includes("wait for an issue"))).toEqual([
        `${MANY - CAP} more findings wait for an issue`,
      ]);
    }
  }
  await world.unheard();
});

test("the same storm once more edits what stands, and posts nothing", async () => {
  const storm = await during(() => falls("baskets", "dave", "unrelated"));
  expect(storm.judged).toBe(MANY);
  expect(storm.posts).toEqual([]);
  expect(storm.writes).toBeLessThanOrEqual(CAP);
  expect(storm.calls).toBeLessThan(20);
  expect(storm.jobs).toBeLessThan(60);
  await world.unheard();
});

test("reports of many jobs of one commit are judged one by one, not all again with each", async () => {
  const [jobs, each] = [20, 10];
  const report = async (job: number) => {
    const where = new URLSearchParams({
      ...{ repo: targetName, sha: "a".repeat(40), branch: "doors", run_url: "https://ci.example/1" },
      ...{ job: `doors ${job}`, attempt: "1", pr: "900", author: "frank" },
    });
    const cases = Array.from({ length: each }, (_, at) => {
      const door = job * each + at;
      return `<testcase classname="doors" name="door ${door}"><failure>door ${door} was shut</failure></testcase>`;
    });
    const sent = await fetch(`${world.product.url}/api/v1/reports?${where}`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.playground.env.REPORT_TOKEN ?? ""}` },
      body: `<testsuite name="doors">${cases.join("")}</testsuite>`,
    });
    expect(sent.status).toBe(202);
  };
  const storm = await during(async () => {
    for (let job = 0; job < jobs; job += 1) await report(job);
    await world.settled();
  });
  expect(storm.judged).toBe(jobs * each);
  expect(storm).toMatchObject({ posts: [], calls: 0, writes: 0 });
  // each report is judged, and each time it is asked whether the pull request's author is to be told
  expect(storm.jobs).toBeLessThanOrEqual(2 * jobs);
});

test("a sweep after it judges nothing and says nothing", async () => {
  const swept = await during(() => world.sweeps());
  expect(swept).toMatchObject({ posts: [], writes: 0, judged: 0 });
  expect(await world.said()).toBe("");
});
