import type { z } from "zod";
import { TransientError } from "../../kernel/errors.ts";

/**
 * An answer in the form that we know.
 * @throws TransientError for any other, as a broken proxy would give it; `what` says what was asked.
 */
export function understood<S extends z.ZodType>(schema: S, what: string, answer: unknown): z.output<S> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.slice(0, 3).map((issue) => issue.path.map(String).join(".") || "(whole)");
  throw new TransientError(`${what}: the answer is not in the expected form (${where.join(", ")})`);
}
