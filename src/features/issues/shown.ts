import type { Db } from "../../../db/client.ts";
import type { Context } from "../context.ts";
import { framesOf, ownFrames, repoFile } from "../failures/errors/stack.ts";
import { type ErrorSample, samplesOf } from "../failures/errors/store.ts";
import type { Sighting } from "../failures/store.ts";
import type { Finding } from "../findings/model.ts";
import { sightingsOf } from "../flakes/store.ts";

/** One occurrence as it is shown and explained: lines of a log or a stack, and the commit they are of. */
export type Shown = Pick<Sighting, "repo" | "test" | "file" | "package" | "message" | "excerpt" | "line"> & {
  /** Commit, or the branch where none is known. */
  ref: string;
};

/** The newest telling occurrence of a finding; null when nothing of any is kept. */
export async function shownOf(deps: Pick<Context, "forge">, db: Db, finding: Finding): Promise<Shown | null> {
  if (finding.kind !== "runtime_error") return telling(await sightingsOf(db, finding.id, 50), finding);
  const [sample] = await samplesOf(db, finding.id);
  if (sample === undefined) return null;
  const ref =
    sample.commit === "" ? (await deps.forge.repository(finding.repo)).defaultBranch : sample.commit;
  return { ...finding, message: sample.message, excerpt: logOf(finding, sample), line: 1, ref };
}

/** The newest failure of the test itself whose log is still kept; else the newest. */
function telling(newest: readonly Sighting[], { test }: Finding): Shown | null {
  const kept = newest.filter((seen) => seen.excerpt !== null);
  const seen = kept.find((one) => one.test === test) ?? kept[0] ?? newest[0];
  return seen === undefined ? null : { ...seen, ref: seen.sha };
}

/** What the service logged. Paths of the repository stand first, as far as the stack names any. */
export function logOf(
  finding: Pick<Finding, "test">,
  sample: Pick<ErrorSample, "message" | "stack">,
): string {
  const own = ownFrames(framesOf(sample.stack)).flatMap((frame) => {
    const file = repoFile(frame);
    return file === null ? [] : [`own code: ${file}:${frame.line} ${frame.name}`.trimEnd()];
  });
  const [first = ""] = sample.stack.split("\n", 1);
  const message = first.includes(sample.message.slice(0, 40)) ? [] : [sample.message];
  return [finding.test, ...own, ...message, sample.stack].filter((part) => part !== "").join("\n");
}
