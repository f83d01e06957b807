import { expect, test } from "bun:test";
import { RefusedError, TransientError, UserError } from "../../../src/kernel/errors.ts";
import { type Login, PullNumber, Sha } from "../../../src/kernel/ids.ts";
import { buildsOf, refOf } from "../../../src/outbound/prow/builds.ts";
import { createProw, withProw } from "../../../src/outbound/prow/index.ts";
import { parseLink } from "../../../src/outbound/prow/link.ts";
import type { Mark } from "../../../src/ports/marks.ts";
import { connect, REPO } from "./github-support.ts";
import { fault, type Seen, serve } from "./support.ts";

const SITE = { url: "https://prow.example.com", store: "http://127.0.0.1:1", jobs: [] };
const HEAD = Sha.parse("c".repeat(40));
const PLACE = "logs-bucket/pr-logs/pull/acme_shop/9/pull-unit";
const pageOf = (folder: string) => `${SITE.url}/view/gs/${folder}`;

let minute = 0;
const mark = (build: string | number, state: Mark["state"], more: Partial<Mark> = {}): Mark => {
  minute += 1;
  const at = new Date(Date.UTC(2026, 2, 1, 0, minute));
  return { name: "pull-unit", state, url: pageOf(`${PLACE}/${build}`), at, ...more };
};

test.each([
  [
    pageOf(`${PLACE}/2032371755678437376`),
    { job: "pull-unit", build: "2032371755678437376", pull: 9, batch: false },
  ],
  [`${pageOf(`${PLACE}/7`)}/#line-3`, { build: "7", pull: 9 }],
  [pageOf("logs-bucket/pr-logs/pull/batch/pull-unit/7"), { pull: null, batch: true }],
  [pageOf("logs-bucket/logs/post-unit/7"), { job: "post-unit", pull: null, batch: false }],
  [`${SITE.url}/view/s3/logs-bucket/logs/post-unit/7`, { folder: "logs-bucket/logs/post-unit/7" }],
] as const)("a page of Spyglass: %s", (url, expected) => {
  expect(parseLink(SITE.url, url)).toMatchObject(expected);
});

test.each([
  "https://prow.example.com.evil.test/view/gs/b/logs/j/7",
  "https://evil.test/view/gs/b/logs/j/7",
  "https://prow.example.com@evil.test/view/gs/b/logs/j/7",
  "https://prow.example.com/view/gs/b/logs/../../j/7",
  "https://prow.example.com/view/gs/b/%2e%2e/logs/j/7",
  "https://prow.example.com/view/gs/b/lo?gs/j/7",
  "https://prow.example.com/view/gs/b/a%2Fb/j/7",
  "https://prow.example.com/view/gs/b/logs/j/latest",
  "https://prow.example.com/view/gs/j/7",
  "https://prow.example.com/log?job=j&id=7",
  "javascript:alert(1)",
  "",
])("no page of this Spyglass: %s", (url) => {
  expect(parseLink(SITE.url, url)).toBeNull();
});

test("builds of a job are attempts in the order they were told of, reruns and batches alike", () => {
  const batch = pageOf("logs-bucket/pr-logs/pull/batch/pull-unit/1000");
  const found = buildsOf(SITE, [
    mark(99, "pending"),
    mark(1001, "pending"),
    mark(99, "failure"),
    mark(1000, "failure", { url: batch }),
    mark(1001, "success"),
    mark(99, "pending"), // a status that came late
    mark(5, "failure", { name: "pull-lint", url: "https://ci.example.com/5" }),
    mark(5, "failure", {
      name: "pull-lint",
      url: pageOf("logs-bucket/pr-logs/pull/acme_shop/9/pull-lint/5"),
    }),
  ]);
  expect([...found.keys()]).toEqual(["pull-unit", "pull-lint"]);
  expect(found.get("pull-unit")?.map(({ build, state, batch }) => [build, state, batch])).toEqual([
    ["99", "failure", false],
    ["1001", "success", false],
    ["1000", "failure", true], // told of late, it changes no number that was given
  ]);
});

test("what still runs is left out; what was given up for a later build is not waited for", () => {
  const states = (marks: Mark[]) =>
    buildsOf(SITE, marks)
      .get("pull-unit")
      ?.map(({ build, state }) => [build, state]);
  expect(states([mark(1, "pending")])).toEqual([]);
  expect(states([mark(1, "failure"), mark(2, "pending")])).toEqual([["1", "failure"]]);
  expect(states([mark(1, "pending"), mark(2, "success")])).toEqual([
    ["1", "pending"],
    ["2", "success"],
  ]);
});

test("only jobs that are asked for are read", () => {
  const site = { ...SITE, jobs: ["pull-unit-*"] };
  const [a, b] = [mark(1, "failure", { name: "pull-unit-1" }), mark(2, "failure", { name: "pull-lint" })];
  expect([...buildsOf(site, [a, b]).keys()]).toEqual(["pull-unit-1"]);
});

const FILES: Record<string, unknown> = {
  [`${PLACE}/1/started.json`]: { timestamp: 1772359200 },
  [`${PLACE}/1/finished.json`]: { timestamp: 1772359260, passed: false, result: "FAILURE" },
  [`${PLACE}/1/prowjob.json`]: {
    spec: {
      type: "presubmit",
      refs: { base_ref: "main", pulls: [{ number: 9, author: "carol", sha: HEAD, head_ref: "crates" }] },
    },
    status: { state: "failure" },
  },
  [`${PLACE}/1/build-log.txt`]: "--- FAIL: TestA (0.01s)\n",
  [`${PLACE}/2/finished.json`]: { result: "ABORTED" },
  [`${PLACE}/3/finished.json`]: "<html>not what it should be",
  [`${PLACE}/3/prowjob.json`]: { spec: {}, status: { state: "error" } },
  [`${PLACE}/4/finished.json`]: { passed: true },
};

