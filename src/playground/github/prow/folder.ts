import type { Run } from "../model.ts";

/** Files here are jobs that Prow runs: Actions know nothing of them, the commit's statuses do. */
export const PROW_FOLDER = ".prow";

export const isProw = (run: { workflow: Pick<Run["workflow"], "path"> }): boolean =>
  run.workflow.path.startsWith(`${PROW_FOLDER}/`);
