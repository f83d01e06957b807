import { join } from "node:path";
import type { Database } from "../../db/client.ts";
import type { Context } from "../features/context.ts";
import { loadPrompts } from "../kernel/prompt.ts";
import { connectOutside } from "../outside.ts";
import { startQueue } from "../platform/queue.ts";
import type { BackgroundOptions, Stops } from "./options.ts";

/** What every stage works with, on an open database; `works`: jobs are worked off there, not only sent. */
export async function contextOf(
  options: BackgroundOptions,
  database: Database,
  stops: Stops,
  works: boolean,
): Promise<Context> {
  const { config, clock, log } = options;
  const labelSets = config.file.repos.map((repo) => repo.labels);
  const queue = await startQueue(database, config.env.DATABASE_URL ?? null, labelSets, log, works);
  stops.push((graceMs) => queue.stop(graceMs));
  const prompts = loadPrompts(join(import.meta.dir, "../../prompts"));
  return { db: database.db, queue, clock, log, config, prompts, ...connectOutside(config, clock, log) };
}
