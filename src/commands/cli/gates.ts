import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { judgePatch, type Verdict } from "../../features/fixes/run/gates/index.ts";
import { UserError } from "../../kernel/errors.ts";

export interface GatesDeps {
  cwd: string;
  /** What a commit changed against its parent, as our git writes it. */
  diffOfCommit: (repoDir: string, commit: string) => Promise<string>;
  /** What a patch changes on the repository's current commit, as our git writes it. */
  diffOfPatch: (repoDir: string, patch: string) => Promise<string>;
  out: (line: string) => void;
  isTerminal: boolean;
}

const EXIT: Record<Verdict, 0 | 1 | 2> = { allow: 0, label: 2, refuse: 1 };

/**
 * `gates --repo-dir DIR (--patch FILE | --commit SHA) [--format text|ndjson]`: the restraint gates on any change. One
 * line a finding, the verdict last; exit code 0 allow, 2 label, 1 refuse. Throws UserError on wrong arguments.
 */
export async function gates(argv: string[], deps: GatesDeps): Promise<0 | 1 | 2> {
  const { values } = parseArgs({
    args: argv,
    options: {
      "repo-dir": { type: "string", default: "." },
      patch: { type: "string" },
      commit: { type: "string" },
      format: { type: "string", default: deps.isTerminal ? "text" : "ndjson" },
    },
  });
  const { patch, commit, format } = values;
  if ((patch === undefined) === (commit === undefined))
    throw new UserError("gates needs --patch FILE or --commit SHA");
  if (format !== "text" && format !== "ndjson") throw new UserError("--format is text or ndjson");
  const repoDir = resolve(deps.cwd, values["repo-dir"]);
  const change =
    commit !== undefined
      ? await deps.diffOfCommit(repoDir, commit)
      : await deps.diffOfPatch(repoDir, await readFile(resolve(deps.cwd, patch ?? ""), "utf8"));
  const { findings, verdict } = await judgePatch(change, { evidence: "" });
  for (const finding of findings) {
    const { rule, path, line, text } = finding;
    deps.out(
      format === "text" ? `${finding.verdict} ${path}:${line} ${rule}: ${text}` : JSON.stringify(finding),
    );
  }
  deps.out(format === "text" ? verdict : JSON.stringify({ verdict }));
  return EXIT[verdict];
}
