import { listTasks, listWorkers } from "../../features/fixes/store.ts";
import { type Stats, stats } from "../../features/insights/stats.ts";
import { MINUTE } from "../../kernel/clock.ts";
import { UserError } from "../../kernel/errors.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { percent, plural } from "../../kernel/text/figures.ts";
import { type Command, toAsker } from "../model.ts";

export const statsCommand: Command = {
  name: "stats",
  usage: "stats [7d]",
  help: "what was found, fixed and held in that time, and what to fix first",
  who: "anyone",
  finding: false,
  tells: true,
  async run(deps, call) {
    const span = /^(\d{1,3})d$/.exec(call.args[0] ?? "7d");
    const days = Number(span?.[1]);
    if (span === null || days < 1) throw new UserError("For how many days? Say it as `7d`.");
    const figures = await stats(deps.db, deps.clock.now(), days);
    if (figures.byState.size === 0) return toAsker("Nothing was found yet.");
    return toAsker(statsText(figures));
  },
};

/** The figures of a time, and the flakes that cost most in it. */
function statsText(figures: Stats): string {
  const { found, fixed, failed, successRate, hoursToMerge, held, byState, worst, cost } = figures;
  const rate = successRate === null ? "" : `, ${percent(successRate)} of what was tried`;
  const time = hoursToMerge === null ? "" : `, ${hoursToMerge.toFixed(1)} h from found to merged`;
  const first = worst
    .slice(0, 5)
    .map(
      (one) =>
        `• F${one.id} ${slackCode(clamp(one.test, 120))}: ${plural(one.sightings, "time")}, ${one.state}`,
    );
  return [
    `*The last ${plural(figures.days, "day")}*`,
    `• found ${found}, fixed ${fixed}, gave up ${failed}${rate}${time}; held ${held}`,
    `• the model cost ${cost.usd.toFixed(2)} USD`,
    `*Now*: ${[...byState].map(([state, n]) => `${n} ${state}`).join(", ")}`,
    ...(first.length === 0 ? [] : ["*What to fix first*", ...first]),
  ].join("\n");
}

export const tasksCommand: Command = {
  name: "tasks",
  usage: "tasks",
  help: "the latest tasks of the fixer",
  who: "anyone",
  finding: false,
  tells: true,
  async run(deps) {
    const found = await listTasks(deps.db, 10);
    if (found.length === 0) return toAsker("There were no tasks yet.");
    return toAsker(
      found
        .map((task) => {
          const detail =
            task.state === "running" ? `${task.phase ?? ""} ${task.detail ?? ""}` : (task.error ?? "");
          return `• ${slackCode(task.id)} F${task.findingId}, ${task.state} ${escapeSlack(clamp(detail, 150))}`.trimEnd();
        })
        .join("\n"),
    );
  },
};

export const workersCommand: Command = {
  name: "workers",
  usage: "workers",
  help: "who runs tasks, and whether they are there",
  who: "anyone",
  finding: false,
  tells: true,
  async run(deps) {
    const found = await listWorkers(deps.db);
    if (found.length === 0) return toAsker("No worker has shown itself yet.");
    const fresh = deps.clock.now().getTime() - MINUTE;
    return toAsker(
      found
        .map((worker) => {
          const health =
            worker.stoppedAt !== null
              ? "stopped"
              : worker.seenAt.getTime() >= fresh && worker.fault === null
                ? "healthy"
                : "silent";
          return `• ${slackCode(worker.id)} on ${escapeSlack(worker.host)}: ${health}, capacity ${worker.capacity}, sandbox ${worker.sandbox}`;
        })
        .join("\n"),
    );
  },
};
