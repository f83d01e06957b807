import { expect, test } from "bun:test";
import { type Line, linesText } from "../../../src/features/threads/lines-text.ts";

const at = new Date("2026-03-02T10:00:00Z");
const later = new Date("2026-03-02T10:00:07Z");
const line = (what: Line["what"], object: string, when = at): Line => ({
  who: "carol",
  what,
  object,
  at: when,
});

test("a burst reads the same in whatever order its webhooks came", () => {
  const burst = [
    line("labeled", "area/queue"),
    line("unlabeled", "needs-triage"),
    line("assigned", "bob"),
    line("assigned", "carol"),
  ];
  const text = linesText(burst, null);
  expect(text).toBe(
    ":label: *carol* added the label `area/queue`, took off the label `needs-triage`, assigned *bob* and themselves",
  );
  for (const [index, first] of burst.entries())
    expect(linesText([first, ...burst.toSpliced(index, 1).reverse()], null)).toBe(text);
});

test("what was done seconds apart stays in the order in which it was done", () => {
  expect(linesText([line("labeled", "late", later), line("unlabeled", "early")], null)).toBe(
    ":label: *carol* took off the label `early`, added the label `late`",
  );
});