const storeOf = ({ path }: Seen): Response => {
  const file = FILES[path.slice(1)];
  if (file === undefined) return new Response("NoSuchKey", { status: 404 });
  return typeof file === "string" ? new Response(file) : Response.json(file);
};

const prowOn = (store: string, marks: Mark[]) =>
  createProw(
    {
      at: async () => marks,
      heads: async () => [
        { sha: HEAD, branch: "crates", pull: PullNumber.parse(9), author: "carol" as Login },
      ],
    },
    new Map([[REPO, { ...SITE, store }]]),
    { fetch: (url, init) => fetch(url, init), idleMs: 5000, largestLog: 1024 * 1024 },
  );

test("a run, its attempts and their logs are read from the store", async () => {
  using server = serve(storeOf);
  const marks = [1, 2, 3, 4, 5].map((build) => mark(build, "failure"));
  const prow = prowOn(server.url, marks);
  const { runs } = await prow.runs(REPO, { workflows: [], since: new Date(0) });
  expect(server.seen).toHaveLength(0); // what is known already costs the store nothing
  const [listed] = runs;
  if (listed === undefined) throw new Error("nothing listed");
  expect(listed).toMatchObject({
    attempt: 5,
    workflow: "pull-unit",
    pull: 9,
    author: "carol",
    completed: true,
  });
  expect(prow.runOf(REPO, { sha: HEAD, name: "pull-unit", url: marks[0]?.url ?? "" })).toEqual({
    id: listed.id,
    address: listed.address,
  });

  const jobs = await Promise.all([1, 2, 3, 4, 5].map((attempt) => prow.jobs(REPO, listed, attempt)));
  expect(jobs.flat().map((job) => [job.name, job.conclusion, job.partial])).toEqual([
    ["pull-unit", "failure", true],
    ["pull-unit", "cancelled", true],
    ["pull-unit", "startup_failure", true],
    ["pull-unit", "success", false],
    ["pull-unit", "failure", true], // its files are gone: the mark is all there is
  ]);
  const [first, last] = [jobs[0]?.[0], jobs[4]?.[0]];
  if (first === undefined || last === undefined) throw new Error("a job is missing");
  expect(first.completedAt).toEqual(new Date("2026-03-01T10:01:00Z"));
  expect(await new Response(await prow.log(REPO, first)).text()).toContain("TestA");
  expect(await prow.log(REPO, last)).toBeNull();
});

test("whose commit it was, as the build's record says", async () => {
  using server = serve(storeOf);
  const ref = refOf(REPO, HEAD, "pull-unit");
  const known = await prowOn(server.url, [mark(1, "failure")]).run(REPO, ref);
  expect(known).toMatchObject({ pull: 9, author: "carol", branch: "crates", event: "pull_request" });
  const forgotten = await prowOn(server.url, [mark(5, "failure")]).run(REPO, ref);
  expect(forgotten).toMatchObject({ pull: 9, author: null, branch: "pull/9" });
  expect(await fault(prowOn(server.url, []).run(REPO, ref))).toMatchObject({ status: 404 });
});

test("a store that fails, hides or sends elsewhere", async () => {
  let answer = () => new Response("", { status: 503 });
  using server = serve(() => answer());
  const prow = prowOn(server.url, [mark(1, "failure")]);
  const jobs = () => prow.jobs(REPO, refOf(REPO, HEAD, "pull-unit"), 1);
  expect(await fault(jobs())).toBeInstanceOf(TransientError);
  answer = () => new Response("", { status: 302, headers: { location: "http://169.254.169.254/" } });
  expect(await fault(jobs())).toBeInstanceOf(RefusedError);
  answer = () => new Response("AccessDenied", { status: 403 });
  expect((await jobs())[0]?.conclusion).toBe("failure");
  answer = () => new Response("1".repeat(3 * 1024 * 1024));
  expect((await jobs())[0]?.conclusion).toBe("failure");
});

test("a log beyond the limit is a fault that is not tried again, and is not read to its end", async () => {
  let sent = 0;
  const chunk = new Uint8Array(256 * 1024);
  using server = serve(
    () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      ),
  );
  const prow = prowOn(server.url, [mark(1, "failure")]);
  const job = { ...JOB, url: pageOf(`${PLACE}/1`) };
  const log = await prow.log(REPO, job);
  const drained = log?.pipeTo(new WritableStream()) ?? Promise.resolve();
  expect(await fault(drained)).toBeInstanceOf(UserError);
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

const JOB = {
  id: -1,
  run: -1,
  attempt: 1,
  name: "pull-unit",
  conclusion: "failure",
  startedAt: null,
  completedAt: null,
  url: "",
  partial: true,
  labels: [],
} as const;

test("runs with an address are Prow's, all others the forge's own", async () => {
  using server = serve(storeOf);
  using github = serve(() => new Response("its own log"));
  const ci = withProw(connect(github.url).ci, prowOn(server.url, [mark(1, "failure")]));
  const build = await ci.log(REPO, { ...JOB, url: pageOf(`${PLACE}/1`) });
  expect(await new Response(build).text()).toContain("TestA");
  await ci
    .log(REPO, { ...JOB, id: 5, url: "https://github.com/acme/shop/actions/runs/1/job/5" })
    .catch(() => {});
  expect(github.seen.map(({ path }) => path)).toEqual(["/repos/acme/shop/actions/jobs/5/logs"]);
});
