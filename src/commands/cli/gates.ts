import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import {
  type GateFinding,
  judgePatch,
  type Overrule,
  type Policy,
  RULES,
  VERDICTS,
  type Verdict,
} from "../../features/fixes/run/gates/index.ts";
import { readArgs } from "../../kernel/args.ts";
import { UserError } from "../../kernel/errors.ts";

export interface GatesDeps {
  cwd: string;
  /** What a commit changed against its parent, as our git writes it. */
  diffOfCommit: (repoDir: string, commit: string) => Promise<string>;
  /** What a patch changes on the repository's current commit, as our git writes it. */
  diffOfPatch: (repoDir: string, patch: string) => Promise<string>;
  /** What stands in the folder and not in its current commit, as our git writes it. */
  diffOfWorkTree: (repoDir: string) => Promise<string>;
  out: (line: string) => void;
  isTerminal: boolean;
}

const EXIT: Record<Verdict, 0 | 1 | 2> = { allow: 0, label: 2, refuse: 1 };
const WIDTH = 80;

const OPTIONS = {
  "repo-dir": { type: "string", default: "." },
  patch: { type: "string" },
  commit: { type: "string" },
  "working-tree": { type: "boolean", default: false },
  policy: { type: "string" },
  overrule: { type: "string", multiple: true },
  format: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/**
 * `gates --repo-dir DIR (--patch FILE | --commit SHA | --working-tree) [--format text|ndjson]`: the restraint gates on
 * any change. One line a finding (wrapped at 80 columns as text), the verdict last; exit code 0 allow, 2 label,
 * 1 refuse. `--policy FILE` has verdicts by rule; `--overrule RULE[:GLOB]=WHO: WHY` lets a refusal pass as a label.
 * Throws UserError on wrong arguments.
 */
export async function gates(argv: string[], deps: GatesDeps): Promise<0 | 1 | 2> {
  const { values } = readArgs({ args: argv, options: OPTIONS });
  const { patch, commit } = values;
  const format = values.json ? "ndjson" : (values.format ?? (deps.isTerminal ? "text" : "ndjson"));
  const given = [patch !== undefined, commit !== undefined, values["working-tree"]].filter(Boolean).length;
  if (given !== 1) throw new UserError("gates needs --patch FILE or --commit SHA (or --working-tree)");
  if (format !== "text" && format !== "ndjson") throw new UserError("--format is text or ndjson");
  const repoDir = resolve(deps.cwd, values["repo-dir"]);
  const overrules = (values.overrule ?? []).map(readOverrule);
  const policy = values.policy === undefined ? {} : await readPolicy(resolve(deps.cwd, values.policy));
  const change =
    commit !== undefined
      ? await deps.diffOfCommit(repoDir, commit)
      : patch !== undefined
        ? await deps.diffOfPatch(repoDir, await readFile(resolve(deps.cwd, patch), "utf8"))
        : await deps.diffOfWorkTree(repoDir);
  const { findings, verdict } = await judgePatch(change, { evidence: "", policy, overrules });
  for (const finding of findings) {
    if (format === "ndjson") deps.out(JSON.stringify(finding));
    else for (const line of shown(finding)) deps.out(line);
  }
  deps.out(format === "text" ? verdict : JSON.stringify({ verdict }));
  return EXIT[verdict];
}

/** A finding for people: where, then what, at most 80 columns wide where words allow it. */
function shown({ verdict, path, line, rule, text, overruled }: GateFinding): string[] {
  const head = `${verdict} ${rule} ${path}${line > 0 ? `:${line}` : ""}`;
  const said = overruled === undefined ? text : `${text} (overruled by ${overruled})`;
  return [head, ...wrap(said, WIDTH - 4).map((part) => `    ${part}`)];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function readOverrule(text: string): Overrule {
  const match = /^([a-z-]+)(?::([^=]+))?=([^:]+):\s*(.*\S)\s*$/.exec(text);
  const [, rule = "", path, by = "", reason = ""] = match ?? [];
  if (match === null) throw new UserError(`--overrule is RULE[:GLOB]=WHO: WHY, not ${text.slice(0, 80)}`);
  if (!Object.hasOwn(RULES, rule))
    throw new UserError(`there is no rule ${rule}; rules: ${Object.keys(RULES).join(", ")}`);
  return { rule, ...(path === undefined ? {} : { path }), by: by.trim(), reason };
}

const PolicyFile = z.strictObject({ gates: z.partialRecord(z.string(), z.enum(VERDICTS)) });

async function readPolicy(path: string): Promise<Policy> {
  const read = PolicyFile.safeParse(parse(await readFile(path, "utf8")));
  if (!read.success)
    throw new UserError(`${path}: gates: a rule's name and refuse, label or allow on each line`);
  const wrong = Object.keys(read.data.gates).find((rule) => !Object.hasOwn(RULES, rule));
  if (wrong !== undefined) throw new UserError(`${path}: there is no rule ${wrong}`);
  return Object.fromEntries(
    Object.entries(read.data.gates).flatMap(([rule, verdict]) =>
      verdict === undefined ? [] : [[rule, verdict]],
    ),
  );
}
