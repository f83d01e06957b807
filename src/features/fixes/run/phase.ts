import { redact } from "../../../kernel/text/redact.ts";
import type { Phase } from "../model.ts";
import { checkAlive, type FixRun } from "./context.ts";

/** Runs one phase, tells that it began, and keeps how long it took whichever way it ended. */
export async function phase<T>(
  run: FixRun,
  name: Phase,
  detail: string,
  body: () => Promise<{ result: T; detail: string }>,
): Promise<T> {
  checkAlive(run);
  return await lastPhase(run, name, detail, body);
}

/** The same for what comes after the work: a task that ran out of time still hands over what is done. */
export async function lastPhase<T>(
  run: FixRun,
  name: Phase,
  detail: string,
  body: () => Promise<{ result: T; detail: string }>,
): Promise<T> {
  const { clock, onPhase } = run.deps;
  await onPhase(name, detail);
  const started = clock.now();
  let ended = "not finished";
  try {
    const done = await body();
    ended = done.detail;
    return done.result;
  } finally {
    const seconds = (clock.now().getTime() - started.getTime()) / 1000;
    const entry = { name, started_at: started.toISOString(), seconds, detail: redact(ended) };
    run.record.phases.push(entry);
  }
}
