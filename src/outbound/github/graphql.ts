import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import { type Clock, MINUTE, SECOND } from "../../kernel/clock.ts";
import { RefusedError, TransientError } from "../../kernel/errors.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { understood } from "../http/understood.ts";

/** What Octokit throws for an answer with errors; part of the data may have come all the same. */
const Failure = z.object({
  name: z.literal("GraphqlResponseError"),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).min(1),
  data: z.unknown(),
  headers: z.record(z.string(), z.unknown()).catch({}),
});

export interface Answered<T> {
  data: T;
  /** What was kept back, in GitHub's words. */
  withheld: string[];
}

/** Errors after which what did come may be used: fields and repositories that the token may not read. */
const WITHHELD = new Set(["FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"]);

/**
 * Asks GraphQL. GitHub answers its faults with 200, so they are told apart here.
 * @param what the question's name, for faults
 * @throws TransientError for limits and faults of GitHub's, RefusedError for a question it does not take.
 */
export async function ask<S extends z.ZodType>(
  client: Octokit,
  clock: Clock,
  what: string,
  schema: S,
  { query, variables }: { query: string; variables: Record<string, unknown> },
): Promise<Answered<z.output<S>>> {
  try {
    const data: unknown = await client.graphql(query, variables);
    return { data: understood(schema, what, data), withheld: [] };
  } catch (error) {
    const failure = Failure.safeParse(error);
    if (!failure.success) throw error;
    const { errors, data, headers } = failure.data;
    const words = [...new Set(errors.map(({ message }) => clamp(redact(message), 300)))];
    if (errors.some(({ type }) => type === "RATE_LIMITED"))
      throw new TransientError(`${what}: ${words.join("; ")}`, waitMs(headers, clock));
    const usable = schema.safeParse(data);
    if (usable.success && errors.every(({ type }) => WITHHELD.has(type ?? "")))
      return { data: usable.data, withheld: words };
    const text = `${what}: ${words.join("; ")}`;
    // faults of GitHub's own have no type
    if (errors.every(({ type }) => type === undefined) && data != null) throw new TransientError(text);
    throw new RefusedError(text);
  }
}

function waitMs(headers: Record<string, unknown>, clock: Clock): number {
  const reset = Number(headers["x-ratelimit-reset"] ?? Number.NaN);
  return Number.isFinite(reset) ? Math.max(SECOND, reset * 1000 - clock.now().getTime()) : MINUTE;
}
