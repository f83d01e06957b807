import { parseArgs } from "node:util";
import { z } from "zod";
import { Failure, InfraSign } from "../../features/failures/model.ts";
import type { Evidence } from "../../features/flakes/evidence.ts";
import { judge } from "../../features/flakes/judge.ts";
import { UserError } from "../../kernel/errors.ts";

/** One job run of a history, with its failures as `extract` prints them. */
const JobRun = z.object({
  repo: z.string(),
  sha: z.string(),
  branch: z.string(),
  pr: z.int().nullish(),
  author: z.string().nullish(),
  run: z.int(),
  attempt: z.int(),
  job: z.string(),
  at: z.coerce.date(),
  conclusion: z.string(),
  failures: z
    .array(
      Failure.partial({ signature: true, line: true, kind: true, message: true, framework: true }).extend({
        fingerprint: z.string(),
      }),
    )
    .default([]),
  infra: z.array(InfraSign).default([]),
});
type JobRun = z.infer<typeof JobRun>;

/** Branches that count as the default one where a history does not say. */
const DEFAULT_BRANCHES = ["main", "master", "trunk"];

/**
 * `judge --runs FILE.ndjson`: verdicts on a history, offline: one line for each fingerprint, with reasons.
 * @param lines the file's lines, one job run each.
 * @throws UserError naming the first line that is none.
 */
export async function judgeRuns(
  argv: string[],
  io: { lines: (path: string) => AsyncIterable<string>; out: (line: string) => void },
): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { runs: { type: "string" } } });
  if (values.runs === undefined) throw new UserError("usage: judge --runs FILE.ndjson");
  const runs: JobRun[] = [];
  let number = 0;
  for await (const line of io.lines(values.runs)) {
    number += 1;
    if (line.trim() !== "") runs.push(parseRun(line, number));
  }
  for (const verdict of verdicts(runs)) io.out(JSON.stringify(verdict));
  return 0;
}

function parseRun(line: string, number: number): JobRun {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new UserError(`line ${number} is not JSON`);
  }
  const parsed = JobRun.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UserError(`line ${number} is no job run: ${z.prettifyError(parsed.error)}`);
}

/** A verdict for each fingerprint, in the order they were first seen. */
function* verdicts(runs: JobRun[]): Iterable<object> {
  const byJob = Map.groupBy(runs, (run) => `${run.repo}|${run.job}`);
  const seen = new Map<string, { test: string; runs: JobRun[] }>();
  for (const run of runs) {
    for (const failure of run.failures) {
      const known = seen.get(failure.fingerprint) ?? { test: failure.test, runs: [] };
      if (!known.runs.includes(run)) known.runs.push(run);
      seen.set(failure.fingerprint, known);
    }
  }
  for (const [fingerprint, { test, runs: hit }] of seen) {
    const jobs = new Set(hit.map((run) => `${run.repo}|${run.job}`));
    const around = [...jobs].flatMap((job) => byJob.get(job) ?? []);
    const verdict = judge(evidenceOf(fingerprint, hit, around));
    yield { fingerprint, test, ...verdict, sightings: hit.length };
  }
}

function evidenceOf(fingerprint: string, hit: JobRun[], around: JobRun[]): Evidence {
  const branches = new Set(around.map((run) => run.branch));
  return {
    defaultBranch: DEFAULT_BRANCHES.find((branch) => branches.has(branch)) ?? "main",
    opinion: null,
    sightings: hit.map((run) => {
      const own = run.failures.find((failure) => failure.fingerprint === fingerprint);
      return {
        ...place(run),
        author: run.author ?? null,
        retriedOk: own?.retried_ok === true,
        cascade: own?.cascade_of !== undefined,
        fellTogether: run.failures.length,
        infraSigns: run.infra.length,
      };
    }),
    jobs: around
      .filter((run) => ["success", "failure", "timed_out"].includes(run.conclusion))
      .map((run) => ({ ...place(run), passed: run.conclusion === "success" })),
  };
}

const place = ({ run, attempt, job, sha, branch, pr, at }: JobRun) => ({
  run,
  attempt,
  job,
  sha,
  branch,
  pull: pr ?? null,
  at,
});
