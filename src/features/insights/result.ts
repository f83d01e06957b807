import { z } from "zod";
import { STRESSES } from "../../kernel/stress.ts";

const words = z.string().optional().catch(undefined);
const figure = z.number().nullish().catch(undefined);
const Runs = z
  .object({
    runs: z.number(),
    failures: z.number(),
    otherwise: figure,
    stress: z.enum(STRESSES).optional().catch(undefined),
    plain: figure,
    tried: z.array(z.enum(STRESSES)).optional().catch(undefined),
  })
  .nullish()
  .catch(undefined);

const Status = z.object({
  outcome: words,
  reason: words,
  tests_passed: figure,
  tests_failed: figure,
  coverage_delta: figure,
  diff_lines: figure,
  diff_files: figure,
  risk_level: words,
  risk_labels: z.array(z.string()).optional().catch(undefined),
  phases: z
    .array(z.object({ name: z.string(), seconds: figure, detail: words }))
    .optional()
    .catch(undefined),
  gates: z
    .array(z.object({ name: z.string(), ok: z.boolean(), detail: words }))
    .optional()
    .catch(undefined),
  reproduction: z.object({ before: Runs, after: Runs, bound: figure }).optional().catch(undefined),
  sandbox: words,
  cost: z.object({ tokens: figure, usd: figure }).optional().catch(undefined),
  steps: figure,
});

const Result = z.object({
  reason: words,
  summary: z.object({ mechanism: words, change: words }).nullish().catch(undefined),
  pr: z.object({ title: words, body: words }).optional().catch(undefined),
  labels: z.array(z.string()).optional().catch(undefined),
  status: Status.optional().catch(undefined),
});

/** What is shown of a task's result. */
export type TaskReport = z.infer<typeof Result>;

/** Reads a task's result as far as it can be read: a part that is missing or malformed is left out. */
export function readResult(result: unknown): TaskReport {
  const parsed = Result.safeParse(result);
  return parsed.success ? parsed.data : {};
}
