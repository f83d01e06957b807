import { expect, test } from "bun:test";
import type { Config } from "../../../src/config/index.ts";
import { unfit } from "../../../src/features/pulls/merge.ts";
import { PullNumber, Sha } from "../../../src/kernel/ids.ts";
import { connect, pullJson, REPO, SHA } from "../outbound/github-support.ts";
import { serve } from "../outbound/support.ts";

const OTHER = "b".repeat(40);
// of the settings only the repository's are asked for
const config = {
  file: { repos: [{ source: REPO, write: REPO, pull: { ignore_checks: ["tide"] } }] },
} as unknown as Config;
const approval = { id: 1, user: { login: "alice" }, state: "APPROVED", body: "", commit_id: SHA };

interface Scene {
  pull?: object;
  reviews?: object[];
  right?: string;
  checks?: object[];
}

/** Why GitHub, as a scene has it, would not have the pull request merged at its head. */
async function fault({
  pull = {},
  reviews = [approval],
  right = "write",
  checks,
}: Scene): Promise<string | null> {
  const runs = checks ?? [{ name: "test", status: "completed", conclusion: "success" }];
  using server = serve(({ path }) => {
    if (path.includes("/reviews")) return Response.json(reviews);
    if (path.includes("/permission")) return Response.json({ role_name: right, permission: right });
    if (path.includes("/check-runs")) return Response.json({ total_count: runs.length, check_runs: runs });
    if (path.includes("/status")) return Response.json({ state: "success", statuses: [], total_count: 0 });
    if (path.endsWith("/user")) return Response.json({ login: "flaky-bot" });
    return Response.json(
      pullJson({ head: { sha: SHA, ref: "ai/flaky/1" }, mergeable_state: "clean", ...pull }),
    );
  });
  const head = Sha.parse(SHA);
  const { forge } = connect(server.url);
  return await unfit({ forge, config }, { repo: REPO, number: PullNumber.parse(9), head });
}

test("approved with write right at this very head, and green: it may be merged", async () => {
  expect(await fault({})).toBeNull();
});

test("what waits for the merge itself is no check that is not through", async () => {
  const test = { name: "test", status: "completed", conclusion: "success" };
  const waits = { status: "queued", conclusion: null };
  expect(await fault({ checks: [test, { ...waits, name: "tide" }] })).toBeNull();
  expect(await fault({ checks: [test, { ...waits, name: "tides" }] })).toBe("the checks are pending");
});

test.each<[string, Scene]>([
  ["somebody pushed to it", { pull: { head: { sha: OTHER, ref: "ai/flaky/1" } } }],
  ["it is a draft", { pull: { draft: true } }],
  ["it is dirty", { pull: { mergeable_state: "dirty" } }],
  ["nobody with write right approved this commit", { reviews: [] }],
  ["nobody with write right approved this commit", { reviews: [{ ...approval, commit_id: OTHER }] }],
  ["nobody with write right approved this commit", { right: "read" }],
  [
    "nobody with write right approved this commit",
    { reviews: [{ ...approval, user: { login: "flaky-bot" } }] },
  ],
  [
    "somebody asked for changes",
    { reviews: [approval, { ...approval, id: 2, user: { login: "bob" }, state: "CHANGES_REQUESTED" }] },
  ],
  ["the checks are failing", { checks: [{ name: "test", status: "completed", conclusion: "failure" }] }],
  [
    "the checks are failing",
    { checks: [{ name: "test", status: "completed", conclusion: "startup_failure" }] },
  ],
  ["the checks are failing", { checks: [{ name: "test", status: "completed", conclusion: "stale" }] }],
  ["the checks are pending", { checks: [{ name: "test", status: "in_progress", conclusion: null }] }],
  ["the checks are none", { checks: [] }],
])("%s", async (why, scene) => {
  expect(await fault(scene)).toBe(why);
});
