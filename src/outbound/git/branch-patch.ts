import { git } from "./command.ts";
import { DIFF } from "./diff.ts";
import type { Mirrors } from "./mirror.ts";
import { remoteHead } from "./push.ts";

/** Longest patch that is taken from a branch. */
const MAX_BYTES = 1_000_000;

/** What a branch changed since it left `base`; null where there is none, or nothing that the two have in common. */
export async function branchPatch(
  mirrors: Mirrors,
  { url, base, branch }: { url: string; base: string; branch: string },
): Promise<string | null> {
  const [from, to] = [await remoteHead({ url, branch: base }), await remoteHead({ url, branch })];
  if (from === null || to === null) return null;
  await mirrors.at(url, from);
  const { dir: cwd } = await mirrors.at(url, to);
  const left = (await git({ args: ["merge-base", from, to], cwd, mayEndWith: [1] })).trim();
  return left === "" ? null : await git({ args: [...DIFF, left, to], cwd, maxBytes: MAX_BYTES });
}
