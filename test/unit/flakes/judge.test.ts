import { describe, expect, test } from "bun:test";
import type { VerdictClass } from "../../../src/features/findings/model.ts";
import {
  bothWays,
  defaultBranchRuns,
  type Evidence,
  independentSightings,
  type Opinion,
} from "../../../src/features/flakes/evidence.ts";
import { judge } from "../../../src/features/flakes/judge.ts";
import { evidence, failed, passed, sha } from "./evidence.ts";

const says = (kind: Opinion["class"], confidence: number): Opinion => ({
  class: kind,
  confidence,
  quote: "deadline exceeded",
});
const main = (from: number, outcomes: string): Evidence => {
  const runs = [...outcomes].map((outcome, at) => ({
    outcome,
    run: from + at,
    sha: "abcdefghij"[at] ?? "z",
  }));
  return evidence(
    runs.filter(({ outcome }) => outcome === "F").map(failed),
    runs.filter(({ outcome }) => outcome === ".").map(passed),
  );
};
const outage = { fellTogether: 40, infraSigns: 1 };

/** What is known → class, least and greatest confidence, and the rules that spoke. */
const TABLE: [string, Evidence, VerdictClass, number, number, string[]][] = [
  ["nothing", evidence([]), "unknown", 0.6, 0.75, ["too-little"]],
  ["one failure on main", main(1, "F"), "unknown", 0.6, 0.75, ["too-little"]],
  [
    "failed, then passed at the same commit",
    evidence([failed({ run: 1, sha: "a", pull: 5 })], [passed({ run: 1, attempt: 2, sha: "a", pull: 5 })]),
    "flaky-test",
    0.75,
    0.95,
    ["same-commit"],
  ],
  [
    "that at four commits",
    evidence(
      [..."abcd"].map((letter, at) => failed({ run: at, sha: letter, pull: at })),
      [..."abcd"].map((letter, at) => passed({ run: at, attempt: 2, sha: letter, pull: at })),
    ),
    "flaky-test",
    0.99,
    1,
    ["same-commit", "many-pulls"],
  ],
  [
    "passed on retry in the same job",
    evidence([failed({ run: 1, sha: "a", pull: 5, retriedOk: true })]),
    "flaky-test",
    0.75,
    0.95,
    ["retried-ok"],
  ],
  [
    "another job passed at the commit: that says nothing",
    evidence([failed({ run: 1, sha: "a", pull: 5 })], [passed({ run: 1, sha: "a", pull: 5, job: "lint" })]),
    "likely-regression",
    0.85,
    0.95,
    ["one-pull-only"],
  ],
  [
    "one pull request, each time",
    evidence([1, 2, 3, 4].map((run) => failed({ run, sha: "abcd"[run - 1] ?? "", pull: 5, author: "al" }))),
    "likely-regression",
    0.95,
    1,
    ["one-pull-only"],
  ],
  [
    "one pull request, which passed after: mended or flaky",
    evidence([failed({ run: 1, sha: "a", pull: 5 })], [passed({ run: 2, sha: "b", pull: 5 })]),
    "unknown",
    0.6,
    0.75,
    ["too-little"],
  ],
  [
    "two pull requests of one author",
    evidence([1, 2].map((run) => failed({ run, sha: "ab"[run - 1] ?? "", pull: run, author: "al" }))),
    "flaky-test",
    0.5,
    0.75,
    ["many-pulls"],
  ],
  [
    "four pull requests of three authors",
    evidence(
      [1, 2, 3, 4].map((run) =>
        failed({ run, sha: "abcd"[run - 1] ?? "", pull: run, author: `p${run % 3}` }),
      ),
    ),
    "flaky-test",
    0.9,
    0.99,
    ["many-pulls"],
  ],
  [
    "a pull request and main",
    evidence([failed({ run: 1, sha: "a", pull: 5 }), failed({ run: 2, sha: "b" })]),
    "flaky-test",
    0.5,
    0.75,
    ["default-branch-too"],
  ],
  ["comes and goes on main", main(1, ".F..F."), "flaky-test", 0.9, 0.99, ["comes-and-goes"]],
  ["came and stayed on main", main(1, "..FFFF"), "likely-regression", 0.95, 1, ["broken-branch"]],
  ["came on main, and was mended", main(1, "..FFF.."), "flaky-test", 0.5, 0.75, ["comes-and-goes"]],
  [
    "an outage",
    evidence([failed({ run: 1, sha: "a", ...outage })]),
    "infra-flake",
    0.9,
    1,
    ["infra-signs", "fell-together"],
  ],
  [
    "an outage among real failures",
    evidence(
      [..."abc"].map((letter, at) => failed({ run: at, sha: letter, pull: at, ...(at === 0 ? outage : {}) })),
      [..."abc"].map((letter, at) => passed({ run: at, attempt: 2, sha: letter, pull: at })),
    ),
    "flaky-test",
    0.99,
    1,
    ["same-commit", "many-pulls"],
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

  test("does not depend on the order of what is known", () => {
    for (const [name, known] of TABLE) {
      const turned = { ...known, sightings: known.sightings.toReversed(), jobs: known.jobs.toReversed() };
      const [one, other] = [judge(known), judge(turned)];
      expect([name, other.class, other.confidence.toFixed(9)]).toEqual([
        name,
        one.class,
        one.confidence.toFixed(9),
      ]);
    }
  });
});

