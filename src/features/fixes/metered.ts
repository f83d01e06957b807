import { RefusedError } from "../../kernel/errors.ts";
import type { Model } from "../../ports/model.ts";
import type { Context } from "../context.ts";
import { noteUsage, spentToday } from "../model-budget.ts";
import type { Task } from "./store.ts";

/** The model as a task uses it: each call is kept with its cost, and the day's budget is asked before each. */
export function meteredModel(deps: Pick<Context, "db" | "clock" | "config" | "model">, task: Task): Model {
  return {
    async ask(request) {
      if ((await spentToday(deps.db, deps.clock.now())) >= deps.config.file.budget.usd_per_day) {
        throw new RefusedError("the model's budget for the day is spent (budget.usd_per_day)");
      }
      const reply = await deps.model.ask(request);
      await noteUsage(deps, reply, { purpose: request.purpose, finding: task.findingId, task: task.id });
      return reply;
    },
  };
}
