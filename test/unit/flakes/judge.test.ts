import { describe, expect, test } from "bun:test";
import type { VerdictClass } from "../../../src/features/findings/model.ts";
import {
  type Evidence,
  type JobFact,
  type Opinion,
  type SightingFact,
  tainted,
} from "../../../src/features/flakes/evidence.ts";
import { judge } from "../../../src/features/flakes/judge.ts";
import { evidence, failed, failedOtherwise, passed } from "./evidence.ts";

const says = (kind: Opinion["class"], confidence: number): Opinion => ({
  class: kind,
  confidence,
  quote: "deadline exceeded",
});
const merge = (...parts: { sightings: readonly SightingFact[]; jobs: readonly JobFact[] }[]): Evidence => ({
  ...evidence([]),
  sightings: parts.flatMap((part) => part.sightings),
  jobs: parts.flatMap((part) => part.jobs),
});

/** A run an hour: `F` failed, `.` passed, `o` failed with another test, `x` failed with no test. */
const runs = (from: number, outcomes: string, pull?: number): Evidence => {
  const all = [...outcomes].map((outcome, at) => ({
    outcome,
    where: { run: from + at, ...(pull === undefined ? {} : { pull, author: `p${pull % 7}` }) },
  }));
  const those = (outcome: string) => all.filter((one) => one.outcome === outcome).map(({ where }) => where);
  return evidence(those("F").map(failed), [
    ...those(".").map(passed),
    ...those("o").map((where) => failedOtherwise(where, ["another test"])),
    ...those("x").map((where) => failedOtherwise(where, [])),
  ]);
};
/** A pull request whose only run failed, and was rerun where `rerun` says how. */
const pull = (run: number, number: number, rerun = ""): Evidence => {
  const where = { run, pull: number };
  const who = { author: `p${number % 7}` };
  const again = [...rerun].map((outcome, at) => ({ outcome, attempt: at + 2 }));
  return evidence(
    [
      failed({ ...where, ...who }),
      ...again
        .filter(({ outcome }) => outcome === "F")
        .map(({ attempt }) => failed({ ...where, ...who, attempt })),
    ],
    again.filter(({ outcome }) => outcome === ".").map(({ attempt }) => passed({ ...where, attempt })),
  );
};
const dots = (n: number) => ".".repeat(n);
const outage = { fellTogether: 40, infraSigns: 1 };

/** What is known → class, least and greatest confidence, and the rules that spoke. */
const TABLE: [string, Evidence, VerdictClass, number, number, string[]][] = [
  ["nothing", evidence([]), "unknown", 0.9, 1, ["too-little"]],
  ["one failure on main", runs(1, "F"), "unknown", 0.55, 0.9, ["spread", "too-little"]],
  [
    "one failure on main that passed around it, hour by hour",
    runs(1, `${dots(30)}F${dots(30)}`),
    "unknown",
    0.5,
    0.9,
    ["spread", "too-little"],
  ],
  [
    "failed, then passed at the same commit",
    pull(1, 5, "."),
    "flaky-test",
    0.75,
    0.985,
    ["one-pull-only", "same-commit"],
  ],
  [
    "two pull requests that failed and passed when rerun",
    merge(pull(1, 5, "."), pull(3, 6, ".")),
    "flaky-test",
    0.95,
    1,
    ["spread", "same-commit"],
  ],
  [
    "rerun, and failed with another test only",
    merge(
      pull(1, 5),
      evidence([], [failedOtherwise({ run: 1, pull: 5, attempt: 2 }, ["another test"])]),
      pull(3, 6, "."),
    ),
    "flaky-test",
    0.9,
    1,
    ["spread", "same-commit"],
  ],
  [
    "rerun, and failed in another way",
    merge(pull(1, 5), evidence([], [failedOtherwise({ run: 1, pull: 5, attempt: 2 }, ["the test"])])),
    "likely-regression",
    0.75,
    1,
    ["one-pull-only"],
  ],
  [
    "passed on retry in the same job",
    evidence([failed({ run: 1, pull: 5, retriedOk: true })]),
    "flaky-test",
    0.75,
    0.985,
    ["one-pull-only", "retried-ok"],
  ],
  [
    "another job passed at the commit: that says nothing",
    merge(pull(1, 5), evidence([], [passed({ run: 1, pull: 5, job: "lint" })])),
    "likely-regression",
    0.75,
    1,
    ["one-pull-only"],
  ],
  [
    "one pull request, each time, until it was mended",
    merge(runs(1, "FFFF..", 5), runs(1, dots(8))),
    "likely-regression",
    0.95,
    1,
    ["one-pull-only"],
  ],
  [
    "two pull requests that each broke it, for hours and on rerun, at other times",
    merge(runs(1, "FFF", 5), pull(4, 5, "FF"), runs(1, dots(60)), runs(40, "FF.", 6), pull(44, 6, "F")),
    "likely-regression",
    0.9,
    1,
    ["spread", "fails-again"],
  ],
  [
    "six pull requests and main, scattered among passes, none rerun",
    merge(
      ...[3, 20, 31, 47, 66, 80].map((at) => pull(at, at)),
      ...Array.from({ length: 45 }, (_, at) => runs(2 * at, ".", 100 + at)),
      runs(1, `${dots(55)}F${dots(34)}`),
    ),
    "flaky-test",
    0.9,
    1,
    ["spread"],
  ],
  [
    "comes and goes on main",
    runs(1, `${dots(9)}F${dots(20)}F${dots(30)}F${dots(9)}`),
    "flaky-test",
    0.95,
    1,
    ["spread"],
  ],
  ["came and stayed on main", runs(1, `${dots(9)}FFFFFF`), "likely-regression", 0.9, 1, ["broken-branch"]],
  [
    "came on main, and was mended",
    runs(1, `${dots(20)}FFFFFFF${dots(20)}`),
    "likely-regression",
    0.95,
    1,
    ["broken-branch"],
  ],
  [
    "a broken main that fails every pull request, on reruns too",
    merge(
      runs(1, `${dots(20)}FFFFFF${dots(20)}`),
      ...[22, 23, 24, 25].map((at) => pull(at, at, "F")),
      ...[10, 15, 30, 35].map((at) => runs(at, ".", at)),
    ),
    "likely-regression",
    0.95,
    1,
    ["broken-branch", "fails-again"],
  ],
  [
    "an outage",
    evidence([failed({ run: 1, ...outage })]),
    "infra-flake",
    0.9,
    1,
    ["infra-signs", "fell-together"],
  ],
  [
    "an outage among real failures",
    merge(evidence([failed({ run: 0, pull: 1, ...outage })]), pull(30, 2, "."), pull(60, 3, ".")),
    "flaky-test",
    0.95,
    1,
    ["spread", "same-commit"],
  ],
];

