import { expect, test } from "bun:test";
import { isForBots } from "../../../src/features/pulls/review.ts";

test("a comment of commands alone is for bots, and one with a word for people is not", () => {
  for (const body of ["/retest", " /test pull-unit \r\n\n/lgtm\n", "/cc @alice", "/hold"])
    expect([body, isForBots(body)]).toEqual([body, true]);
  const words = "Why does it wait?\n/hold";
  for (const body of [words, "/usr/lib is missing", "see /retest", "// no", "/", "", "    /indented"])
    expect([body, isForBots(body)]).toEqual([body, false]);
});
