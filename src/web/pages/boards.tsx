/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { Config } from "../../config/index.ts";
import type { PullEntry, WorkerEntry } from "../../features/insights/operations.ts";
import { plural } from "../format.ts";
import { Chip, Empty, FindingLink, Out, StateBadge, Time } from "../parts/basics.tsx";
import { CheckChip, PullState, ReviewChip, taskTone } from "./marks.tsx";

interface PullsProps {
  entries: readonly PullEntry[];
  targets: Config["file"]["targets"];
  now: Date;
}

/** Pull requests of ours: how their checks and reviews stand. */
export const PullsPage: FC<PullsProps> = ({ entries, targets, now }) => (
  <>
    <h1>Pull requests</h1>
    {entries.length === 0 ? (
      <Empty title="No pull request yet">
        <p>Once a fix is approved and proven, its pull request shows here with its checks and its review.</p>
      </Empty>
    ) : (
      <OwnPulls entries={entries} now={now} />
    )}
    {targets.length === 0 ? null : (
      <section class="panel" aria-labelledby="targets">
        <h2 id="targets">Watched authors</h2>
        <ul>
          {targets.map((target) => (
            <li>
              <b>{target.label}</b>: {target.user}{" "}
              <span class="muted">
                {target.repos.length === 0 ? "everywhere" : `in ${target.repos.join(", ")}`}
              </span>
            </li>
          ))}
        </ul>
      </section>
    )}
  </>
);

/** Pull requests of ours as rows: how their checks and reviews stand. */
export const OwnPulls: FC<Omit<PullsProps, "targets">> = ({ entries, now }) => (
  <ul class="rows">
    {entries.map(({ pull, finding }) => (
      <li class="row row-pull">
        <div class="row-state">
          <PullState state={pull.state} />
        </div>
        <div class="row-what">
          <Out href={pull.url} class="strong">
            {pull.repo}#{pull.number}
          </Out>
          <p class="meta">
            fixes <FindingLink id={finding.id} test={finding.test} />
          </p>
        </div>
        <div class="row-marks">
          {pull.state === "open" ? (
            <>
              <CheckChip checks={pull.checks} /> <ReviewChip review={pull.review} />
            </>
          ) : finding.state === "merged" ? null : (
            <StateBadge state={finding.state} />
          )}
          {pull.rounds === 0 ? null : <span class="muted">{plural(pull.rounds, "round")}</span>}
        </div>
        <div class="row-when">
          <Time at={pull.updatedAt} now={now} />
        </div>
      </li>
    ))}
  </ul>
);

const HEALTH = { healthy: "good", lost: "bad", stopped: "plain" } as const;

/** Machines that run tasks, with their load and when they were last heard of. */
export const WorkersPage: FC<{ entries: readonly WorkerEntry[]; now: Date }> = ({ entries, now }) => (
  <>
    <h1>Workers</h1>
    {entries.length === 0 ? (
      <Empty title="No worker">
        <p>
          <code>bun src/main.ts start</code> brings one along; on another machine run{" "}
          <code>bun src/main.ts worker --labels linux --concurrency 2</code>, or{" "}
          <code>bun src/main.ts node</code> where the database is out of reach.
        </p>
      </Empty>
    ) : (
      <ul class="rows">
        {entries.map(({ worker, health, running, tasks }) => (
          <li class="row row-worker">
            <div class="row-state">
              <Chip tone={HEALTH[health]}>{health}</Chip>
            </div>
            <div class="row-what">
              <b>{worker.host}</b>
              <p class="meta">
                <code>{worker.id}</code> · {worker.kind === "node" ? "node outside · " : ""}version{" "}
                {worker.version} · sandbox {worker.sandbox}
              </p>
              {worker.fault === null ? null : <p class="meta">{worker.fault}</p>}
              <p class="chips">
                {labelsOf(worker.labels).map((label) => (
                  <Chip>{label}</Chip>
                ))}
              </p>
              <WorkerTasks tasks={tasks} />
            </div>
            <div class="row-progress">
              <div class="task">
                <progress value={running} max={Math.max(1, worker.capacity)} aria-label="Load" />
                <span>
                  {running} of {worker.capacity} busy
                </span>
              </div>
            </div>
            <div class="row-when">
              <span>heard of</span>
              <Time at={worker.seenAt} now={now} />
            </div>
          </li>
        ))}
      </ul>
    )}
  </>
);

/** Links to what a worker does, or did last. */
const WorkerTasks: FC<Pick<WorkerEntry, "tasks">> = ({ tasks }) =>
  tasks.length === 0 ? null : (
    <p class="meta">
      Tasks:{" "}
      {tasks.map((task) => (
        <>
          <a href={`/tasks/${encodeURIComponent(task.id)}`}>
            <code>{task.id}</code>
          </a>{" "}
          <Chip tone={taskTone(task.state)}>{task.state}</Chip>{" "}
        </>
      ))}
    </p>
  );

/** Labels of a worker as far as they are words. */
export const labelsOf = (labels: unknown): string[] =>
  Array.isArray(labels) ? labels.filter((label) => typeof label === "string") : [];
