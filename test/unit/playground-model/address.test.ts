import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemClock } from "../../../src/kernel/clock.ts";
import { type ModelServer, startModel } from "../../../src/playground/model/index.ts";
import { flakyTests } from "../../../src/playground/target/index.ts";
import { work } from "./support/agent.ts";
import { type Clone, cloneTarget } from "./support/clone.ts";

let model: ModelServer;
beforeAll(async () => {
  model = await startModel({ clock: systemClock });
});
afterAll(() => model.stop());

/** A clone in which the test is fixed already. */
async function fixedClone(name: string, file: string): Promise<Clone> {
  const clone = await cloneTarget();
  await work(model, clone, file, "purpose: fix\n", `Test: ${name}`);
  return clone;
}

const SYSTEM =
  "purpose: address\nDo what the review asks for and give each comment a reply under its comment_id.";

test.each([...flakyTests])("says why in the code of the $kind", async ({ test: name, file }) => {
  await using clone = await fixedClone(name, file);
  const comment = "Please add a comment why this is enough.\n\nOn:\n@@ -1 +1 @@\n-rename a to b";
  const user = `Test: ${name}\n\n<comment id="7001" by="alice" at="${file}:14">\n${comment}\n</comment>\n\nSay id 3 here.`;
  const end = await work(model, clone, file, SYSTEM, user);
  expect(end.used).toEqual(["search", "read_file", "edit_file", "run_test", "finish"]);
  expect(await clone.read(file)).toMatch(/^ +\/\/ .+\n +(?:await queue\.drained|beforeEach|await until)\(/m);
  expect(end.finished?.replies).toEqual([
    { comment_id: 7001, text: expect.stringMatching(/^Done: .+\(scripted playground model\)$/) },
  ]);
  expect(await clone.failures(file, 8)).toBe(0);
});

test("renames, swaps, and says what it can't do, each under its comment", async () => {
  const [race] = flakyTests;
  if (!race) throw new Error("the target has no race");
  await using clone = await fixedClone(race.test, race.file);
  const comments = [
    { id: 11, path: race.file, body: "please rename `queue` to `bench`" },
    { id: 12, path: race.file, body: "Use `toEqual` instead of `toBe` here." },
    { id: 13, path: race.file, body: "Could this be split into two packages?" },
    { id: 14, path: race.file, body: "rename nothing to something" },
  ];
  const user = `Test: ${race.test}\n\n${JSON.stringify(comments, null, 2)}`;
  const end = await work(model, clone, race.file, SYSTEM, user);
  const text = await clone.read(race.file);
  expect(text).toContain('    await bench.drained();\n    expect(bench.status("A-1")).toEqual("packed");');
  expect(text).toContain('expect(queue.status("A-2")).toBe("waiting");');
  expect(end.finished?.replies?.map((reply) => [reply.comment_id, reply.text.slice(0, 8)])).toEqual([
    [11, "Done: `b"],
    [12, "Done: `t"],
    [13, "I am a s"],
    [14, "I found "],
  ]);
  expect(await clone.failures(race.file, 8)).toBe(0);
});

test("two people who ask for the same get one change and a reply each", async () => {
  const [, , deadline] = flakyTests;
  if (!deadline) throw new Error("the target has no deadline");
  await using clone = await fixedClone(deadline.test, deadline.file);
  const user = `Test: ${deadline.test}\ncomment 21 by bob:\nname the helper\ncomment 22 by carol:\nwhy wait here?`;
  const end = await work(model, clone, deadline.file, SYSTEM, user);
  expect(end.used.filter((name) => name === "edit_file")).toHaveLength(1);
  expect(end.finished?.replies?.map((reply) => reply.comment_id)).toEqual([21, 22]);
});

test("a note without comments is done without replies", async () => {
  const [race] = flakyTests;
  if (!race) throw new Error("the target has no race");
  await using clone = await fixedClone(race.test, race.file);
  const end = await work(
    model,
    clone,
    race.file,
    SYSTEM,
    `Test: ${race.test}\n- bob: Note: fine\n- alice: Note: say why in a comment\n`,
  );
  expect(await clone.read(race.file)).toContain("// drained() resolves when");
  expect(end.finished?.replies).toEqual([]);
});

test("a test without a remedy is none of its business", async () => {
  const [race] = flakyTests;
  if (!race) throw new Error("the target has no race");
  await using clone = await cloneTarget();
  const end = await work(model, clone, race.file, SYSTEM, `Test: ${race.test}\ncomment 1: add a comment`);
  expect(end.text).toStartWith("I am a script");
  expect(await clone.changed()).toEqual([]);
});
