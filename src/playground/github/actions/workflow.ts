import { parse } from "yaml";
import { z } from "zod";
import type { JobSpec, StepSpec } from "../model.ts";
import { fill, spread } from "./matrix.ts";

const Names = z.union([z.string().transform((name) => [name]), z.array(z.string())]);
const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Pairs = z.record(z.string(), z.union([Scalar, z.null().transform(() => "")])).default({});
const Filter = z
  .object({ branches: Names.optional(), "branches-ignore": Names.optional() })
  .nullish()
  .transform((filter) => filter ?? {});

const Step = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: Pairs,
  env: Pairs,
  if: Scalar.optional(),
  "working-directory": z.string().optional(),
  "continue-on-error": z.boolean().default(false),
});

const Matrix = z.record(z.string(), z.array(z.unknown()));

const Job = z.object({
  name: z.string().optional(),
  "runs-on": Names,
  needs: Names.default([]),
  env: Pairs,
  "timeout-minutes": z.number().positive().default(360),
  strategy: z.object({ matrix: Matrix.optional() }).optional(),
  steps: z.array(Step).min(1),
});

const File = z.object({
  name: z.string().optional(),
  on: z.union([
    Names.transform((events) => Object.fromEntries(events.map((event) => [event, {}]))),
    z.record(z.string(), z.unknown()),
  ]),
  env: Pairs,
  jobs: z.record(z.string(), Job),
});

/** A workflow file, read. */
export interface WorkflowFile {
  name: string | null;
  /** The events it listens to, with their filters of branches. */
  on: Map<string, { branches: string[] | null; ignored: string[] }>;
  jobs: JobSpec[];
}

/** Reads a workflow file; null when it is none. */
export const parseWorkflow = (text: string): WorkflowFile | null => {
  let data: unknown;
  try {
    data = parse(text);
  } catch {
    return null;
  }
  const parsed = File.safeParse(data);
  if (!parsed.success) return null;
  const file = parsed.data;
  const on = new Map(
    Object.entries(file.on).map(([event, filter]) => {
      const branches = Filter.safeParse(filter).data ?? {};
      return [event, { branches: branches.branches ?? null, ignored: branches["branches-ignore"] ?? [] }];
    }),
  );
  const jobs = Object.entries(file.jobs).flatMap(([key, job]) => jobSpecs(key, job, file.env));
  return { name: file.name ?? null, on, jobs };
};

const jobSpecs = (key: string, job: z.output<typeof Job>, env: Record<string, string>): JobSpec[] =>
  spread(job.strategy?.matrix ?? {}).map((matrix) => {
    const values = Object.values(matrix);
    const fallback = values.length > 0 ? `${job.name ?? key} (${values.join(", ")})` : (job.name ?? key);
    const name = job.name?.includes("${{") ? fill(job.name, { matrix }) : fallback;
    return {
      key,
      name,
      runsOn: job["runs-on"].map((label) => fill(label, { matrix })),
      needs: job.needs,
      env: { ...env, ...job.env },
      matrix,
      timeoutMinutes: job["timeout-minutes"],
      steps: job.steps.map(stepSpec),
    };
  });

const stepSpec = (step: z.output<typeof Step>): StepSpec => ({
  name: step.name ?? null,
  uses: step.uses ?? null,
  run: step.run ?? null,
  with: step.with,
  env: step.env,
  condition: step.if ?? null,
  workingDirectory: step["working-directory"] ?? null,
  continueOnError: step["continue-on-error"],
});

/** Whether an event on a branch starts the workflow. */
export const listensTo = (file: WorkflowFile, event: string, branch: string): boolean => {
  const filter = file.on.get(event);
  if (!filter || filter.ignored.some((pattern) => matches(pattern, branch))) return false;
  return filter.branches === null || filter.branches.some((pattern) => matches(pattern, branch));
};

const matches = (pattern: string, branch: string): boolean => {
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map((part) => {
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      return part === "?" ? "[^/]" : part.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`).test(branch);
};
