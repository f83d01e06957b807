import { expect, test } from "bun:test";
import { commandOf, menuOf, namedCommand, rebaseCommand } from "../../../src/features/pipelines/words.ts";

const DORIS = { pipelines: {} };
const OWN = { pipelines: { "test (linux)": "/retest-linux", "test (mac)": "/retest-mac", rebase: "" } };

test.each([
  ["COMPILE (DORIS_COMPILE)", "run compile"],
  ["FE UT (Doris FE UT)", "run feut"],
  ["BE UT (Doris BE UT)", "run beut"],
  ["P0 Regression (Doris Regression)", "run p0"],
  ["P0 Regression", "run p0"],
  ["P1 Regression (Doris Regression)", "run p1"],
  ["Vault_P1", "run p1"],
  ["vault_p0 (Doris Cloud Regression)", "run cloud_p0"],
  ["NonConcurrent Regression", "run nonConcurrent"],
  ["performance (Doris Performance)", "run performance"],
  ["External Regression (Doris External Regression)", "run external"],
  ["check_coverage", "run coverage"],
  ["Weather", null],
])("%s is run again by %p", (context, command) => {
  expect(commandOf(DORIS, context)).toBe(command);
});

test("a repository's own table stands for all of it", () => {
  expect(commandOf(OWN, "test (linux)")).toBe("/retest-linux");
  expect(commandOf(OWN, "P0 Regression")).toBeNull();
  // two could be meant
  expect(commandOf(OWN, "test (windows)")).toBeNull();
  expect(menuOf(OWN, [])).toEqual(["/retest-linux", "/retest-mac"]);
  expect([rebaseCommand(OWN), rebaseCommand(DORIS)]).toEqual([null, "run buildall"]);
});

test("a person says the context, the command or its last word, also as one word", () => {
  for (const said of ["compile", "run compile", "run-compile", "COMPILE (DORIS_COMPILE)"])
    expect(namedCommand(DORIS, said)).toBe("run compile");
  expect(namedCommand(DORIS, "Compile it")).toBeNull();
});

test("the built-in commands are offered only where something obeys them", () => {
  expect(menuOf(DORIS, ["CI", "Lint"])).toEqual([]);
  expect(menuOf(DORIS, ["CI", "Coverage"])).toContain("run nonConcurrent");
});
