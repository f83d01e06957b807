import { expect, test } from "bun:test";
import { parse } from "yaml";
import { z } from "zod";
import { flakyTests, history, targetFiles } from "../../../src/playground/target/index.ts";
import { cloneTarget } from "./support/clone.ts";

const MOST_RUNS = 80;

const failed = (output: string): string[] =>
  [...output.matchAll(/^\(fail\) (.+?)(?: \[[\d.]+m?s\])?$/gm)].map((match) => match[1] ?? "");

const changeOf = (kind: string) => {
  const change = history.find((candidate) => candidate.kind === kind);
  if (!change) throw new Error(`the history has no ${kind}`);
  return change;
};

test.each([...flakyTests])("the $kind fails now and then, and nothing else of its file", async (flaky) => {
  await using clone = await cloneTarget();
  const seen = { passed: 0, failed: 0 };
  for (let run = 0; run < MOST_RUNS && (seen.passed === 0 || seen.failed === 0); run += 1) {
    const { exit, output } = await clone.bun("test", flaky.file);
    expect(failed(output)).toEqual(exit === 0 ? [] : [flaky.test]);
    seen[exit === 0 ? "passed" : "failed"] += 1;
  }
  expect(seen.passed).toBeGreaterThan(0);
  expect(seen.failed).toBeGreaterThan(0);
});

test("has what a repository has, dot files too, and a workflow named Test", async () => {
  const files = await targetFiles();
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([".github/pull_request_template.md", "CODEOWNERS", "README.md", "package.json"]),
  );
  const Workflow = z.object({
    name: z.literal("Test"),
    on: z.object({ push: z.object({ branches: z.tuple([z.literal("main")]) }), pull_request: z.null() }),
    jobs: z.object({ unit: z.object({ steps: z.array(z.object({ run: z.string().optional() })) }) }),
  });
  const workflow = Workflow.parse(parse(files[".github/workflows/test.yml"] ?? ""));
  expect(workflow.jobs.unit.steps.map((step) => step.run).filter(Boolean)).toEqual([
    "bun .ci/fetch.ts",
    "bun test",
  ]);
});

test("no two changes touch the same file, so any order merges", () => {
  const paths = history.flatMap((change) => Object.keys(change.files));
  expect(paths.length).toBeGreaterThanOrEqual(history.length);
  expect(new Set(paths).size).toBe(paths.length);
  const pulls = history.filter((change) => change.branch);
  expect(new Set(pulls.map((pull) => pull.branch)).size).toBe(pulls.length);
  expect(new Set(pulls.map((pull) => pull.author)).size).toBeGreaterThanOrEqual(3);
});

test("the harmless changes together break nothing but luck", async () => {
  const harmless = history.filter((change) => change.kind === "harmless");
  await using clone = await cloneTarget(Object.assign({}, ...harmless.map((change) => change.files)));
  const { output } = await clone.bun("test");
  const flaky = flakyTests.map((one) => one.test);
  expect(failed(output).filter((name) => !flaky.includes(name))).toEqual([]);
  expect(output).toMatch(/Ran 16 tests across 7 files/);
  expect((await clone.bun(".ci/fetch.ts")).exit).toBe(0);
  expect((await clone.bun("src/main.ts")).output).toContain("apple    1.20 €");
});

test("the regression breaks one test every time", async () => {
  await using clone = await cloneTarget(changeOf("regression").files);
  for (let run = 0; run < 3; run += 1) {
    const { output } = await clone.bun("test", "test/order.test.ts");
    expect(failed(output)).toEqual(["order > adds the tax to the nearest cent"]);
  }
});

test("the outage fails before any test, with what the resolver said", async () => {
  await using clone = await cloneTarget(changeOf("outage").files);
  const { exit, output } = await clone.bun(".ci/fetch.ts");
  expect(exit).toBe(1);
  expect(output).toMatch(/^error: request to http:\/\/registry\.orchard\.invalid\/\S+ failed, reason: .+$/m);
});
