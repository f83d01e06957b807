import type { Sha } from "../../kernel/ids.ts";
import { git } from "./command.ts";

/** Ends after the tree's id where all merges, and names the files that do not after it; the exit status is 1 then. */
const MERGE = ["merge-tree", "--write-tree", "--name-only", "--no-messages"];

/** Whether merging two commits of the repository in `dir` conflicts; no file is touched. Needs git 2.38. */
export async function conflicts(dir: string, one: Sha, other: Sha): Promise<boolean> {
  const [, ...files] = (await git({ args: [...MERGE, one, other], cwd: dir, mayEndWith: [1] }))
    .split("\n")
    .filter((line) => line !== "");
  return files.length > 0;
}
