import { expect, test } from "bun:test";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import type { CiJob } from "../../../src/ports/ci.ts";
import { connect, pullJson, REPO, runJson, SHA, TOKENS } from "./github-support.ts";
import { fault, type Seen, serve, stoppedClock } from "./support.ts";

const SINCE = new Date("2026-02-22T12:00:00.500Z");
const pageOf = ({ path }: Seen) => Number(new URL(path, "http://x").searchParams.get("page") ?? 1);

const JOB: CiJob = {
  id: 5,
  run: 1,
  attempt: 1,
  name: "unit",
  conclusion: "failure",
  startedAt: null,
  completedAt: null,
  url: "",
  partial: false,
  labels: [],
};

test("runs are listed whole, page after page, once each", async () => {
  const ids = Array.from({ length: 150 }, (_, index) => 1000 - index);
  using server = serve((request) => {
    // one run moved onto the second page while the first was read
    const from = pageOf(request) === 1 ? 0 : 99;
    const workflow_runs = ids.slice(from, from + 100).map((id) => runJson({ id }));
    return Response.json({ total_count: 150, workflow_runs });
  });
  const listing = await connect(server.url).ci.runs(REPO, { workflows: [], since: SINCE });
  expect(listing.truncated).toBe(false);
  expect(listing.runs.map(({ id }) => id)).toEqual(ids);
  expect(server.seen[0]?.path).toContain("created=>=2026-02-22&");
  expect(server.seen).toHaveLength(2);
});

test("what is beyond the 1000 runs GitHub lists is asked for by date", async () => {
  // one run a minute, the newest first
  const ids = Array.from({ length: 2300 }, (_, index) => 5000 - index);
  const at = (id: number) => new Date(SINCE.getTime() + (id - 2600) * 60_000).toISOString();
  using server = serve((request) => {
    const until = /\.\.([^&]+)/.exec(decodeURIComponent(request.path))?.[1];
    const fits = ids.filter((id) => until === undefined || Date.parse(at(id)) <= Date.parse(until));
    const from = (pageOf(request) - 1) * 100;
    const workflow_runs = fits.slice(from, from + 100).map((id) => runJson({ id, created_at: at(id) }));
    return Response.json({ total_count: fits.length, workflow_runs });
  });
  const listing = await connect(server.url).ci.runs(REPO, { workflows: [], since: SINCE });
  expect(listing.truncated).toBe(false);
  expect(listing.runs.map(({ id }) => id)).toEqual(ids);
});

test("1000 runs of one second leave nothing to split: what is missing is said", async () => {
  using server = serve((request) => {
    const start = pageOf(request) * 100;
    const workflow_runs = Array.from({ length: 100 }, (_, index) => runJson({ id: start + index }));
    return Response.json({ total_count: 1001, workflow_runs });
  });
  const listing = await connect(server.url).ci.runs(REPO, { workflows: [], since: SINCE });
  expect(listing.truncated).toBe(true);
  expect(listing.runs).toHaveLength(1000);
  expect(server.seen).toHaveLength(20);
});

test.each(["PD Test", "pd.yml", ".github/workflows/pd.yml"])("a workflow is found by %s", async (name) => {
  const workflows = [
    { id: 3, name: "Lint", path: ".github/workflows/lint.yml" },
    { id: 4, name: "PD Test", path: ".github/workflows/pd.yml" },
  ];
  using server = serve(({ path }) =>
    path.includes("/workflows?")
      ? Response.json({ total_count: 2, workflows })
      : Response.json({ total_count: 1, workflow_runs: [runJson()] }),
  );
  const { ci } = connect(server.url);
  const { runs } = await ci.runs(REPO, { workflows: [name], since: SINCE });
  expect(runs).toHaveLength(1);
  expect(server.seen[1]?.path).toStartWith("/repos/acme/shop/actions/workflows/4/runs?");
  const error = await fault(ci.runs(REPO, { workflows: ["Nightly"], since: SINCE }));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error.message).toBe('acme/shop has no workflow "Nightly"; it has: Lint, PD Test');
});

test("a run of a fork gets its pull request from the head commit, asked once", async () => {
  const forked = { event: "pull_request", head_sha: SHA };
  const list = [forked, forked, { event: "push", head_sha: "c".repeat(40) }];
  using server = serve(({ path }) =>
    path.includes("/commits/")
      ? Response.json([
          pullJson({ number: 8, base: { ref: "main", repo: { full_name: "else/where" } } }),
          pullJson({ number: 6, state: "closed" }),
          pullJson({ number: 9 }),
        ])
      : Response.json({
          total_count: 3,
          workflow_runs: list.map((more, id) => runJson({ id, ...more })),
        }),
  );
  const { ci } = connect(server.url);
  const pulls = (await ci.runs(REPO, { workflows: [], since: SINCE })).runs.map(({ pull }) => Number(pull));
  expect(pulls).toEqual([9, 9, 0]);
  await ci.runs(REPO, { workflows: [], since: SINCE });
  expect(server.seen.filter(({ path }) => path.includes("/commits/"))).toHaveLength(1);
});

