import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { intentOf } from "../../../src/commands/dispatch.ts";
import { addressedWords } from "../../../src/inbound/slack/talk.ts";
import { signedBySlack } from "../../../src/inbound/slack/verify.ts";

const SECRET = "a-signing-secret";
const NOW = new Date("2026-03-14T12:00:00Z");
const seconds = (offset = 0) => String(NOW.getTime() / 1000 + offset);
const sign = (timestamp: string, body: string, secret = SECRET) =>
  `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
const BODY = "token=x&text=hëllo";

describe("a request of Slack's", () => {
  const right = { signature: sign(seconds(), BODY), timestamp: seconds() };
  test.each([
    ["signed now", right, true],
    ["five minutes old", { signature: sign(seconds(-300), BODY), timestamp: seconds(-300) }, true],
    ["a second older", { signature: sign(seconds(-301), BODY), timestamp: seconds(-301) }, false],
    ["from five minutes ahead", { signature: sign(seconds(300), BODY), timestamp: seconds(300) }, true],
    ["from further ahead", { signature: sign(seconds(301), BODY), timestamp: seconds(301) }, false],
    ["with another secret", { ...right, signature: sign(seconds(), BODY, "other") }, false],
    ["of another body", { ...right, signature: sign(seconds(), `${BODY}&more=1`) }, false],
    ["of another time", { ...right, timestamp: seconds(1) }, false],
    ["without a signature", { ...right, signature: undefined }, false],
    ["without a time", { ...right, timestamp: undefined }, false],
    ["with an empty signature", { ...right, signature: "" }, false],
    ["with a signature cut short", { ...right, signature: right.signature.slice(0, -1) }, false],
    ["with a signature in capitals", { ...right, signature: right.signature.toUpperCase() }, false],
    ["with a time that is none", { signature: sign("NaN", BODY), timestamp: "NaN" }, false],
    [
      "with a time of many digits",
      { signature: sign("9".repeat(30), BODY), timestamp: "9".repeat(30) },
      false,
    ],
  ])("%s", (_, headers, accepted) => {
    expect(signedBySlack(SECRET, headers, BODY, NOW)).toBe(accepted);
  });
});

describe("words addressed to the bot", () => {
  test.each([
    ["<@UBOT> approve 12", "approve 12"],
    ["  <@UBOT>: explain", "explain"],
    ["<@UBOT|flaky>, help", "help"],
    ["<@UBOT>", ""],
    ["<@UBOT> two\nlines", "two\nlines"],
    ["ask <@UBOT> approve 12", null],
    ["<@UOTHER> approve 12", null],
    ["approve 12", null],
  ])("%j", (text, words) => {
    expect(addressedWords(text, "UBOT")).toBe(words);
  });

  test.each([
    ["approve 12", true],
    ["", true],
    ["aprove 12", true],
    ["what do you think of this one?", false],
    ["thanks a lot for the quick fix", false],
    ["zzzzzzzz", false],
    ["show me why this fails", false],
    ["explain this", true],
    ["explain this to me like I was five", false],
    ["explain #12 please", true],
    ["show #12 and tell me more", false],
    ["list", true],
    ["list open", true],
    ["list everything that you know about it", false],
    ["help me understand what happened", false],
    ["approve", true],
    ["approve it", true],
    ["approve nothing before I have looked", false],
    ["approve this only after the release", false],
    ["approve #12 but only the test", true],
    ["approve --anyway", true],
    ["revoke what you said about the queue", false],
    ["fix the typo in your comment", false],
    ["dismiss it is the network", true],
    ["mute 2d", true],
    ["mute this thread for the weekend", false],
    ["relay off", true],
    ["relay this to the others in the team", false],
    ["start with the queue I would say", false],
    ["rerun the whole thing on main", false],
    ["rerun #7 test", true],
    ["stats are not my thing", false],
    ["scan the logs of yesterday again", false],
    ["pause release day", true],
    ["cancel the meeting on Friday", false],
  ])("%j is a command: %p", (words, command) => {
    expect(intentOf(words).kind === "command").toBe(command);
  });
});
