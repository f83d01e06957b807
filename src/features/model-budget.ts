import { and, gte, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { Db } from "../../db/client.ts";
import { modelCalls, modelDays } from "../../db/schema.ts";
import { DAY } from "../kernel/clock.ts";
import { RefusedError, TransientError } from "../kernel/errors.ts";
import type { FindingId } from "../kernel/ids.ts";
import { together } from "../kernel/together.ts";
import { count } from "../platform/counters.ts";
import type { ModelReply } from "../ports/model.ts";
import type { Context } from "./context.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "model">;

/** The model was asked twice, the second time with what was wrong, and gave nothing of the form asked for. */
export class NonsenseError extends TransientError {
  override name = "NonsenseError";
}

/** The day's budget is spent. It is counted over the last 24 hours, so there is room again within a day. */
export class BudgetSpentError extends RefusedError {
  override name = "BudgetSpentError";
}

/** Dollars spent on the model in the last 24 hours. */
export async function spentToday(db: Db, now: Date): Promise<number> {
  const [row] = await db
    .select({ micro: sql<string>`coalesce(sum(${modelCalls.microUsd}), 0)` })
    .from(modelCalls)
    .where(and(gte(modelCalls.at, new Date(now.getTime() - DAY))));
  return Number(row?.micro ?? 0) / 1e6;
}

/** Keeps what a call of the model cost. */
export async function noteUsage(
  deps: Pick<Deps, "db" | "clock">,
  reply: Pick<ModelReply, "usage" | "model">,
  about: { purpose: string; finding: FindingId | null; task: string | null },
): Promise<void> {
  const { inputTokens, outputTokens, usd } = reply.usage;
  const call = {
    at: deps.clock.now(),
    purpose: about.purpose,
    model: reply.model,
    findingId: about.finding,
    taskId: about.task,
    inputTokens,
    outputTokens,
    microUsd: Math.round(usd * 1e6),
  };
  await deps.db.transaction((tx) => keepCall(tx, call));
}

/** Keeps one call and adds it to its UTC day. */
export async function keepCall(tx: Db, call: typeof modelCalls.$inferInsert): Promise<void> {
  const { purpose, microUsd } = call;
  const tokens = call.inputTokens + call.outputTokens;
  const day = call.at.toISOString().slice(0, 10);
  const more = (column: AnyPgColumn) => sql`${column} + excluded.${sql.identifier(column.name)}`;
  await together(
    tx.insert(modelCalls).values(call),
    tx
      .insert(modelDays)
      .values({ day, purpose, calls: 1, tokens, microUsd })
      .onConflictDoUpdate({
        target: [modelDays.day, modelDays.purpose],
        set: {
          calls: more(modelDays.calls),
          tokens: more(modelDays.tokens),
          microUsd: more(modelDays.microUsd),
        },
      }),
    count(tx, "llm_tokens_total", tokens),
    count(tx, "llm_cost_estimate", microUsd),
  );
}

/**
 * Asks the model for one JSON answer and checks it; nonsense is asked about once more with what was wrong.
 * @throws BudgetSpentError when the day's budget is spent, NonsenseError when the answer is nonsense twice.
 */
export async function askModel<T>(
  deps: Deps,
  ask: { purpose: string; prompt: string; schema: z.ZodType<T>; finding: FindingId | null },
): Promise<T> {
  if ((await spentToday(deps.db, deps.clock.now())) >= deps.config.file.budget.usd_per_day) {
    throw new BudgetSpentError("the model's budget for the day is spent (budget.usd_per_day)");
  }
  let complaint = "";
  for (let round = 0; round < 2; round += 1) {
    const reply = await deps.model.ask({
      purpose: ask.purpose,
      messages: [
        { role: "system", content: `purpose: ${ask.purpose}` },
        { role: "user", content: ask.prompt + complaint },
      ],
      schema: { name: ask.purpose, schema: ask.schema },
    });
    await noteUsage(deps, reply, { purpose: ask.purpose, finding: ask.finding, task: null });
    const checked = check(reply.text ?? "", ask.schema);
    if (checked.ok) return checked.value;
    complaint = `\n\nYour last answer could not be used: ${checked.why}. Answer with one JSON object of the form asked.`;
  }
  throw new NonsenseError(`the model answered nonsense twice (${ask.purpose})`, 60_000);
}

function check<T>(text: string, schema: z.ZodType<T>): { ok: true; value: T } | { ok: false; why: string } {
  const body = /\{[\s\S]*\}/.exec(text)?.[0];
  if (body === undefined) return { ok: false, why: "it holds no JSON object" };
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { ok: false, why: "it is not JSON" };
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, why: z.prettifyError(parsed.error) };
}
