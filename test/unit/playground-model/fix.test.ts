import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../../src/kernel/clock.ts";
import { type ModelServer, startModel } from "../../../src/playground/model/index.ts";
import { flakyTests, targetFiles } from "../../../src/playground/target/index.ts";
import { clientOf, work } from "./support/agent.ts";
import { cloneTarget } from "./support/clone.ts";

const SYSTEM = "purpose: fix\nYou fix one flaky test. Use the tools, then call finish.";

let model: ModelServer;
beforeAll(async () => {
  model = await startModel({ clock: systemClock });
});
afterAll(() => model.stop());

const remedies: Record<string, string> = {
  race: "await queue.drained();",
  "shared state": "beforeEach(resetCatalog);",
  deadline: 'await until(() => desk.hourOf("A-7") !== undefined);',
};

describe.each([...flakyTests])("fixes the $kind", ({ kind, file, test: name }) => {
  test("step by step, in the test's file only, for good", async () => {
    await using clone = await cloneTarget();
    const before = await clone.read(file);
    const end = await work(model, clone, file, SYSTEM, `Repository: playground/orchard\nTest: ${name}\n`);

    const edits = kind === "shared state" ? ["edit_file", "edit_file"] : ["edit_file"];
    expect(end.used).toEqual(["search", "read_file", "search", "git_log", ...edits, "run_test", "finish"]);
    expect(end.finished?.product_at_fault).toBe(false);
    expect(end.finished?.mechanism).toMatch(new RegExp(`The failing line is .+\\(${file}:\\d+\\): .+ Now `));
    const after = await clone.read(file);
    expect(after).toContain(remedies[kind] ?? "?");
    expect(after.match(/expect\(/g)).toHaveLength(before.match(/expect\(/g)?.length ?? 0);
    expect(await clone.changed()).toEqual([file]);
    expect(await clone.failures(file, 40)).toBe(0);
  });
});

test("names the line that failed", async () => {
  await using clone = await cloneTarget();
  const [race] = flakyTests;
  if (!race) throw new Error("the target has no race");
  const end = await work(model, clone, race.file, SYSTEM, `Test: ${race.test}`);
  const lines = (await targetFiles())[race.file]?.split("\n") ?? [];
  const line = lines.findIndex((text) => text.includes('expect(queue.status("A-1")).toBe("packed")')) + 1;
  expect(end.finished?.mechanism).toContain(`(${race.file}:${line})`);
});

test("says in text that it does not know another repository's test", async () => {
  await using clone = await cloneTarget();
  const end = await work(model, clone, "test/x.test.ts", SYSTEM, "Test: TestUpdateMember");
  expect(end).toEqual({
    used: ["search"],
    finished: null,
    text: "I am a script and know only the playground's repository. (scripted playground model)",
  });
});

test("gives up in text when the test fails after the change", async () => {
  await using clone = await cloneTarget();
  const [race] = flakyTests;
  if (!race) throw new Error("the target has no race");
  const slow = (await clone.read("src/queue.ts")).replace('"packed");', '"packing");');
  await clone.write("src/queue.ts", slow);
  const end = await work(model, clone, race.file, SYSTEM, `Test: ${race.test}`);
  expect(end.used.at(-1)).toBe("run_test");
  expect(end.text).toContain("still failed");
});

test("without tools it says which one it lacks", async () => {
  const reply = await clientOf(model).chat.completions.create({
    model: "any",
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content: "Test: catalog > asks the list price for an apple" },
    ],
  });
  expect(reply.choices[0]?.message.content).toContain("I would need the tool search");
});
