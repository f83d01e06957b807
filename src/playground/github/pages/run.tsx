/** @jsxImportSource hono/jsx */
import { latest } from "../actions/latest.ts";
import { hasLevel } from "../auth.ts";
import type { Attempt, Job, Run } from "../model.ts";
import { duration, type RepoPage } from "./context.ts";
import { Layout } from "./layout.tsx";
import { LogView } from "./log-view.tsx";
import { Mark, PostButton, Time } from "./parts.tsx";

/** All runs of a repository, newest first. */
export const ActionsPage = (page: RepoPage) => (
  <Layout page={page} title="Actions" tab="Actions">
    <ul class="rows" data-live>
      {[...page.repo.runs].reverse().map((run) => {
        const attempt = latest(run);
        return (
          <li>
            <Mark status={attempt.status} conclusion={attempt.conclusion} />{" "}
            <a class="title" href={`${page.base}/actions/runs/${run.id}`}>
              {run.title}
            </a>
            <span class="quiet">
              {run.workflow.name} #{run.number} · {run.event} · {run.headBranch} ·{" "}
              <code>{run.headSha.slice(0, 7)}</code> · <Time world={page.world} at={run.createdAt} />
              {attempt.number > 1 ? ` · attempt ${attempt.number}` : ""}
            </span>
          </li>
        );
      })}
      {page.repo.runs.length === 0 ? <li class="empty">No runs yet.</li> : null}
    </ul>
  </Layout>
);

const Commands = ({ page, run }: { page: RepoPage; run: Run }) => {
  const action = `${page.base}/actions/runs/${run.id}`;
  if (!hasLevel(page.viewer, "write")) return null;
  if (latest(run).status !== "completed") {
    return (
      <PostButton action={`${action}/cancel`} kind="danger">
        Cancel
      </PostButton>
    );
  }
  return (
    <>
      <PostButton action={`${action}/rerun`} kind="primary">
        Re-run all jobs
      </PostButton>{" "}
      <PostButton action={`${action}/rerun`} fields={{ failed: "1" }}>
        Re-run failed jobs
      </PostButton>
    </>
  );
};

const JobList = ({
  page,
  run,
  attempt,
  current,
}: {
  page: RepoPage;
  run: Run;
  attempt: Attempt;
  current?: Job;
}) => (
  <section class="side">
    <h2>
      Attempt {attempt.number} <Mark status={attempt.status} conclusion={attempt.conclusion} />
    </h2>
    {attempt.jobs.map((job) => (
      <p>
        <Mark status={job.status} conclusion={job.conclusion} />{" "}
        <a
          href={`${page.base}/actions/runs/${run.id}/job/${job.id}`}
          {...(job === current ? { "aria-current": "true" as const } : {})}
        >
          {job.spec.name}
        </a>{" "}
        <span class="quiet">{job.completedAt ? duration(job.startedAt, job.completedAt) : ""}</span>
      </p>
    ))}
    {attempt.jobs.length === 0 ? <p class="quiet">The workflow file can't be read.</p> : null}
  </section>
);

const Steps = ({ job }: { job: Job }) => (
  <ol class="steps">
    {job.steps.map((step) => (
      <li>
        <Mark status={step.status} conclusion={step.conclusion} /> {step.name}{" "}
        <span class="quiet">
          {step.startedAt && step.completedAt ? duration(step.startedAt, step.completedAt) : ""}
        </span>
      </li>
    ))}
  </ol>
);

/** A run with its attempts, and one job's log when `job` is given. */
export const RunPage = (page: RepoPage, run: Run, job?: Job) => (
  <Layout page={page} title={`${run.title} · ${run.workflow.name}`} tab="Actions">
    <div data-live>
      <h1>
        {run.title}{" "}
        <span class="quiet">
          {run.workflow.name} #{run.number}
        </span>
      </h1>
      <p class="quiet">
        {run.event} on {run.headBranch} by {run.actor}, commit{" "}
        <a href={`${page.base}/commit/${run.headSha}`}>
          <code>{run.headSha.slice(0, 7)}</code>
        </a>
        {run.pulls.map((number) => (
          <>
            , pull request <a href={`${page.base}/pull/${number}`}>#{number}</a>
          </>
        ))}
      </p>
      <div class="buttons">
        <Commands page={page} run={run} />
      </div>
      <div class="columns log-first">
        <section>
          {job ? (
            <>
              <h2>{job.spec.name}</h2>
              <Steps job={job} />
              <LogView lines={job.log} />
            </>
          ) : (
            <p class="quiet">Choose a job to read its log.</p>
          )}
        </section>
        <aside>
          {[...run.attempts].reverse().map((attempt) => (
            <JobList page={page} run={run} attempt={attempt} {...(job ? { current: job } : {})} />
          ))}
        </aside>
      </div>
    </div>
  </Layout>
);
