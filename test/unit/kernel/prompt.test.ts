import { describe, expect, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPrompts, parsePrompt, renderPrompt } from "../../../src/kernel/prompt.ts";

const file = (head: string, text: string) => `---\n${head}\n---\n${text}\n`;
const good = file("version: 2\ninputs: [name, log]", "Look at {{name}}:\n{{log}}");

describe("a prompt file", () => {
  test("is read", () => {
    expect(parsePrompt("fix", good)).toEqual({
      name: "fix",
      version: 2,
      inputs: ["name", "log"],
      text: "Look at {{name}}:\n{{log}}",
    });
  });

  test.each([
    ["without front matter", "Look", "prompts/fix.md has no front matter"],
    ["with an undeclared place", file("version: 1\ninputs: []", "{{name}}"), "uses undeclared name"],
    ["with an unused input", file("version: 1\ninputs: [name]", "none"), "declares unused name"],
    ["without a version", file("inputs: []", "none"), "version"],
    ["with a word too many", file("version: 1\ninputs: []\ninput: [a]", "none"), "input"],
  ])("%s is an error", (_, source, message) => {
    expect(() => parsePrompt("fix", source)).toThrow(message);
  });
});

describe("filling it", () => {
  const prompt = parsePrompt("fix", good);

  test("puts values in as they are: they are no template", () => {
    const text = renderPrompt(prompt, { name: "{{log}} $1 $&", log: "a\n{{name}}" });
    expect(text).toBe("Look at {{log}} $1 $&:\na\n{{name}}");
  });

  test.each([
    [{ name: "a" }, "prompt fix: missing log"],
    [{}, "prompt fix: missing name, log"],
    [{ name: "a", log: "b", more: "c" }, "prompt fix: unknown more"],
  ])("%j is an error", (vars, message) => {
    expect(() => renderPrompt(prompt, vars)).toThrow(message);
  });
});

test("a folder is read at once, and a fault in any file stops it", () => {
  const folder = mkdtempSync(join(tmpdir(), "prompts-"));
  writeFileSync(join(folder, "fix.md"), good);
  writeFileSync(join(folder, "notes.txt"), "no prompt");
  const render = loadPrompts(folder);
  expect(render("fix", { name: "a", log: "b" })).toBe("Look at a:\nb");
  expect(() => render("notes", {})).toThrow("there is no prompt notes.md");
  writeFileSync(join(folder, "bad.md"), "nothing");
  expect(() => loadPrompts(folder)).toThrow("prompts/bad.md");
});