describe("the verdict on", () => {
  test.each(TABLE)("%s", (_, known, kind, least, most, rules) => {
    const verdict = judge(known);
    expect({ class: verdict.class, rules: verdict.reasons.map(({ rule }) => rule) }).toEqual({
      class: kind,
      rules,
    });
    expect(verdict.confidence).toBeGreaterThanOrEqual(least);
    expect(verdict.confidence).toBeLessThanOrEqual(most);
  });

  test("is given with its reasons in words", () => {
    expect(
      Object.fromEntries(TABLE.map(([name, known]) => [name, judge(known).reasons.map(({ text }) => text)])),
    ).toMatchSnapshot();
  });
});

/** How likely it is that the test is flaky, whatever the class. */
const flaky = (known: Evidence): number => {
  const verdict = judge(known);
  return verdict.class === "flaky-test" ? verdict.confidence : 1 - verdict.confidence;
};

describe("the verdict", () => {
  test("does not depend on the order of what is known", () => {
    const turn = <T>(list: readonly T[], by: number) =>
      [...list.slice(by), ...list.slice(0, by)].toReversed();
    for (const [name, known] of TABLE) {
      for (const by of [0, 1, 3]) {
        const turned = { ...known, sightings: turn(known.sightings, by), jobs: turn(known.jobs, by) };
        const [one, other] = [judge(known), judge(turned)];
        expect([name, other.class, other.confidence.toFixed(9)]).toEqual([
          name,
          one.class,
          one.confidence.toFixed(9),
        ]);
      }
    }
  });

  test("is never surer of a regression for one more pass on rerun", () => {
    for (const [name, known] of TABLE) {
      if (judge(known).class === "infra-flake") continue;
      let [before, so] = [flaky(known), known];
      for (const [index, fact] of known.sightings.filter((one) => !tainted(one)).entries()) {
        const more = { ...fact, attempt: 9 + index, passed: true, partial: false, failedTests: [] };
        so = { ...so, jobs: [...so.jobs, more] };
        expect([name, flaky(so) >= before - 1e-9]).toEqual([name, true]);
        before = flaky(so);
      }
    }
  });

  test("is never surer of a flake for one more failure on rerun", () => {
    for (const at of [1, 2, 3, 4]) {
      const [fewer, more] = ["F".repeat(at), "F".repeat(at + 1)].map((rerun) => flaky(pull(1, 5, rerun)));
      expect(more).toBeLessThanOrEqual(fewer ?? 0);
    }
  });

  test("takes a job in which no test ran for no evidence", () => {
    const known = merge(pull(9, 5, "."), runs(1, dots(8)));
    expect(flaky(merge(known, runs(20, "xxxxxx")))).toBe(flaky(known));
  });

  test("is never certain", () => {
    const much = merge(...Array.from({ length: 60 }, (_, at) => pull(2 * at, at, ".")));
    expect(judge(much).confidence).toBeGreaterThan(0.99);
    expect(judge(much).confidence).toBeLessThan(1);
  });
});

describe("a model's opinion", () => {
  test("alone carries no verdict, however sure", () => {
    for (const kind of ["flaky-test", "infra-flake", "likely-regression"] as const) {
      const verdict = judge({ ...runs(1, "F"), opinion: says(kind, 1) });
      expect([kind, verdict.class]).toEqual([kind, "unknown"]);
    }
  });

  test("moves the confidence a little, either way", () => {
    const known = pull(1, 5, ".");
    const at = (opinion: Opinion | null) => judge({ ...known, opinion }).confidence;
    expect(at(says("flaky-test", 0.9))).toBeGreaterThan(at(null));
    expect(at(says("likely-regression", 0.9))).toBeLessThan(at(null));
    expect(at(says("unknown", 0.9))).toBe(at(null));
    expect(judge({ ...known, opinion: says("likely-regression", 1) }).class).toBe("flaky-test");
  });

  test("is quoted among the reasons", () => {
    const known = { ...pull(1, 5, "."), opinion: says("flaky-test", 0.9) };
    expect(judge(known).reasons.at(-1)).toMatchObject({
      rule: "model-opinion",
      text: expect.stringContaining("deadline exceeded"),
    });
  });
});