describe("a model's opinion", () => {
  test("alone carries no verdict, however sure", () => {
    for (const kind of ["flaky-test", "infra-flake", "likely-regression"] as const) {
      const verdict = judge(evidence([failed({ run: 1, sha: "a" })], [], says(kind, 1)));
      expect([kind, verdict.class]).toEqual([kind, "unknown"]);
    }
  });

  test("moves the confidence a little, either way", () => {
    const known = evidence([failed({ run: 1, sha: "a", pull: 5, retriedOk: true })]);
    const at = (opinion: Opinion | null) => judge({ ...known, opinion }).confidence;
    expect(at(says("flaky-test", 0.9))).toBeGreaterThan(at(null));
    expect(at(says("likely-regression", 0.9))).toBeLessThan(at(null));
    expect(at(says("unknown", 0.9))).toBe(at(null));
    expect(judge({ ...known, opinion: says("likely-regression", 1) }).class).toBe("flaky-test");
  });

  test("is quoted among the reasons", () => {
    const known = evidence(
      [failed({ run: 1, sha: "a", pull: 5, retriedOk: true })],
      [],
      says("flaky-test", 0.9),
    );
    expect(judge(known).reasons.at(-1)).toMatchObject({
      rule: "model-opinion",
      text: expect.stringContaining("deadline exceeded"),
    });
  });
});

describe("evidence", () => {
  test("each pull request counts once, each commit of a branch once", () => {
    const known = evidence([
      failed({ run: 1, sha: "a", pull: 5 }),
      failed({ run: 2, sha: "b", pull: 5 }),
      failed({ run: 3, sha: "c" }),
      failed({ run: 3, sha: "c", attempt: 2 }),
      failed({ run: 4, sha: "d" }),
    ]);
    expect(independentSightings(known)).toBe(3);
  });

  test("both ways means the same job at the same commit", () => {
    const known = evidence(
      [failed({ run: 1, sha: "a" }), failed({ run: 2, sha: "b" })],
      [passed({ run: 3, sha: "a" }), passed({ run: 4, sha: "b", job: "lint" })],
    );
    expect(bothWays(known)).toEqual([sha("a")]);
  });

  test("runs of the default branch stand in order of time, those of other jobs and branches left out", () => {
    const known = evidence(
      [failed({ run: 2, sha: "b" })],
      [
        passed({ run: 3, sha: "c" }),
        passed({ run: 1, sha: "a" }),
        passed({ run: 4, sha: "d", job: "lint" }),
        passed({ run: 5, sha: "e", pull: 1 }),
      ],
    );
    expect(defaultBranchRuns(known)).toEqual([
      { sha: sha("a"), failed: false },
      { sha: sha("b"), failed: true },
      { sha: sha("c"), failed: false },
    ]);
  });

  test("a run that failed by something else is no run of this test", () => {
    const known = evidence([failed({ run: 2, sha: "b" })]);
    known.jobs.push({ ...passed({ run: 3, sha: "c" }), passed: false });
    expect(defaultBranchRuns(known)).toHaveLength(1);
  });
});
