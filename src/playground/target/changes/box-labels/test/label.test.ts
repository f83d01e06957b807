import { expect, test } from "bun:test";
import { label } from "../src/label.ts";

test("a label fits the printer", () => {
  expect(label("A-1", "Bartholomew Featherstonehaugh")).toHaveLength(24);
});
