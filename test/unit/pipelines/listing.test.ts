import { expect, test } from "bun:test";
import { Env } from "../../../src/config/env.ts";
import { ConfigFile } from "../../../src/config/file.ts";
import { listingOf } from "../../../src/features/pipelines/listing.ts";
import { SECOND } from "../../../src/kernel/clock.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { connect } from "../outbound/github-support.ts";
import { type Seen, serve, stoppedClock } from "../outbound/support.ts";

const file = ConfigFile.parse({
  repos: [{ source: "acme/shop", channel: "#ci" }],
  targets: [{ label: "All of alice", user: "alice" }],
});
const config = { env: { ...Env.parse({}), GITHUB_WEB_URL: "https://github.com" }, file, github: null };
const [target] = file.targets;
if (target === undefined) throw new Error("the settings have a target");

const NONE = { search: { issueCount: 0, pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] } };

/** A GitHub that answers with these statuses, and after them well. */
function world(...faults: number[]) {
  const clock = stoppedClock();
  const server = serve((_: Seen, count) => {
    const status = faults[count - 1];
    return status === undefined
      ? Response.json({ data: NONE })
      : Response.json({ message: "no" }, { status });
  });
  const { forge } = connect(server.url, clock);
  const look = () =>
    listingOf({ clock, config, forge, log: silentLog }, target as NonNullable<typeof target>); // it is there
  return { clock, server, look };
}

test("a service that does not answer is asked four times at the most, each time after a longer pause", async () => {
  const { clock, server, look } = world(502, 500, 503);
  using _ = server;
  expect(await look()).toMatchObject({ found: { total: 0 }, fault: null });
  expect(server.seen).toHaveLength(4);
  expect(clock.slept).toEqual([250, 500, 1000]);
  expect(server.seen[0]?.body).toMatchObject({
    variables: { search: "is:pr is:open author:alice sort:updated-desc" },
  });
});

test("after the fourth it is said, what was read before stays, and it is asked again soon", async () => {
  const { clock, server, look } = world();
  using _ = server;
  const first = await look();
  expect(await look()).toBe(first);
  clock.at = new Date(clock.at.getTime() + 61 * SECOND);
  const { clock: later, server: broken, look: lookAgain } = world(502, 502, 502, 502);
  using _broken = broken;
  const failed = await lookAgain();
  expect(failed.found).toBeNull();
  expect(failed.fault).toContain("GitHub did not answer");
  await lookAgain();
  expect(broken.seen).toHaveLength(4);
  later.at = new Date(later.at.getTime() + 11 * SECOND);
  expect((await lookAgain()).fault).toBeNull();
});

test("a refusal is not repeated, and many who look at once ask once", async () => {
  const { server, look } = world(401);
  using _ = server;
  const [one, other] = await Promise.all([look(), look()]);
  expect(one.fault).toContain("GitHub refused the list");
  expect(other).toBe(one);
  expect(server.seen).toHaveLength(1);
});
