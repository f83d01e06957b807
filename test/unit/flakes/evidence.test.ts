import { describe, expect, test } from "bun:test";
import { bothWays, commitsOf, walls } from "../../../src/features/flakes/commits.ts";
import { independentSightings } from "../../../src/features/flakes/evidence.ts";
import { evidence, failed, failedOtherwise, passed, sha } from "./evidence.ts";

describe("independent sightings", () => {
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

  test("failures in an outage count for nothing", () => {
    const known = evidence([
      failed({ run: 1, pull: 5 }),
      failed({ run: 2, pull: 6, infraSigns: 1 }),
      failed({ run: 3, pull: 7, fellTogether: 200 }),
    ]);
    expect(independentSightings(known)).toBe(1);
  });
});

describe("comparable commits", () => {
  test("stand by job and in the order of their first attempts", () => {
    const known = evidence(
      [failed({ run: 2, sha: "b" })],
      [
        passed({ run: 9, attempt: 2, sha: "b" }),
        passed({ run: 3, sha: "c" }),
        passed({ run: 1, sha: "a" }),
        passed({ run: 4, sha: "d", job: "lint" }),
      ],
    );
    expect(commitsOf(known).map((job) => job.map((commit) => commit.sha))).toEqual([
      [sha("a"), sha("b"), sha("c")],
    ]);
    expect(
      commitsOf(known)[0]
        ?.filter(bothWays)
        .map((commit) => commit.sha),
    ).toEqual([sha("b")]);
  });

  test("a run that failed by something else spared the test only where tests ran and it was not among them", () => {
    const known = evidence(
      [failed({ run: 1 })],
      [
        failedOtherwise({ run: 2 }, ["another test"]),
        failedOtherwise({ run: 3 }, ["another test", "the test"]),
        failedOtherwise({ run: 4 }, []),
        // it may have ended before the test's turn came
        { ...failedOtherwise({ run: 6 }, ["another test"]), partial: true },
        failedOtherwise(
          { run: 5 },
          Array.from({ length: 20 }, (_, at) => `test ${at}`),
        ),
      ],
    );
    expect(commitsOf(known)[0]?.map(({ sha: at, spared }) => [at, spared])).toEqual([
      [sha(1), 0],
      [sha(2), 1],
    ]);
  });

  test("a wall is failures of several places with no pass between", () => {
    const known = evidence(
      [2, 3, 4, 8, 9, 11].map((run) => failed({ run, ...(run > 7 ? { pull: 5 } : {}) })),
      [1, 5, 10].map((run) => passed({ run })),
    );
    expect(walls(commitsOf(known)).map((wall) => wall.map((commit) => commit.sha))).toEqual([
      [2, 3, 4].map(sha),
    ]);
  });
});
