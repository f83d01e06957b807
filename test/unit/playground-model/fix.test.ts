import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../../src/kernel/clock.ts";
import { type ModelServer, startModel } from "../../../src/playground/model/index.ts";
import { flakyTests, targetFiles } from "../../../src/playground/target/index.ts";
import { clientOf, work } from "./support/agent.ts";
import { cloneTarget } from "./support/clone.ts";

const catalog = { file: "test/catalog.test.ts", name: "catalog > asks the list price for an apple" };
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
    expect(await clone.failures(file, 16)).toBe(0);
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

test("an objection has the test run and the work handed in again, three times in all", async () => {
  await using clone = await cloneTarget();
  const go = (objections: string[]) =>
    work(model, clone, catalog.file, SYSTEM, `Test: ${catalog.name}`, { objections });
  const taken = await go(["Not accepted yet. Another test failed."]);
  expect(taken.used.slice(-4)).toEqual(["run_test", "finish", "run_test", "finish"]);
  expect(taken.finished).not.toBeNull();

  await clone.write(catalog.file, (await targetFiles())[catalog.file] ?? "");
  const refused = await go(["No.", "No.", "No, the size."]);
  expect(refused.finished).toBeNull();
  expect(refused.text).toContain("The last objection was: No, the size.");
});

test("rules the product out in words where the test was fixed before", async () => {
  const user = `Test: ${catalog.name}`;
  const listed = `${user}\n\nEarlier fixes of the same test. If there are any,\nlook at the product:\n- #12 merged\n`;
  const log = "3f2a1b0 2026-02-01 bob: Stabilize the apple's price";
  for (const [prompt, around] of [
    [user, { log }],
    [listed, {}],
  ] as const) {
    await using clone = await cloneTarget();
    const end = await work(model, clone, catalog.file, SYSTEM, prompt, around);
    expect(end.finished?.product_at_fault).toMatch(/^No: .+ the product is not at fault/);
  }
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
