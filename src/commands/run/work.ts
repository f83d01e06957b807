import { countByState } from "../../features/findings/store.ts";
import { listTasks, listWorkers } from "../../features/fixes/store.ts";
import { MINUTE } from "../../kernel/clock.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { type Command, toAsker } from "../model.ts";

export const statsCommand: Command = {
  name: "stats",
  usage: "stats",
  help: "how many findings are in which state",
  who: "anyone",
  finding: false,
  async run(deps) {
    const counts = await countByState(deps.db);
    if (counts.size === 0) return toAsker("Nothing was found yet.");
    return toAsker([...counts].map(([state, n]) => `• ${state}: ${n}`).join("\n"));
  },
};

export const tasksCommand: Command = {
  name: "tasks",
  usage: "tasks",
  help: "the latest tasks of the fixer",
  who: "anyone",
  finding: false,
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
  async run(deps) {
    const found = await listWorkers(deps.db);
    if (found.length === 0) return toAsker("No worker has shown itself yet.");
    const fresh = deps.clock.now().getTime() - MINUTE;
    return toAsker(
      found
        .map((worker) => {
          const health =
            worker.stoppedAt !== null ? "stopped" : worker.seenAt.getTime() >= fresh ? "healthy" : "silent";
          return `• ${slackCode(worker.id)} on ${escapeSlack(worker.host)}: ${health}, capacity ${worker.capacity}, sandbox ${worker.sandbox}`;
        })
        .join("\n"),
    );
  },
};
