import { RefusedError } from "../../../kernel/errors.ts";
import type { PatchFixer } from "../model.ts";
import { type FixRun, TaskEnd } from "./context.ts";
import type { FinishCall } from "./tools.ts";
import { applyPatch, type Trees } from "./trees.ts";

/**
 * Puts a change on the clone that was made elsewhere. It is as untrusted as a model's: the gates and the proof that
 * follow are the same. Throws TaskEnd where it does not fit the base as it is now.
 */
export async function takePatch(run: FixRun, trees: Trees, fixer: PatchFixer): Promise<FinishCall> {
  run.record.steps++;
  try {
    await applyPatch(run, trees.edit, fixer.patch);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new TaskEnd(
      "failed",
      "patch_refused",
      "the reported patch does not fit the base branch as it is now",
    );
  }
  return (
    fixer.summary ?? {
      mechanism: "The node that made this change did not say.",
      change: "See the diff.",
      product_at_fault: false,
    }
  );
}
