import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { extractText } from "../src/features/failures/extract/engine.ts";
import type { Failure } from "../src/features/failures/model.ts";
import type { State } from "../src/features/findings/model.ts";
import { felledWith, joins, type Placed } from "../src/features/flakes/placing.ts";

/**
 * `bun bench/dedup.ts`: real issues of one project through extraction, fingerprints and the flakes stage's placing rule,
 * held against what its maintainers took for one flake. The issues lie in `../shared/pd`, or where SHARED points.
 */
const shared = join(process.env.SHARED ?? join(import.meta.dir, "..", "..", "shared"), "pd");
const say = (line: string) => process.stdout.write(`${line}\n`);
if (!existsSync(shared)) {
  say(`dedup: skipped, ${shared} is not here`);
  process.exit(0);
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(shared, name), "utf8"));
const Issue = z.object({
  number: z.int(),
  date: z.coerce.date(),
  state: z.string(),
  ci_url: z.string().nullish(),
  log_excerpt: z.string(),
});
type Issue = z.infer<typeof Issue>;
const Group = z.object({ issues: z.array(z.int()), test: z.string().optional() });
const Groups = z.object({ same: z.array(Group), different: z.array(Group), cascade: z.array(Group) });

interface Home {
  id: number;
  state: State;
  test: string;
  package: string | null;
  signature: string;
  kind: string;
  from: Issue;
  fingerprints: Set<string>;
}

const issues = new Map(
  z
    .array(Issue)
    .parse(read("issues.json"))
    .map((issue) => [issue.number, issue]),
);
/** Closed issues do not say when; one filed so much later is taken to have come after. */
const CLOSED_BY = 30 * 86_400_000;

/** A failure in its job; what was found for it is filled in as they are placed. */
interface Seen extends Placed {
  failure: Failure;
  issue: Issue;
  home: Home | null;
}

/** The findings that the failures of each issue come to, the issues taken in order of time; a job is known whole. */
function findingsOf(group: readonly Issue[]): Map<number, Set<number>> {
  const homes: Home[] = [];
  const ordered = [...group].sort((a, b) => a.number - b.number);
  const seen = ordered.flatMap((issue) =>
    extractText(issue.log_excerpt, { repo: "tikv/pd" }).failures.map((failure) => ({ failure, issue })),
  );
  const all: Seen[] = seen.map(({ failure, issue }, line) => ({
    ...placed(failure, line),
    failure,
    issue,
    home: null,
  }));
  const jobs = Map.groupBy(all, ({ issue }) => issue.ci_url ?? String(issue.number));
  const found = new Map<number, Set<number>>(ordered.map((issue) => [issue.number, new Set()]));
  for (const one of all) {
    for (const home of homes)
      if (home.from.state === "closed" && one.issue.date.getTime() - home.from.date.getTime() > CLOSED_BY)
        home.state = "merged";
    one.home = homeOf(one, homes, jobs.get(one.issue.ci_url ?? String(one.issue.number)) ?? []);
    found.get(one.issue.number)?.add(one.home.id);
  }
  return found;
}

const placed = (failure: Failure, line: number): Placed => ({
  test: failure.test,
  suite: failure.suite ?? null,
  package: failure.package ?? null,
  kind: failure.kind,
  signature: failure.signature,
  cascadeOf: failure.cascade_of ?? null,
  line,
});

function homeOf(seen: Seen, homes: Home[], job: readonly Seen[]): Home {
  const { failure, issue: from } = seen;
  const known = homes.find((home) => home.fingerprints.has(failure.fingerprint));
  const mate = felledWith(seen, job).find((other) => other.home !== null);
  const home = known ?? mate?.home ?? homes.find((one) => joins(one, one.kind, seen));
  if (home !== null && home !== undefined) {
    home.fingerprints.add(failure.fingerprint);
    home.kind = failure.kind;
    return home;
  }
  const { test, signature, kind } = seen;
  const fresh: Home = {
    id: homes.length + 1,
    state: "open",
    test,
    package: seen.package,
    signature,
    kind,
    from,
    fingerprints: new Set([failure.fingerprint]),
  };
  homes.push(fresh);
  return fresh;
}

let right = 0;
let judged = 0;
for (const [want, groups] of Object.entries(Groups.parse(read("dedup-groups.json")))) {
  for (const { issues: numbers, test } of groups) {
    const group = numbers.flatMap((number) => issues.get(number) ?? []);
    const found = findingsOf(group);
    const spread = [...found].map(([number, ids]) => `#${number}→${[...ids].join("+") || "nothing found"}`);
    const all = new Set([...found.values()].flatMap((ids) => [...ids]));
    const empty = [...found.values()].some((ids) => ids.size === 0);
    const one = !empty && all.size === 1;
    const apart = !empty && all.size >= group.length;
    const ok = want === "different" ? apart : one;
    const note = `${numbers.length - group.length} of ${numbers.length} issues without an excerpt`;
    if (group.length < 2) say(`${want.padEnd(9)} not judged  ${test ?? "one build"}: ${note}`);
    else {
      judged += 1;
      right += ok ? 1 : 0;
      say(
        `${want.padEnd(9)} ${ok ? "as decided" : "OTHERWISE "}  ${test ?? "one build"}: ${spread.join(" ")} (${note})`,
      );
    }
  }
}
say(`dedup: ${right} of ${judged} groups as the maintainers decided`);
