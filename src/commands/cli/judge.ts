import { z } from "zod";
import { Failure, InfraSign } from "../../features/failures/model.ts";
import { MASS } from "../../features/findings/mass.ts";
import {
  type Evidence,
  type JobFact,
  LOOK_BACK,
  MOST_JOBS,
  MOST_SIGHTINGS,
  TELLING,
} from "../../features/flakes/evidence.ts";
import { judge } from "../../features/flakes/judge.ts";
import { readArgs } from "../../kernel/args.ts";
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
  const { values } = readArgs({ args: argv, options: { runs: { type: "string" } } });
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
  const jobs = new JobIndex(runs);
  for (const [fingerprint, hits] of hitsByFingerprint(runs)) {
    const test = hits[0]?.failure.test ?? "";
    const verdict = judge(evidenceOf(test, hits, jobs));
    yield { fingerprint, test, ...verdict, sightings: hits.length };
  }
}

/** One failure of a fingerprint, and the job run it happened in. */
interface Hit {
  run: JobRun;
  failure: JobRun["failures"][number];
}

/** A fingerprint counts once for each job run. */
function hitsByFingerprint(runs: JobRun[]): Map<string, Hit[]> {
  const seen = new Map<string, Hit[]>();
  for (const run of runs) {
    for (const failure of run.failures) {
      const hits = seen.get(failure.fingerprint);
      if (hits === undefined) seen.set(failure.fingerprint, [{ run, failure }]);
      else if (hits.at(-1)?.run !== run) hits.push({ run, failure });
    }
  }
  return seen;
}

/** Job runs by repository and name, oldest first, made once for all verdicts. */
class JobIndex {
  readonly #byName: Map<string, JobFact[]>;
  readonly #defaultBranch = new Map<string, string>();

  constructor(runs: JobRun[]) {
    const telling = runs.filter((run) => TELLING.includes(run.conclusion));
    const byName = Map.groupBy(telling, nameOf);
    this.#byName = new Map(
      [...byName].map(([name, own]) => [
        name,
        own.map(jobFact).sort((a, b) => a.at.getTime() - b.at.getTime()),
      ]),
    );
    for (const [repo, own] of Map.groupBy(runs, (run) => run.repo)) {
      const branches = new Set(own.map((run) => run.branch));
      const found = DEFAULT_BRANCHES.find((branch) => branches.has(branch));
      if (found !== undefined) this.#defaultBranch.set(repo, found);
    }
  }

  defaultBranch = (repo: string): string => this.#defaultBranch.get(repo) ?? "main";

  /** The newest runs of these jobs since `since`, as many as a verdict looks at. */
  since(names: ReadonlySet<string>, since: number): JobFact[] {
    const lists = [...names].map((name) => {
      const own = this.#byName.get(name) ?? [];
      return own.slice(Math.max(firstAt(own, since), own.length - MOST_JOBS));
    });
    const found = lists.length === 1 ? (lists[0] ?? []) : lists.flat();
    if (found.length <= MOST_JOBS) return found;
    return found.sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, MOST_JOBS);
  }
}

const nameOf = ({ repo, job }: Pick<JobRun, "repo" | "job">): string => `${repo}|${job}`;

/** Index of the first run at or after `since`. */
function firstAt(jobs: readonly JobFact[], since: number): number {
  let [low, high] = [0, jobs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((jobs[middle]?.at.getTime() ?? since) < since) low = middle + 1;
    else high = middle;
  }
  return low;
}

function evidenceOf(test: string, hits: Hit[], jobs: JobIndex): Evidence {
  const newest = hits.toSorted((a, b) => b.run.at.getTime() - a.run.at.getTime()).slice(0, MOST_SIGHTINGS);
  const first = newest.at(-1)?.run;
  const names = new Set(newest.map(({ run }) => nameOf(run)));
  return {
    tests: [test],
    defaultBranch: jobs.defaultBranch(first?.repo ?? ""),
    opinion: null,
    sightings: newest.map(({ run, failure }) => ({
      ...place(run),
      retriedOk: failure.retried_ok === true,
      cascade: failure.cascade_of !== undefined,
      fellTogether: fellTogether(run),
      infraSigns: run.infra.length,
    })),
    jobs: jobs.since(names, (first?.at.getTime() ?? 0) - LOOK_BACK),
  };
}

/** Tests that one crash felled count as the one that crashed. */
const fellTogether = (run: JobRun): number =>
  run.failures.filter((failure) => failure.cascade_of === undefined).length;

const jobFact = (run: JobRun): JobFact => ({
  ...place(run),
  passed: run.conclusion === "success",
  partial: false,
  // in greater numbers they tell of an outage, whatever their names
  failedTests: run.failures.slice(0, MASS).map((failure) => failure.test),
});

const place = ({ run, attempt, job, sha, branch, pr, author, at }: JobRun) => ({
  run,
  attempt,
  job,
  sha,
  branch,
  pull: pr ?? null,
  author: author ?? null,
  at,
});
