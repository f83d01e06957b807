import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromJson } from "../../../kernel/json.ts";
import { FixSummary } from "../model.ts";
import { checkAlive, type FixRun, TaskEnd } from "./context.ts";
import { openDoor } from "./door.ts";
import { FinishCall } from "./tools.ts";
import { saveNote } from "./trajectory.ts";
import { inSandbox, type Trees } from "./trees.ts";

/**
 * Lets a program do the work: in the sandbox, in the clone, with the prompt's path in TASK_PROMPT and, where the task
 * goes file by file, the files of this turn in TASK_FILES, one a line. Its last line of output may be the same JSON object that the model gives `finish`.
 */
export async function runCommandFixer(
  run: FixRun,
  trees: Trees,
  command: string[],
  prompt: string,
  files: readonly string[],
): Promise<FinishCall> {
  const folder = join(run.scratch, "prompt");
  await mkdir(folder, { recursive: true });
  const file = join(folder, "task.md");
  await writeFile(file, prompt);
  const { fixer } = run.input;
  const door = fixer.kind === "command" && fixer.model === true ? await openDoor(run, folder) : null;
  const argv = door?.argv(command) ?? command;
  const result = await inSandbox(run, trees.edit, argv, {
    env: { TASK_PROMPT: file, ...(files.length === 0 ? {} : { TASK_FILES: files.join("\n") }) },
    readable: [folder, ...(door?.readable ?? [])],
  }).finally(() => door?.close());
  run.record.steps++;
  await saveNote(run, "command", result.output);
  checkAlive(run);
  if (result.exit === 0) return summaryOf(result.output);
  run.record.trace = result.output;
  throw new TaskEnd(
    "failed",
    "command_failed",
    `the command ended with ${result.exit ?? "a kill"}: ${result.output.slice(-1000)}`,
  );
}

function summaryOf(output: string): FinishCall {
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  const said = FinishCall.safeParse(fromJson(last));
  if (said.success) return said.data;
  return FixSummary.parse({
    mechanism: "The command that made this change did not say.",
    change: "See the diff.",
    product_at_fault: false,
  });
}
