import { expect, setDefaultTimeout, test } from "bun:test";
import { CHANNEL } from "../../src/playground/index.ts";
import { ChildProduct } from "../harness/child-product.ts";
import { until } from "../harness/until.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const RUNS = 4;

test("a scan whose process is killed half-way is taken up again: nothing is read twice, nothing is left out", async () => {
  const world = await World.start({ ownProcess: true, worker: false, desks: ["north"] });
  const { product } = world;
  if (!(product instanceof ChildProduct)) throw new Error("it has no process of its own");
  try {
    const { github, slack } = world.playground;
    await product.stop();
    for (let at = 1; at <= RUNS; at += 1)
      await world.ci.fail("north", { pull: `change-${at}`, author: at % 2 === 0 ? "bob" : "carol" });
    await product.start();
    const before = github.requests().length;
    const logs = () =>
      github
        .requests()
        .slice(before)
        .filter(({ path }) => path.endsWith("/logs"))
        .map(({ path }) => path);
    github.faults.next({ match: { path: /\/logs$/ }, delayMs: 250, times: 2 * RUNS });
    const told = () =>
      slack.messages(CHANNEL.id).filter(({ text }) => / of \d+ runs? read|runs since/.test(text));
    await world.alice.commands("scan");
    await until(
      "some of it is read",
      () => logs().length >= 3 && told().some(({ text }) => /: \d of/.test(text)),
    );
    const read = logs().slice(0, 2);
    await product.kill();
    expect(told().map(({ text }) => text)).toEqual([
      expect.stringMatching(/^:mag: .*: \d of 4 runs read\.$/),
    ]);
    await product.start();
    // on Postgres others may be at work: that a job's process is gone is noticed by its heartbeats
    const ended = () => told().some(({ text }) => text.includes("runs since"));
    await until("the scan has ended", ended, { withinMs: 120_000 });
    expect(told().map(({ text }) => text.replace(/\d{4}-\d\d-\d\d/, "<day>"))).toEqual([
      ":white_check_mark: playground/orchard: 4 runs since <day>, 4 read. 4 failures of 1 test found.",
    ]);
    expect(new Set(logs()).size).toBe(RUNS);
    for (const path of read)
      expect([path, logs().filter((other) => other === path).length]).toEqual([path, 1]);
  } finally {
    await world.close();
  }
});
