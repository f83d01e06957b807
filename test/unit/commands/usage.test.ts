import { describe, expect, test } from "bun:test";
import { usageFault } from "../../../src/commands/dispatch.ts";
import { parseCommand } from "../../../src/commands/parse.ts";
import { COMMANDS } from "../../../src/commands/registry.ts";

describe("what is wrong with a command's words", () => {
  test.each([
    ["aprove 12"],
    ["zzzzzzzz"],
    ["<!channel>`x`"],
    ["x".repeat(500)],
    ["approve"],
    ["explain soon"],
    ["dismiss because I say so"],
    ["show 12 and 13"],
    ["whoami really"],
    ["list open <!channel>`x`"],
  ])("%j is said", (typed) => {
    expect(usageFault(typed, false)).toMatchSnapshot();
  });

  test.each([
    ["help"],
    [""],
    ["approve 12"],
    ["show F12"],
    ["explain acme/shop#3"],
    ["list open"],
    ["pause release day"],
    ["explain #12 please"],
    ["fix 12 the other way"],
    ["join 12 13"],
    ["rerun 12 test"],
    ["stats often"],
  ])("%j can be run", (typed) => {
    expect(usageFault(typed, false)).toBeNull();
  });

  test("where a finding is at hand its number may be left out", () => {
    expect(usageFault("approve", true)).toBeNull();
    expect(usageFault("dismiss it is the network", true)).toBeNull();
    expect(usageFault("approve take the second way", true)).toBeNull();
    expect(usageFault("explain this", true)).toBeNull();
    expect(usageFault("show me why", true)?.text).toContain("`me why`");
    expect(usageFault("aprove", true)?.text).toContain("Did you mean");
  });

  test("the answer is for the asker alone", () => {
    expect(usageFault("aprove", false)?.audience).toBe("asker");
  });
});

describe("every command", () => {
  test.each(COMMANDS.map((command) => [command.name, command] as const))("%s", (name, command) => {
    const parsed = parseCommand(command.usage);
    expect(parsed.kind === "command" && parsed.name).toBe(name);
    expect(command.usage.includes(" N")).toBe(command.finding);
    expect(command.help.length).toBeGreaterThan(10);
    expect(command.help.length).toBeLessThan(160);
  });

  test("has a name of its own, which the others are not taken for", () => {
    const names = COMMANDS.map((command) => command.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
