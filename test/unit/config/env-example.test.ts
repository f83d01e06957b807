import { expect, test } from "bun:test";
import { Env } from "../../../src/config/env.ts";

const source = await Bun.file(new URL("../../../.env.example", import.meta.url)).text();
const lines = source.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
const given = Object.fromEntries(
  lines.map((line): [string, string] => {
    const at = line.indexOf("=");
    return [line.slice(0, at), line.slice(at + 1)];
  }),
);

test(".env.example lists every variable once, and no other", () => {
  expect(lines).toHaveLength(Object.keys(given).length);
  expect(Object.keys(given).sort()).toEqual(Object.keys(Env.shape).sort());
});

test("a value it shows is the default", () => {
  const shown = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  expect(Env.parse(shown)).toEqual(Env.parse({}));
});
