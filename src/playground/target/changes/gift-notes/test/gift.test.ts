import { expect, test } from "bun:test";
import { giftNote } from "../src/gift.ts";

test("a gift note is trimmed", () => {
  expect(giftNote("  for you ")).toBe("for you");
});
