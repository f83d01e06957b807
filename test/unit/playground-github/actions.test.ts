import { afterAll, beforeAll, expect, test } from "bun:test";
import { unzipSync } from "fflate";
import { FULL, REPO, type Stage, startStage, statusOf } from "./world.ts";

const WORKFLOW = `
name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    name: test (\${{ matrix.shard }})
    runs-on: ubuntu-latest
    strategy:
      matrix:
        shard: [1, 2]
    env: { GREETING: hello }
    steps:
      - uses: actions/checkout@v4
      - uses: oven-sh/setup-bun@v2
      - run: bun test --timeout 1000
        if: matrix.shard
      - name: Say
        run: |
          echo "$GREETING from \${{ matrix.shard }} of attempt $GITHUB_RUN_ATTEMPT in $CI"
          test "$SHARD" != 2 || exit "$(cat exit-code)"
        env:
          SHARD: \${{ matrix.shard }}
  after:
    needs: [test]
    runs-on: ubuntu-latest
    steps:
      - run: echo done
`.replace("\n        if: matrix.shard", "");

const TEST = 'import { expect, test } from "bun:test";\ntest("adds", () => expect(1 + 1).toBe(2));\n';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.github.createRepository(FULL, { "README.md": "# Shop\n", "a.test.ts": TEST, "exit-code": "0" });
});
afterAll(() => stage.stop());

const actions = (login = "flaky-bot") => stage.as(login).rest.actions;

test("a failing job fails its run, keeps GitHub's log, and is run again", async () => {
  const sha = await stage.github.commit(FULL, {
    branch: "main",
    files: { ".github/workflows/ci.yml": WORKFLOW, "exit-code": "3" },
    message: "Add CI",
  });
  await stage.github.idle();
  const { data } = await actions().listWorkflowRuns({ ...REPO, workflow_id: "ci.yml", status: "failure" });
  const run = data.workflow_runs[0];
  expect(run).toMatchObject({
    name: "CI",
    head_sha: sha,
    event: "push",
    conclusion: "failure",
    run_attempt: 1,
  });
  const run_id = Number(run?.id);
  const { jobs } = (await actions().listJobsForWorkflowRun({ ...REPO, run_id })).data;
  expect(jobs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ["test (1)", "success"],
    ["test (2)", "failure"],
    ["after", "skipped"],
  ]);
  const log = await logOf(Number(jobs[1]?.id));
  expect(log).toMatch(/^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z Current runner version/);
  expect(log).toContain("Z ##[group]Run bun test --timeout 1000\n");
  expect(log).toContain("Z \u001b[36;1mbun test --timeout 1000\u001b[0m\n");
  expect(log).toContain("Z hello from 2 of attempt 1 in true\n");
  expect(log).toContain("Z ##[error]Process completed with exit code 3.\n");
  expect(log).toContain("Z ##[group]a.test.ts:\n");
  expect(log).toMatch(/Z \(pass\) adds/);
  await actions().reRunWorkflowFailedJobs({ ...REPO, run_id });
  await stage.github.idle();
  const second = await actions().listJobsForWorkflowRunAttempt({ ...REPO, run_id, attempt_number: 2 });
  expect(second.data.jobs.map(({ conclusion }) => conclusion)).toEqual(["success", "failure", "skipped"]);
  expect(second.data.jobs[0]?.completed_at).toBe(jobs[0]?.completed_at ?? "");
  const all = await actions().listJobsForWorkflowRun({ ...REPO, run_id, filter: "all" });
  expect(all.data.total_count).toBe(6);
  const first = await actions().getWorkflowRunAttempt({ ...REPO, run_id, attempt_number: 1 });
  expect(first.data).toMatchObject({ run_attempt: 1, previous_attempt_url: null, conclusion: "failure" });
  const zip = await actions().downloadWorkflowRunAttemptLogs({ ...REPO, run_id, attempt_number: 2 });
  if (!(zip.data instanceof ArrayBuffer)) throw new Error("expected bytes");
  expect([...(unzipSync(new Uint8Array(zip.data))["1_test (2).txt"]?.slice(0, 3) ?? [])]).toEqual([
    0xef, 0xbb, 0xbf,
  ]);
  expect(Object.keys(unzipSync(new Uint8Array(zip.data)))).toEqual([
    "0_test (1).txt",
    "1_test (2).txt",
    "2_after.txt",
  ]);
});

const logOf = async (job_id: number): Promise<string> =>
  String((await actions().downloadJobLogsForWorkflowRun({ ...REPO, job_id })).data);

test("workflow_run webhooks tell of each stage", () => {
  const stages = stage.github.deliveries
    .filter(({ event }) => event === "workflow_run")
    .map(({ action }) => action);
  expect(stages).toEqual(["requested", "in_progress", "completed", "requested", "in_progress", "completed"]);
});

test("a log's address lives without a token, the log itself asks for one", async () => {
  const run = stage.github.runs(FULL)[0];
  const { jobs } = (await actions().listJobsForWorkflowRun({ ...REPO, run_id: Number(run?.id) })).data;
  const url = `${stage.github.apiUrl}/repos/${FULL}/actions/jobs/${jobs[0]?.id}/logs`;
  expect((await fetch(url, { redirect: "manual" })).status).toBe(403);
  const headers = { authorization: "Bearer token-rita" };
  const redirect = await fetch(url, { redirect: "manual", headers });
  expect(redirect.status).toBe(302);
  const log = await fetch(redirect.headers.get("location") ?? "");
  expect(log.headers.get("content-type")).toStartWith("text/plain");
});

test("a run that hangs is cancelled with all its processes", async () => {
  const hang = WORKFLOW.replace("bun test --timeout 1000", "sleep 987654 & echo up; wait");
  await stage.github.commit(FULL, {
    branch: "main",
    files: { ".github/workflows/ci.yml": hang, "exit-code": "0" },
    message: "Hang",
  });
  const run_id = Number(stage.github.runs(FULL)[0]?.id);
  const isUp = async () => {
    const { jobs } = (await actions().listJobsForWorkflowRun({ ...REPO, run_id })).data;
    return jobs.filter(({ steps }) => steps?.[3]?.status === "in_progress").length === 2;
  };
  while (!(await isUp())) await Bun.sleep(5);
  expect(await statusOf(actions("rita").cancelWorkflowRun({ ...REPO, run_id }))).toBe(403);
  await actions().cancelWorkflowRun({ ...REPO, run_id });
  await stage.github.idle();
  const run = await actions().getWorkflowRun({ ...REPO, run_id });
  expect(run.data).toMatchObject({ status: "completed", conclusion: "cancelled" });
  const left = Bun.spawnSync(["pgrep", "-f", "sleep 987654"]).stdout.toString();
  expect(left).toBe("");
});
