import type { PastCommit } from "../../ports/git.ts";
import { git } from "./command.ts";

/** Commits looked at; of older ones little is still true. */
const MOST = 2500;
const TIMEOUT_MS = 20_000;

/**
 * The latest commits below a folder, without merges. A folder that is in no repository, or one whose history cannot be
 * read in time, has none. Nothing that the repository's own settings name is run: no signature is checked, no filter
 * called, and what is missing is not fetched.
 */
export async function history(dir: string, signal?: AbortSignal): Promise<PastCommit[]> {
  const text = await git(
    {
      args: [
        "log",
        `--max-count=${MOST}`,
        "--no-merges",
        "--no-renames",
        "--no-show-signature",
        "--no-ext-diff",
        "--no-textconv",
        "--no-mailmap",
        "--relative",
        "--name-only",
        "--format=%x01%H %s",
      ],
      cwd: dir,
      env: { GIT_NO_LAZY_FETCH: "1", GIT_NO_REPLACE_OBJECTS: "1" },
      timeoutMs: TIMEOUT_MS,
      signal,
    },
    [["protocol.allow", "never"], ["protocol.http.allow", "never"], ["protocol.https.allow", "never"], ["protocol.file.allow", "never"], ["log.diffMerges", "off"]],
  ).catch(() => "");
  return text
    .split("\u0001")
    .slice(1)
    .map((entry) => {
      const [head = "", ...paths] = entry.split("\n");
      return { sha: head.slice(0, 40), subject: head.slice(41), paths: paths.filter((path) => path !== "") };
    });
}
