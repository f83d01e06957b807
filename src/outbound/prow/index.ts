import type { Ci } from "../../ports/ci.ts";
import type { Prow } from "./ci.ts";

export type { ProwSite } from "./builds.ts";
export { createProw } from "./ci.ts";

/** The forge's CI and Prow as one: runs with an address are Prow's. */
export function withProw(ci: Ci, prow: Prow): Ci {
  return {
    ...ci,
    async runs(repo, options) {
      const own = await ci.runs(repo, options);
      const others = await prow.runs(repo, options);
      return { runs: [...own.runs, ...others.runs], truncated: own.truncated || others.truncated };
    },
    run: (repo, ref) => (ref.address === null ? ci : prow).run(repo, ref),
    runOf: (repo, mark) => prow.runOf(repo, mark),
    jobs: (repo, ref, attempt) => (ref.address === null ? ci : prow).jobs(repo, ref, attempt),
    log: (repo, job) => (prow.owns(repo, job) ? prow : ci).log(repo, job),
    logs: async (repo, run, attempt) => (run.address === null ? ci.logs(repo, run, attempt) : null),
  };
}
