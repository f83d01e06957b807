import { expect, test } from "bun:test";
import { z } from "zod";
import { fill, JsonSchema } from "../../../src/playground/model/json-schema.ts";

const fitted = (shape: z.ZodRawShape, values: Record<string, unknown>) =>
  fill(JsonSchema.parse(z.toJSONSchema(z.object(shape))), values);

test.each([
  ["text as it is", z.string(), "x", "x"],
  ["a flag where text would do too", z.union([z.boolean(), z.string().max(9)]), false, false],
  ["words where a flag would do too", z.union([z.boolean(), z.string().max(9)]), "no", "no"],
  ["a number as text", z.string(), 7, "7"],
  ["a list as text", z.string(), [1, 2], "1, 2"],
  ["one thing as a list", z.array(z.string()), "x", ["x"]],
  ["a list's items", z.array(z.string()), [1, 2], ["1", "2"]],
  ["a number cut to its maximum", z.int().max(10), 20, 10],
  ["objects in a list", z.array(z.object({ id: z.string() })), [{ id: 1, more: 2 }], [{ id: "1" }]],
  ["what may be null", z.number().nullable(), 3, 3],
])("gives %s", (_what, form, given, wanted) => {
  expect(fitted({ it: form }, { it: given, stray: 1 })).toEqual({ it: wanted });
});

test("leaves what it does not know empty, and out where it may be", () => {
  const shape = {
    text: z.string(),
    count: z.int(),
    flag: z.boolean(),
    list: z.array(z.string()),
    one: z.enum(["a", "b"]),
    none: z.string().nullable(),
    inner: z.object({ text: z.string() }),
    maybe: z.string().optional(),
  };
  const empty = { text: "", count: 0, flag: false, list: [], one: "a", none: null, inner: { text: "" } };
  expect(fitted(shape, {})).toEqual(empty);
  expect(z.object(shape).safeParse(empty).success).toBe(true);
});
