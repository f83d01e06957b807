import { latest } from "../actions/latest.ts";
import type { Attempt, Job, Repo, Run, Workflow } from "../model.ts";
import type { World } from "../world.ts";
import { simpleCommitShape } from "./commit.ts";
import { pullMinimalShape } from "./pull.ts";
import { shortRepositoryShape } from "./repository.ts";
import { nodeId, type Schemas } from "./schemas.ts";
import { userShape } from "./user.ts";

const actionsUrl = (world: World, repo: Repo): string => `${world.api}/repos/${repo.fullName}/actions`;

const pullsOfRun = (world: World, repo: Repo, run: Run): Schemas["pull-request-minimal"][] =>
  run.pulls.flatMap((number) => {
    const issue = repo.issues.get(number);
    return issue?.pull ? [pullMinimalShape(world, repo, issue, issue.pull)] : [];
  });

export const workflowShape = (world: World, repo: Repo, workflow: Workflow): Schemas["workflow"] => {
  const web = `${world.origin}/${repo.fullName}`;
  return {
    id: workflow.id,
    node_id: nodeId("Workflow", workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: "active",
    created_at: workflow.createdAt,
    updated_at: workflow.createdAt,
    url: `${actionsUrl(world, repo)}/workflows/${workflow.id}`,
    html_url: `${web}/blob/${repo.defaultBranch}/${workflow.path}`,
    badge_url: `${web}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  };
};

/** A run as one of its attempts left it; the latest by default. */
export const runShape = (
  world: World,
  repo: Repo,
  run: Run,
  attempt: Attempt = latest(run),
): Schemas["workflow-run"] => {
  const url = `${actionsUrl(world, repo)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: nodeId("WorkflowRun", run.id),
    check_suite_id: run.id,
    check_suite_node_id: nodeId("CheckSuite", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflow.path,
    run_number: run.number,
    run_attempt: attempt.number,
    event: run.event,
    status: attempt.status,
    conclusion: attempt.conclusion,
    workflow_id: run.workflow.id,
    display_title: run.title,
    url,
    html_url: `${world.origin}/${repo.fullName}/actions/runs/${run.id}`,
    pull_requests: pullsOfRun(world, repo, run),
    created_at: run.createdAt,
    updated_at: attempt.updatedAt,
    run_started_at: attempt.startedAt,
    actor: userShape(world, run.actor),
    triggering_actor: userShape(world, attempt.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${world.api}/repos/${repo.fullName}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt.number > 1 ? `${url}/attempts/${attempt.number - 1}` : null,
    workflow_url: `${actionsUrl(world, repo)}/workflows/${run.workflow.id}`,
    head_commit: simpleCommitShape(run.commit),
    repository: shortRepositoryShape(world, repo),
    head_repository: shortRepositoryShape(world, world.repo(run.headRepo) ?? repo),
  };
};

/** Address of a job's page. */
export const jobPage = (world: World, repo: Repo, job: Job): string =>
  `${world.origin}/${repo.fullName}/actions/runs/${job.runId}/job/${job.id}`;

export const jobShape = (world: World, repo: Repo, run: Run, job: Job): Schemas["job"] => ({
  id: job.id,
  run_id: run.id,
  run_url: `${actionsUrl(world, repo)}/runs/${run.id}`,
  run_attempt: job.attempt,
  node_id: nodeId("Job", job.id),
  head_sha: run.headSha,
  head_branch: run.headBranch,
  url: `${actionsUrl(world, repo)}/jobs/${job.id}`,
  html_url: jobPage(world, repo, job),
  status: job.status,
  conclusion: job.conclusion,
  created_at: job.createdAt,
  started_at: job.startedAt,
  completed_at: job.completedAt,
  name: job.spec.name,
  steps: job.steps.map((step) => ({
    name: step.name,
    number: step.number,
    status: step.status,
    conclusion: step.conclusion,
    started_at: step.startedAt,
    completed_at: step.completedAt,
  })),
  check_run_url: `${world.api}/repos/${repo.fullName}/check-runs/${job.id}`,
  labels: job.spec.runsOn,
  runner_id: job.status === "queued" ? null : 1,
  runner_name: job.status === "queued" ? null : "Playground 1",
  runner_group_id: job.status === "queued" ? null : 0,
  runner_group_name: job.status === "queued" ? null : "Playground",
  workflow_name: run.workflow.name,
});

/** The app that GitHub names as the maker of every job's check. */
const actionsApp = (world: World): Schemas["nullable-integration"] => ({
  id: 15_368,
  slug: "github-actions",
  node_id: nodeId("App", 15_368),
  owner: userShape(world, "github"),
  name: "GitHub Actions",
  description: "Automate your workflow from idea to production",
  external_url: world.origin,
  html_url: world.origin,
  created_at: "2018-07-30T09:30:17Z",
  updated_at: "2018-07-30T09:30:17Z",
  permissions: { checks: "write", contents: "write", metadata: "read" },
  events: ["check_run"],
});

/** A job as a check on its commit; both have the same id, as on GitHub. */
export const checkRunShape = (world: World, repo: Repo, run: Run, job: Job): Schemas["check-run"] => {
  const url = `${world.api}/repos/${repo.fullName}/check-runs/${job.id}`;
  return {
    id: job.id,
    head_sha: run.headSha,
    node_id: nodeId("CheckRun", job.id),
    external_id: String(job.id),
    url,
    html_url: jobPage(world, repo, job),
    details_url: jobPage(world, repo, job),
    status: job.status,
    conclusion: job.conclusion,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    name: job.spec.name,
    check_suite: { id: run.id },
    app: actionsApp(world),
    pull_requests: pullsOfRun(world, repo, run),
  };
};
