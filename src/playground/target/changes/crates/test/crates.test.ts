import { expect, test } from "bun:test";
import { crates } from "../src/crates.ts";

test("a part of a crate is a crate", () => {
  expect(crates(21)).toBe(3);
});
