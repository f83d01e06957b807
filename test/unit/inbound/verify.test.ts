import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { addressedWords, isCommand } from "../../../src/inbound/slack/talk.ts";
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
  ])("%j is a command: %p", (words, command) => {
    expect(isCommand(words)).toBe(command);
  });
});
