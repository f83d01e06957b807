import { RefusedError } from "../../kernel/errors.ts";
import { Sha } from "../../kernel/ids.ts";
import type { Git } from "../../ports/git.ts";
import { branchPatch } from "./branch-patch.ts";
import { cloneAt } from "./checkout.ts";
import { git } from "./command.ts";
import { conflicts } from "./conflicts.ts";
import { diffTree } from "./diff.ts";
import { history } from "./history.ts";
import { Mirrors, resolveCommit } from "./mirror.ts";
import { deleteBranch, push, remoteHead } from "./push.ts";
import { replay } from "./replay.ts";

export { diffOfCommit, diffOfPatch, diffOfWorkTree } from "./diff.ts";
export { history } from "./history.ts";
export { originOf } from "./remote.ts";

/** Git by its command line; mirrors live below `mirrorsDir` and are made when first needed. */
export function createGit(options: { mirrorsDir: string }): Git {
  const mirrors = new Mirrors(options.mirrorsDir);
  return {
    checkout: async ({ cloneUrl, ref, dir, signal }) => {
      const mirror = await mirrors.at(cloneUrl, ref, signal);
      return await cloneAt(mirror.dir, mirror.sha, dir, signal);
    },
    checkoutLocal: async ({ source, ref, dir }) => {
      const sha = await resolveCommit(source, ref ?? "HEAD");
      if (sha === null) throw new RefusedError(`${source} has no commit ${ref ?? "HEAD"}`);
      return await cloneAt(source, sha, dir);
    },
    diff: diffTree,
    commitPatch,
    newest: (source, ref) =>
      "localDir" in source
        ? resolveCommit(source.localDir, ref ?? "HEAD")
        : remoteHead({ url: source.cloneUrl, branch: ref ?? "main" }),
    replay: async ({ source, onto, dir, ...rest }) => {
      const from = "localDir" in source ? source.localDir : (await mirrors.at(source.cloneUrl, onto)).dir;
      await cloneAt(from, onto, dir);
      return await replay({ dir, ...rest });
    },
    push,
    history,
    conflicts: async ({ url, one, other }) => {
      await mirrors.at(url, one);
      return await conflicts((await mirrors.at(url, other)).dir, one, other);
    },
    branchPatch: (options) => branchPatch(mirrors, options),
    deleteBranch,
    remoteHead,
  };
}

async function commitPatch(options: Parameters<Git["commitPatch"]>[0]): Promise<Sha> {
  const { dir, author, at } = options;
  const date = `${Math.floor(at.getTime() / 1000)} +0000`;
  if (options.against !== undefined) {
    await git({ args: ["read-tree", "--reset", "-u", options.against], cwd: dir });
  }
  await git({ args: ["apply", "--index", "--whitespace=nowarn", "-"], cwd: dir, input: options.patch });
  await git({
    args: ["commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-"],
    cwd: dir,
    input: options.message,
    env: {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: date,
    },
  });
  return Sha.parse((await git({ args: ["rev-parse", "HEAD"], cwd: dir })).trim());
}
