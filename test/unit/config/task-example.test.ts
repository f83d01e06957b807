import { expect, test } from "bun:test";
import { parseTaskFile } from "../../../src/features/fixes/run/task-file.ts";

test("docs/task.example.yaml is a valid task", async () => {
  const path = "docs/task.example.yaml";
  const text = await Bun.file(new URL(`../../../${path}`, import.meta.url)).text();
  expect(parseTaskFile(path, text).publish).toBe("none");
});
