import type { CommitStatus, Job, Repo, Run } from "../model.ts";
import { checksOf, jobsOn, statusesOn } from "../verbs/checks.ts";
import type { World } from "../world.ts";
import { type PageArgs, pageOf } from "./page.ts";

/** A commit with all its checks and statuses; null where it has none, as on GitHub. */
export function rollupOf(world: World, repo: Repo, sha: string) {
  const contexts = [
    ...jobsOn(repo, sha).map(({ run, job }) => checkRun(world, repo, run, job)),
    ...statusesOn(repo, sha).map(statusContext),
  ];
  if (contexts.length === 0) return null;
  const states = checksOf(repo, sha);
  return {
    state: states.includes("failure") ? "FAILURE" : states.includes("pending") ? "PENDING" : "SUCCESS",
    contexts: (args: PageArgs) => ({
      ...pageOf("contexts", contexts, args),
      totalCount: contexts.length,
    }),
  };
}

const checkRun = (world: World, repo: Repo, run: Run, job: Job) => {
  const url = `${world.origin}/${repo.fullName}/actions/runs/${run.id}`;
  return {
    __typename: "CheckRun",
    databaseId: job.id,
    name: job.spec.name,
    status: job.status.toUpperCase(),
    conclusion: job.conclusion?.toUpperCase() ?? null,
    detailsUrl: `${url}/job/${job.id}`,
    title: null,
    checkSuite: {
      app: { slug: "github-actions" },
      workflowRun: { databaseId: run.id, url, workflow: { name: run.workflow.name } },
    },
  };
};

const statusContext = (status: CommitStatus) => ({
  __typename: "StatusContext",
  context: status.context,
  description: status.description,
  state: status.state.toUpperCase(),
  targetUrl: status.targetUrl,
});
