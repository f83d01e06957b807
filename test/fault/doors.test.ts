import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { z } from "zod";
import { systemClock } from "../../src/kernel/clock.ts";
import { ChildProduct } from "../harness/child-product.ts";
import { allFindings } from "../harness/finding.ts";
import { NODE_SECRET, TestNode } from "../harness/node.ts";
import { until } from "../harness/until.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(300_000);

const settings = {
  // what was missed is asked for soon; nothing is listed, which would put the filing off
  schedule: { scan: "0 0 0 1 1 *", sweep: "*/3 * * * * *" },
  quiet: { runs: 2, days: 0 },
  prove: { runs: 20 },
};
const WITHIN = { withinMs: 120_000 };
const node = new TestNode();
const worlds: World[] = [];
afterAll(async () => {
  for (const world of worlds) await world.close();
  await node.close();
});

async function begin(options: Parameters<typeof World.start>[0]) {
  const world = await World.start({ ownProcess: true, quickProof: true, ...options });
  worlds.push(world);
  const { product, playground } = world;
  if (!(product instanceof ChildProduct)) throw new Error("it cannot be killed");
  const { github } = playground;
  const asked = (method: string, path: RegExp) =>
    github
      .requests()
      .filter((one) => one.login === "flaky-bot" && one.method === method && path.test(one.path)).length;
  /** Killed when the next such request has taken effect and its answer was lost; what stays down is started by `start`. */
  const killedAt = async (method: string, path: RegExp, act: () => Promise<unknown>) => {
    const before = asked(method, path);
    github.faults.next({ match: { method, path }, dropAfterCommit: true });
    const acted = act();
    const open = () => product.lines.slice(-6).join("\n");
    await until(`${method} ${path}`, () => asked(method, path) > before, { ...WITHIN, open });
    await product.kill();
    github.faults.clear();
    await product.start();
    await acted;
  };
  const finding = (number: number) => world.finding(number).catch(() => null);
  const reaches = (number: number, state: string) =>
    until(`F${number} is ${state}`, async () => (await finding(number))?.state === state, {
      ...WITHIN,
      open: async () => `${JSON.stringify(await finding(number))}\n${product.lines.slice(-6).join("\n")}`,
    });
  return { world, product, killedAt, finding, reaches };
}

const Counted = z.object({ sightings: z.int() });

/** Headings of that kind in all that stands. */
const count = (all: string, heading: RegExp) => [...all.matchAll(new RegExp(heading, "gm"))].length;

test("Gitea, a node, a service's errors: killed after each step, everything is there once", async () => {
  const started = begin({
    gitea: { replies: true },
    settings: { ...settings, nodes: [{ url: node.url }] },
    env: { NODE_SECRET },
  });
  const { world, product, killedAt, finding, reaches } = await started;
  const { ci, alice, bob, playground } = world;
  await ci.fail("north", { pull: "glossary", author: "carol" });
  const found = () => allFindings(product.url, playground.env.API_TOKEN ?? "");
  // Gitea keeps the newest attempt alone: it has to be read before there is another
  await until("the failure was read", async () => (await found()).length === 1, WITHIN);
  await ci.pass({ pull: "glossary" });
  await killedAt("POST", /\/issues$/, () => ci.fail("north", { pull: "crates", author: "bob" }));
  await until("its card is there", () => world.cardIfAny(1) !== null, WITHIN);

  // the service takes an error, gives a task away and is gone; the node reports to nobody, and again
  await node.works(systemClock, playground.env);
  const report = (path: string, token: string, body: string) =>
    fetch(`${product.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body,
    });
  const error = JSON.stringify({
    project: "orchard",
    type: "TypeError",
    message: "x is not",
    stack: "at a (b.ts:1)",
  });
  const told = () => report("/api/v1/errors", playground.env.REPORT_TOKEN ?? "", error);
  await until(
    "a node has the task",
    async () => {
      const { slack } = playground;
      const card = world.card(1);
      if (JSON.stringify(card.blocks ?? []).includes("finding.approve"))
        await slack.click(bob.chatId, card.ts, "finding.approve").catch(() => null);
      return node.orders.length > 0;
    },
    WITHIN,
  );
  // after a crash the numbers go on further up
  const first = await (await told()).text();
  const number = Number(/^\{"finding":"F(\d+)"\}$/.exec(first)?.[1]);
  await product.kill();
  await until("the node reports", () => node.reports.length > 0, WITHIN);
  await killedAt("POST", /\/pulls$/, () => product.start());
  await reaches(1, "pending_review");
  expect(node.orders).toHaveLength(1);
  const [order] = node.orders;
  const again = await report(
    new URL(order?.report_url ?? "").pathname,
    order?.report_token ?? "",
    node.reports[0] ?? "",
  );
  expect(again.status).toBe(200);
  await until("the error has its issue", async () => ((await finding(number))?.issue ?? 0) > 0, WITHIN);
  // whoever got no answer tells it again
  expect(await (await told()).text()).toBe(first);

  const { pull = 0 } = (await finding(1)) ?? {};
  await alice.plainly.approves(pull);
  await alice.plainly.merges(pull);
  await product.kill();
  await product.start();
  await reaches(1, "merged");
  await world.settled();
  const all = await world.everything();
  expect(count(all, /^=== GitHub, issue #\d+$/)).toBe(2);
  // its text, and that it is closed
  expect(count(all, /^=== GitHub, pull request #\d+$/)).toBe(2);
  expect((await finding(1))?.states).toEqual([
    "new",
    "open",
    "approved",
    "fixing",
    "pending_review",
    "merged",
  ]);
  expect(await found()).toHaveLength(2);
});

test("Prow: killed in the middle of reading a build, the build is read once", async () => {
  const { world, product, killedAt } = await begin({ prow: true, settings });
  await killedAt("GET", /\/commits\/[0-9a-f]{40}\/(?:statuses|check-runs)/, () =>
    world.ci.fail("north", { pull: "glossary", author: "carol" }),
  );
  const token = world.playground.env.API_TOKEN ?? "";
  const sightings = async () => {
    const response = await fetch(`${product.url}/api/v1/findings/F1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return response.ok ? Counted.parse(await response.json()).sightings : 0;
  };
  await until("it is found and counted", async () => (await sightings()) > 0, WITHIN);
  await world.settled();
  expect(await sightings()).toBe(1);
});
