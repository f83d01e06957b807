import { extractInput, type InputResult } from "../../features/failures/inputs.ts";
import { errorText, UserError } from "../../kernel/errors.ts";
import { visible } from "../../kernel/text/visible.ts";

/** Where a command reads and writes. */
export interface CliStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly isTTY: boolean;
}

const USAGE =
  "usage: extract [--repo owner/name] [--format text|ndjson] PATH…   (PATH: a log, .gz, .zip, JUnit .xml, a folder, or -)";

interface Arguments {
  readonly repo: string;
  readonly format: "text" | "ndjson" | undefined;
  readonly paths: readonly string[];
}

/**
 * The command `extract`: prints the failures of each input, in the order given. Exit code 0 when all
 * inputs were read, 2 when one was not (it is named on stderr and the rest is done) or on wrong usage.
 */
export async function runExtract(argv: string[], io: CliStreams): Promise<number> {
  let args: Arguments;
  try {
    args = await parse(argv);
  } catch (error) {
    io.stderr.write(`${await wrongUse(error)}\n${USAGE}\n`);
    return 2;
  }
  const format = args.format ?? (io.isTTY ? "text" : "ndjson");
  let faulty = false;
  for (const path of args.paths) {
    const result = await extractInput(path, io.stdin, { repo: args.repo, tests: "failed" });
    for (const fault of result.faults) io.stderr.write(`cannot read ${visible(fault)}\n`);
    faulty ||= result.faults.length > 0;
    io.stdout.write(format === "ndjson" ? ndjson(path, result) : text(path, result));
  }
  return faulty ? 2 : 0;
}

const OPTIONS = { repo: { type: "string" }, format: { type: "string" } } as const;

/** What is wrong with the arguments; an option that is none with the one it looks like. */
async function wrongUse(error: unknown): Promise<string> {
  const unknown = /^Unknown option '--?([^']+)'/.exec(errorText(error))?.[1];
  if (unknown === undefined) return errorText(error);
  const { nearest } = await import("../parse.ts");
  const near = nearest(unknown, Object.keys(OPTIONS));
  return `There is no option ${unknown.length > 1 ? "--" : "-"}${unknown}.${near === null ? "" : ` Did you mean --${near}?`}`;
}

async function parse(argv: string[]): Promise<Arguments> {
  if (argv.length > 0 && argv.every((arg) => arg === "-" || !arg.startsWith("-")))
    return { repo: "", format: undefined, paths: argv };
  // only where there are options: it takes a tenth of the start
  const { parseArgs } = await import("node:util");
  const { values, positionals } = parseArgs({
    args: argv,
    options: OPTIONS,
    allowPositionals: true,
  });
  const { repo = "", format } = values;
  if (format !== undefined && format !== "text" && format !== "ndjson")
    throw new UserError("--format: text or ndjson");
  if (repo !== "") {
    // loaded for its name alone: most starts read one log and are over in a moment
    const { RepoName } = await import("../../kernel/ids.ts");
    if (!RepoName.safeParse(repo).success) throw new UserError("--repo: expected owner/name");
  }
  if (positionals.length === 0) throw new UserError("extract needs at least one PATH");
  return { repo, format, paths: positionals };
}

function ndjson(path: string, { extraction }: InputResult): string {
  return `${JSON.stringify({ file: path, failures: extraction.failures, infra: extraction.infra })}\n`;
}

function text(path: string, { extraction }: InputResult): string {
  const lines = [`${path}: ${extraction.failures.length} failed, ${extraction.lines} lines`];
  for (const failure of extraction.failures) {
    const owner = failure.suite ?? failure.package ?? failure.file;
    const marks = [
      failure.kind,
      failure.retried_ok ? "passed on retry" : "",
      failure.cascade_of ? `felled by ${failure.cascade_of}` : "",
    ];
    lines.push(
      `  ${failure.line}: ${owner === undefined ? "" : `${owner} › `}${failure.test}  [${marks.filter(Boolean).join(", ")}]`,
    );
    const first = failure.message.split("\n")[0] ?? "";
    if (first !== "") lines.push(`      ${first.slice(0, 200)}`);
  }
  for (const sign of extraction.infra)
    lines.push(`  ${sign.line}: (${sign.kind}) ${sign.message.slice(0, 200)}`);
  return `${lines.map(visible).join("\n")}\n`;
}