test("a run says its newest attempt, its starter, and no word of GitHub that is not known", async () => {
  const named = [{ number: 12, head: { sha: SHA } }];
  using server = serve(() =>
    Response.json(runJson({ pull_requests: named, conclusion: "postponed", name: null, actor: null })),
  );
  const run = await connect(server.url).ci.run(REPO, { id: 1, address: null });
  expect(run).toMatchObject({
    id: 1,
    attempt: 2,
    workflow: "ci.yml",
    completed: true,
    conclusion: "neutral",
  });
  expect([Number(run.pull), String(run.author)]).toEqual([12, "bob"]);
});

test("jobs of an attempt are read to the last page", async () => {
  const jobs = [1, 2].map((id) => ({
    id,
    run_id: 1,
    run_attempt: 2,
    name: `shard ${id}`,
    conclusion: id === 1 ? "success" : null,
    started_at: "2026-02-28T10:00:00Z",
    completed_at: null,
    html_url: "https://github.example/job",
  }));
  using server = serve((request) => {
    const page = pageOf(request);
    const next = `<${server.url}/repos/acme/shop/actions/runs/1/attempts/2/jobs?page=2>; rel="next"`;
    return Response.json(
      { total_count: 2, jobs: jobs.slice(page - 1, page) },
      page === 1 ? { headers: { link: next } } : {},
    );
  });
  const found = await connect(server.url).ci.jobs(REPO, { id: 1, address: null }, 2);
  expect(found.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ["shard 1", "success"],
    ["shard 2", null],
  ]);
});

/** GitHub that sends to `store` for the log. */
const sending = (store: string) =>
  serve(() => new Response(null, { status: 302, headers: { location: store } }));

test("a log is read where GitHub sends us, without our credential", async () => {
  using store = serve(() => new Response("line 1\nline 2\n"));
  using server = sending(`${store.url}/signed?sig=1`);
  const stream = await connect(server.url).ci.log(REPO, JOB);
  expect(await new Response(stream).text()).toBe("line 1\nline 2\n");
  expect(server.seen[0]?.headers.get("authorization")).toBe(`token ${TOKENS.read}`);
  expect(store.seen[0]?.path).toBe("/signed?sig=1");
  expect(store.seen[0]?.headers.has("authorization")).toBe(false);
});

test("a log that is gone is null, at GitHub or at the store", async () => {
  using expired = serve(() => Response.json({ message: "Gone" }, { status: 410 }));
  expect(await connect(expired.url).ci.log(REPO, JOB)).toBeNull();
  using store = serve(() => new Response("no such blob", { status: 404 }));
  using server = sending(store.url);
  expect(await connect(server.url).ci.log(REPO, JOB)).toBeNull();
});

test("a store that fails may be asked again, an address on this machine's disk is not followed", async () => {
  using store = serve(() => new Response("expired", { status: 403 }));
  using server = sending(store.url);
  expect(await fault(connect(server.url).ci.log(REPO, JOB))).toBeInstanceOf(TransientError);
  using evil = sending("file:///etc/hostname");
  expect(await fault(connect(evil.url).ci.log(REPO, JOB))).toBeInstanceOf(RefusedError);
});

test("a log that stops coming is given up, at its start or in its middle", async () => {
  const limits = { requestMs: 5000, logIdleMs: 60 };
  const first = new TextEncoder().encode("first");
  const stalled = () =>
    new Response(new ReadableStream({ start: (controller) => controller.enqueue(first) }));
  for (const answer of [stalled, () => new Promise<Response>(() => {})]) {
    using store = serve(answer);
    using server = sending(store.url);
    const { ci } = connect(server.url, stoppedClock(), limits);
    const error = await fault(ci.log(REPO, JOB).then((stream) => new Response(stream).text()));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain("log of job 5 of acme/shop: nothing came for");
  }
});

test("a log nobody reads on is let go", async () => {
  const gone = Promise.withResolvers<void>();
  const chunk = new TextEncoder().encode("x".repeat(65_536));
  using store = serve(
    () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(chunk), cancel: () => gone.resolve() }),
      ),
  );
  using server = sending(store.url);
  const stream = await connect(server.url).ci.log(REPO, JOB);
  await stream?.cancel();
  await gone.promise;
});

test("a rerun is asked for once, with the token for code", async () => {
  using server = serve(() => Response.json({}, { status: 201 }));
  await connect(server.url).ci.rerunFailed(REPO, 1);
  expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /repos/acme/shop/actions/runs/1/rerun-failed-jobs",
  ]);
  expect(server.seen[0]?.headers.get("authorization")).toBe(`token ${TOKENS.code}`);
});
