import { resolve } from "node:path";
import { z } from "zod";
import { extractInput } from "../../features/failures/inputs.ts";
import { contextOf, questionOfLog } from "../../features/fixes/context/index.ts";
import { readArgs } from "../../kernel/args.ts";
import { UserError } from "../../kernel/errors.ts";
import type { History } from "../../ports/git.ts";

export interface ContextDeps {
  cwd: string;
  history: History;
  stdin: AsyncIterable<Uint8Array>;
  out: (line: string) => void;
  err: (line: string) => void;
}

const USAGE = "usage: context --repo-dir DIR (--log FILE | --test NAME [--package P]) [--top 10]";
const Top = z.coerce.number().int().min(1).max(1000);

/**
 * `context --repo-dir DIR (--log FILE | --test NAME [--package P]) [--top 10]`: the files a fixer should read, best
 * first, a line of JSON each. Throws UserError where the test or the log's places are not in the folder.
 */
export async function context(argv: string[], deps: ContextDeps): Promise<number> {
  const { values } = readArgs({
    args: argv,
    options: {
      "repo-dir": { type: "string", default: "." },
      log: { type: "string" },
      test: { type: "string", multiple: true },
      package: { type: "string" },
      top: { type: "string", default: "10" },
    },
  });
  const { log, test } = values;
  if ((log === undefined) === (test === undefined)) throw new UserError(USAGE);
  const top = Top.safeParse(values.top);
  if (!top.success) throw new UserError("--top is a whole number from 1 to 1000");
  const root = resolve(deps.cwd, values["repo-dir"]);
  const about =
    test !== undefined
      ? { tests: test.map((name) => ({ name, package: values.package })), text: "" }
      : await aboutLog(resolve(deps.cwd, log ?? ""), log === "-", deps);
  const files = await contextOf(root, { ...about, top: top.data }, deps.history);
  for (const file of files) deps.out(JSON.stringify(file));
  return 0;
}

async function aboutLog(path: string, standard: boolean, deps: ContextDeps) {
  const { extraction, faults } = await extractInput(standard ? "-" : path, deps.stdin, { repo: "" });
  for (const fault of faults) deps.err(`cannot read ${fault}`);
  if (extraction.failures.length === 0) throw new UserError(`no failed test was found in ${path}`);
  return questionOfLog(extraction);
}
