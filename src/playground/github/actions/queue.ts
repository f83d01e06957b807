import { errorText } from "../../../kernel/errors.ts";
import { emit } from "../announce.ts";
import type { Attempt, Conclusion, Job, Repo, Run } from "../model.ts";
import { isProw } from "../prow/folder.ts";
import { markJob } from "../prow/jobs.ts";
import { checkRunShape, runShape } from "../shapes/run.ts";
import type { World } from "../world.ts";
import { conclusionOf } from "./attempts.ts";
import { runJob } from "./runner.ts";

const AT_ONCE = 2;

interface Ticket {
  repo: Repo;
  run: Run;
  attempt: Attempt;
  job: Job;
}

/** Runs jobs in the order they came, two at once, each after those it needs. */
export class JobQueue {
  #waiting: Ticket[] = [];
  readonly #active = new Map<Ticket, AbortController>();
  readonly #freeSlots = Array.from({ length: AT_ONCE }, (_, index) => index + 1);
  readonly #ends = new Map<Attempt, () => void>();
  #stopped = false;

  constructor(private readonly world: World) {}

  /** Queues the jobs of an attempt that have not run. */
  enqueue(repo: Repo, run: Run, attempt: Attempt): void {
    this.#ends.set(attempt, this.world.activity.begin());
    for (const job of attempt.jobs) {
      if (job.status !== "completed") this.#waiting.push({ repo, run, attempt, job });
    }
    if (attempt.jobs.every((job) => job.status === "completed")) this.#finish(repo, run, attempt);
    this.#pump();
  }

  /** Ends an attempt: what runs is killed, what waits never starts. */
  cancel(attempt: Attempt): void {
    attempt.cancelled = true;
    for (const [ticket, controller] of this.#active) if (ticket.attempt === attempt) controller.abort();
    this.#pump();
  }

  /** Kills everything and takes nothing more; resolves when the last process is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const ticket of this.#waiting) ticket.attempt.cancelled = true;
    for (const [{ attempt }, controller] of this.#active) {
      attempt.cancelled = true;
      controller.abort();
    }
    this.#pump();
    while (this.#active.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  #pump(): void {
    for (const ticket of [...this.#waiting]) {
      const verdict = fate(ticket);
      if (verdict === "wait") continue;
      if (verdict !== "start") {
        this.#waiting = this.#waiting.filter((other) => other !== ticket);
        this.#complete(ticket, verdict);
        continue;
      }
      const slot = this.#stopped ? undefined : this.#freeSlots.shift();
      if (slot === undefined) continue;
      this.#waiting = this.#waiting.filter((other) => other !== ticket);
      this.#start(ticket, slot);
    }
  }

  #start(ticket: Ticket, slot: number): void {
    const controller = new AbortController();
    this.#active.set(ticket, controller);
    const { repo, run, attempt, job } = ticket;
    const now = this.world.now();
    job.status = "in_progress";
    job.startedAt = now;
    if (attempt.status === "queued") {
      attempt.status = "in_progress";
      attempt.updatedAt = now;
      this.#announce(repo, run, attempt, "in_progress");
    }
    if (isProw(run)) markJob(this.world, repo, run, job);
    this.world.changed();
    runJob(this.world, repo, run, job, slot, controller.signal)
      .catch((error): Conclusion => {
        job.log.push(`##[error]${errorText(error)}`);
        return "failure";
      })
      .then((conclusion) => {
        this.#active.delete(ticket);
        this.#freeSlots.push(slot);
        this.#freeSlots.sort();
        this.#complete(ticket, conclusion);
        this.#pump();
      });
  }

  #complete({ repo, run, attempt, job }: Ticket, conclusion: Conclusion): void {
    job.status = "completed";
    job.conclusion = conclusion;
    job.completedAt = this.world.now();
    if (isProw(run)) markJob(this.world, repo, run, job);
    else this.#announceCheck(repo, run, attempt, job);
    if (attempt.jobs.every((other) => other.status === "completed")) this.#finish(repo, run, attempt);
  }

  #announceCheck(repo: Repo, run: Run, attempt: Attempt, job: Job): void {
    emit(this.world, repo, attempt.actor, "check_run", {
      action: "completed",
      check_run: checkRunShape(this.world, repo, run, job),
    });
  }

  #finish(repo: Repo, run: Run, attempt: Attempt): void {
    attempt.status = "completed";
    attempt.conclusion = conclusionOf(attempt);
    attempt.updatedAt = this.world.now();
    this.#announce(repo, run, attempt, "completed");
    this.#ends.get(attempt)?.();
    this.#ends.delete(attempt);
  }

  #announce(repo: Repo, run: Run, attempt: Attempt, action: string): void {
    if (isProw(run)) return;
    emit(this.world, repo, attempt.actor, "workflow_run", {
      action,
      workflow_run: runShape(this.world, repo, run, attempt),
    });
  }
}

/** What is to become of a job that waits. */
const fate = ({ attempt, job }: Ticket): "wait" | "start" | "skipped" | "cancelled" => {
  if (attempt.cancelled) return "cancelled";
  const needed = attempt.jobs.filter((other) => job.spec.needs.includes(other.spec.key));
  if (needed.some((other) => other.status === "completed" && other.conclusion !== "success"))
    return "skipped";
  return needed.every((other) => other.status === "completed") ? "start" : "wait";
};
