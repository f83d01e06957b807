import { RefusedError } from "../../kernel/errors.ts";
import type { Sha } from "../../kernel/ids.ts";
import { markdownCode, slackCode } from "../../kernel/text/escape.ts";
import type { ForgePull } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { enqueueNote } from "../threads/notes.ts";
import { addRemark, conflictRemark, dropConflictRemarks, type Pull } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "forge" | "git" | "log">;

/**
 * Where a pull request of ours conflicts with its base, keeps that as a remark, once for each pair of commits: it starts
 * nothing, `address` takes it up. Where it holds no more, the remark goes; a forge that still thinks is asked later.
 */
export async function noteConflict(deps: Deps, pull: Pull, now: ForgePull): Promise<void> {
  // what a person pushed is theirs
  const ours = now.headSha === pull.headSha;
  const base = ours ? await conflictingBase(deps, pull, now) : null;
  if (base === "unknown") return;
  const source = base === null ? null : conflictRemark(base, pull.headSha);
  await deps.db.transaction(async (tx) => {
    let changed = await dropConflictRemarks(tx, pull, source);
    if (source !== null && base !== null) {
      const added = await addRemark(tx, {
        findingId: pull.findingId,
        repo: pull.repo,
        pull: pull.number,
        source,
        // no login has a space
        author: "its base branch",
        body: `It conflicts with its base: ${markdownCode(now.baseRef)} moved to ${base.slice(0, 10)}. Keep what both sides want.`,
        trusted: true,
        at: deps.clock.now(),
      });
      changed ||= added;
      if (added)
        await enqueueNote(tx, deps.clock, {
          finding: pull.findingId,
          key: source,
          text: `:twisted_rightwards_arrows: <${pull.url}|#${pull.number}> conflicts with ${slackCode(now.baseRef)}, which moved on. \`address\` (or the card's button) has me put it onto the newest commit and prove it again.`,
        });
    }
    if (changed) await refreshCard(deps, tx, pull.findingId);
  });
}

/**
 * The base's commit where it conflicts with the pull request: as the forge says, or, where it cannot tell, as git does.
 * Null where it does not; `unknown` while nobody knows.
 */
export async function conflictingBase(
  deps: Pick<Deps, "forge" | "git" | "log">,
  pull: Pick<Pull, "repo" | "url">,
  now: Pick<ForgePull, "mergeableState" | "baseRef" | "headSha">,
): Promise<Sha | null | "unknown"> {
  const { forge, git } = deps;
  const { mergeableState, baseRef } = now;
  if (mergeableState === "unknown") return "unknown";
  if (mergeableState !== "dirty" && mergeableState !== "unmergeable") return null;
  const url = await forge.gitUrl(pull.repo, "read");
  const base = await git.remoteHead({ url, branch: baseRef });
  if (base === null || mergeableState === "dirty") return base;
  try {
    return (await git.conflicts({ url, one: base, other: now.headSha })) ? base : null;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    // an older git, or a commit that is not to be had: the rest of the pull request is followed all the same
    deps.log.warn({ pull: pull.url, error: error.message }, "git cannot tell whether it conflicts");
    return "unknown";
  }
}
