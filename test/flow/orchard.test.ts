import { expect, setDefaultTimeout, test } from "bun:test";
import { playHistory } from "../../src/playground/history.ts";
import { flakyTests } from "../../src/playground/target/index.ts";
import { allFindings } from "../harness/finding.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

test("in the orchard, whose tests really are flaky, flakes are filed and nothing else", async () => {
  const world = await World.start({ desks: null, worker: false });
  try {
    await playHistory(world.playground);
    await world.alice.commands("scan");
    const open = (await allFindings(world.product.url, world.playground.env.API_TOKEN ?? "")).filter(
      (finding) => finding.state === "open",
    );
    expect(open.length).toBeGreaterThan(0);
    for (const { test: name } of open)
      expect(flakyTests.map((flaky) => flaky.test)).toContainEqual(expect.stringContaining(name));
    const titles = (await world.said()).match(/^\[flaky\] /gm) ?? [];
    expect(titles).toHaveLength(open.length);
  } finally {
    await world.close();
  }
});
