import { expect, test } from "bun:test";
import type { ModalView } from "@slack/types";
import { askDialog, commandDialog } from "../../../src/inbound/slack/dialogs.ts";
import { ChannelId, ChatUserId, MessageTs } from "../../../src/kernel/ids.ts";
import { checkBlocks } from "../../../src/playground/slack/blocks/check.ts";
import { Ids } from "../../../src/playground/slack/ids.ts";
import { stoppedClock } from "../outbound/support.ts";

const place = { finding: "F1", channel: ChannelId.parse("C1"), thread: MessageTs.parse("1.000001") };

/** Throws as Slack refuses. */
function slackTakes(view: ModalView): void {
  checkBlocks(structuredClone(view.blocks), "modal", new Ids(stoppedClock(), Math.random));
  for (const word of [view.title, view.submit, view.close])
    expect(word?.text.length ?? 0).toBeLessThanOrEqual(24);
  expect(view.private_metadata?.length).toBeLessThanOrEqual(3000);
  expect(JSON.stringify(view)).not.toMatch(/\\ud[89ab][\da-f]{2}/i);
}

test.each(["approve", "revoke", "cancel", "mute", "dismiss"] as const)(
  "Slack takes the dialog of %s",
  (name) => {
    slackTakes(commandDialog(name, place, new Date()));
  },
);

test.each([
  ["nothing", ""],
  ["words", "Is it the *runner*?"],
  ["quotes and lines", '"\\\n'.repeat(2000)],
  ["signs that JSON writes with six", "\u0001".repeat(4000)],
  ["pairs of units", `x${"🧑🏽‍🚀".repeat(1000)}`],
])("Slack takes a question about a message of %s", (_, text) => {
  const asked = { ...place, message: MessageTs.parse("1.000002"), author: ChatUserId.parse("U1"), text };
  slackTakes(askDialog(asked));
});
