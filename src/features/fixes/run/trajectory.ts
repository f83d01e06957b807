import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { clamp } from "../../../kernel/text/clamp.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { ModelReply } from "../../../ports/model.ts";
import type { FixRun } from "./context.ts";

const MAX_TEXT = 20_000;

/** Adds one step to `trajectory.ndjson`: what the model said, what it called, and what came back. */
export async function saveStep(run: FixRun, step: { reply: ModelReply; results: string[] }): Promise<void> {
  const { reply, results } = step;
  await append(run, {
    step: run.record.steps,
    at: run.deps.clock.now().toISOString(),
    model: reply.model,
    usage: reply.usage,
    text: reply.text === null ? null : clean(reply.text),
    calls: reply.toolCalls.map((call, index) => ({
      name: clamp(call.name, 100),
      arguments: clean(call.arguments),
      result: clean(results[index] ?? ""),
    })),
  });
}

/** Adds a note that is no step, such as why work was not taken or how it ended. */
export const saveNote = (run: FixRun, kind: string, text: string): Promise<void> =>
  append(run, { kind, at: run.deps.clock.now().toISOString(), text: clean(text) });

async function append(run: FixRun, entry: object): Promise<void> {
  await mkdir(run.artifacts, { recursive: true });
  await appendFile(join(run.artifacts, "trajectory.ndjson"), `${JSON.stringify(entry)}\n`);
}

const clean = (text: string): string => clamp(redact(text), MAX_TEXT);
