import { z } from "zod";
import { ChatUserId, FindingId, Fingerprint, PullNumber, RepoName, TaskId } from "../kernel/ids.ts";

const finding = z.object({ finding: FindingId });

/**
 * Every job there is and what it carries: ids only, the tables hold the truth. Who takes it up stands in
 * `src/inbound/jobs.ts`.
 */
export const JOBS = {
  "inbox.handle": z.object({ id: z.int() }),
  "scan.sweep": z.object({ repo: RepoName, since: z.iso.datetime().nullable(), scan: z.int().optional() }),
  "scan.run": z.object({
    repo: RepoName,
    run: z.int(),
    /** How a CI beside the forge's own finds the run again. */
    address: z.string().max(400).optional(),
    scan: z.int().optional(),
  }),
  /** `pull`: whose author may have to hear of the verdicts. */
  "flakes.assess": z.object({
    repo: RepoName,
    fingerprints: z.array(Fingerprint),
    pull: PullNumber.nullish(),
  }),
  "flakes.classify": finding,
  "issue.sync": finding,
  /** `waited`: how often it was put off so far. */
  "issue.file": z.object({ waited: z.int() }),
  "issue.digest": z.object({}),
  "issue.analyse": finding,
  "card.refresh": finding,
  "question.answer": z.object({ question: z.int() }),
  "thread.nudge": z.object({}),
  "task.plan": finding,
  "task.drop": finding,
  /** Offered to the nodes outside first, then to the workers. */
  "task.dispatch": z.object({ task: TaskId }),
  /** A node's run is over: what it was lent is taken back. */
  "node.close": z.object({ task: TaskId, attempt: z.int() }),
  "task.publish": z.object({ task: TaskId, attempt: z.int() }),
  "pull.follow": z.object({ repo: RepoName, pull: PullNumber }),
  "pull.notice": z.object({ repo: RepoName, pull: PullNumber }),
  "deployment.match": z.object({ deployment: z.int() }),
  "hold.check": finding,
  sweep: z.object({}),
  "link.check": z.object({ user: ChatUserId, code: z.string() }),
  "hold.sweep": z.object({ repo: RepoName }),
} as const;

export type Jobs = typeof JOBS;
export type JobName = keyof Jobs;
export type JobPayload<N extends JobName> = z.infer<Jobs[N]>;

/** A task of the fixer waits in the queue of its label set. */
export const TaskJob = z.object({ task: TaskId });

// no job is named so: a label may be any word, "publish" too
const TASK_QUEUE = "tasks";

/** Name of the queue for tasks that need all of `labels`. */
export const taskQueue = (labels: readonly string[]): string =>
  labels.length === 0 ? TASK_QUEUE : `${TASK_QUEUE}.${[...labels].sort().join(".")}`;

/** True when a worker with `labels` may take from `queue`. */
export function coversQueue(labels: readonly string[], queue: string): boolean {
  const [head, ...needed] = queue.split(".");
  return head === TASK_QUEUE && needed.every((label) => labels.includes(label));
}
