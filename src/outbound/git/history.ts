import type { PastCommit } from "../../ports/git.ts";
import { git } from "./command.ts";

/** Commits looked at; of older ones little is still true. */
const MOST = 2500;
const TIMEOUT_MS = 20_000;

/**
 * The latest commits below a folder, without merges; files that were moved have their present names. A folder that is in no repository, or one whose history cannot be
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
        "--name-status",
        "--format=%x01%H %s",
      ],
      cwd: dir,
      env: { GIT_NO_LAZY_FETCH: "1", GIT_NO_REPLACE_OBJECTS: "1" },
      timeoutMs: TIMEOUT_MS,
      signal,
    },
    [
      ["protocol.allow", "never"],
      ["protocol.http.allow", "never"],
      ["protocol.https.allow", "never"],
      ["protocol.file.allow", "never"],
      ["log.diffMerges", "off"],
    ],
  ).catch(() => "");
  return commitsIn(text);
}

/**
 * Reads the log from the newest commit on, so that a file is known by its present name before its older ones come. A
 * file that goes where one of its name comes was moved: git's own way would read contents, which may not be there.
 */
function commitsIn(text: string): PastCommit[] {
  const present = new Map<string, string>();
  return text
    .split("\u0001")
    .slice(1)
    .map((entry) => {
      const [head = "", ...changes] = entry.split("\n");
      const split = changes.map((change) => change.split("\t")).filter(([status]) => status !== "");
      const added = split.filter(([status]) => status === "A").map(([, path = ""]) => path);
      const paths = new Set<string>();
      for (const [status, path = ""] of split) {
        const moved = status === "D" ? added.find((each) => nameOf(each) === nameOf(path)) : undefined;
        const name = present.get(moved ?? path) ?? moved ?? path;
        if (moved !== undefined) present.set(path, name);
        paths.add(name);
      }
      return { sha: head.slice(0, 40), subject: head.slice(41), paths: [...paths] };
    });
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
