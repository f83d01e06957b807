import { z } from "zod";
import { Login, PullNumber, Sha } from "../../../kernel/ids.ts";
import type { CiJob, Conclusion } from "../../../ports/ci.ts";

const CONCLUSIONS = [
  "success",
  "failure",
  "cancelled",
  "timed_out",
  "skipped",
  "neutral",
  "action_required",
  "stale",
  "startup_failure",
] as const;

const Ended: z.ZodType<Conclusion> = z.preprocess(
  // a word that GitHub adds one day says nothing of tests
  (value) =>
    typeof value === "string" && !CONCLUSIONS.some((known) => known === value) ? "neutral" : (value ?? null),
  z.enum(CONCLUSIONS).nullable(),
);

export const When = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
export const Person = z.object({ login: Login });

/** A run as `/actions/runs` gives it. */
export const Run = z.object({
  id: z.number(),
  run_attempt: z.number().default(1),
  name: z.string().nullish(),
  path: z.string().default(""),
  event: z.string(),
  status: z.string().nullable(),
  conclusion: Ended,
  head_branch: z.string().nullish(),
  head_sha: Sha,
  pull_requests: z.array(z.object({ number: PullNumber, head: z.object({ sha: z.string() }) })).nullish(),
  actor: Person.nullish(),
  triggering_actor: Person.nullish(),
  html_url: z.string(),
  created_at: When,
  updated_at: When,
});
export type Run = z.output<typeof Run>;

/** A job of a run. */
export const Job = z
  .object({
    id: z.number(),
    run_id: z.number(),
    run_attempt: z.number().default(1),
    name: z.string(),
    conclusion: Ended,
    started_at: When.nullish(),
    completed_at: When.nullish(),
    html_url: z.string().nullish(),
    labels: z.array(z.string()).nullish(),
  })
  .transform(
    (job): CiJob => ({
      id: job.id,
      run: job.run_id,
      attempt: job.run_attempt,
      name: job.name,
      conclusion: job.conclusion,
      startedAt: job.started_at ?? null,
      completedAt: job.completed_at ?? null,
      url: job.html_url ?? "",
      partial: false,
      labels: job.labels ?? [],
    }),
  );

export const Workflow = z.object({ id: z.number(), name: z.string(), path: z.string() });
