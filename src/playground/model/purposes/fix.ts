import { type Purpose, signed, UNKNOWN } from "../answer.ts";
import type { Conversation } from "../conversation.ts";
import { takesText } from "../json-schema.ts";
import { lineOf, testBody } from "../lines.ts";
import { type Pattern, recognise } from "../patterns/index.ts";
import { replay, type Script } from "../replay.ts";
import { leafOf } from "../test-name.ts";
import { fixError } from "./runtime-error.ts";
import { applyEdits, earlierFixes, handIn, type Opened, openTest, runTest } from "./workbench.ts";

/** Failing line, what happens in which order, why it can't happen now, and what was fixed before. */
function mechanismOf(pattern: Pattern, file: Opened, test: string, earlier: number): string {
  const assertion =
    testBody(file.text, test)
      .split("\n")
      .findLast((line) => line.includes("expect(")) ?? "";
  const line = lineOf(file.text, assertion);
  const before =
    earlier === 0
      ? "The file's history has no earlier fix of it."
      : `The file's history has ${earlier} earlier fix(es); the product was looked at again and is ruled out.`;
  return signed(
    `The failing line is \`${assertion.trim()}\` (${file.path}:${line}): ${pattern.interleaving} Now ${pattern.now} ${before}`,
  );
}

/** Whether the product is at fault: no, and why in words where there is room for words and an earlier fix did not hold. */
function ruledOut({ tools, material }: Conversation, pattern: Pattern, earlier: number): boolean | string {
  const form = tools.get("finish")?.properties?.product_at_fault;
  const listed = /earlier fixes[^\n]*(?:\n[^-\n][^\n]*)*\n- /i.test(material);
  return form && takesText(form) && (earlier > 0 || listed) ? `No: ${pattern.now}` : false;
}

function* fixScript(conversation: Conversation, test: string): Script {
  const file = yield* openTest(test);
  if ("stop" in file) return file.stop;
  const pattern = recognise(file.text, test);
  const edits = pattern?.edits(file.text, testBody(file.text, test)) ?? null;
  if (!pattern || !edits) return UNKNOWN;

  const helper: string = yield { name: "search", args: { pattern: pattern.helper } };
  if (!helper.includes(pattern.helper)) return UNKNOWN;
  const earlier = yield* earlierFixes(file.path, conversation);
  const stopped = (yield* applyEdits(file.path, edits)) ?? (yield* runTest(test));
  if (stopped) return stopped.stop;

  const mechanism = mechanismOf(pattern, file, test, earlier);
  const product_at_fault = ruledOut(conversation, pattern, earlier);
  const refused = yield* handIn(test, { mechanism, change: pattern.fix, product_at_fault });
  if (refused) return refused.stop;
  return signed(`Done: ${leafOf(test)} no longer has its ${pattern.kind}.`);
}

/** Fixes the test through the tools, step by step. */
export const fix: Purpose = (conversation) => {
  if (conversation.ofError) return fixError(conversation);
  return conversation.test === null
    ? { text: UNKNOWN }
    : replay(fixScript(conversation, conversation.test), conversation);
};
