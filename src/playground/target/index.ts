import { join } from "node:path";
import { readTree } from "./tree.ts";

export { type Change, history } from "./history.ts";

/** Name of the repository on the playground's GitHub. */
export const targetName = "playground/orchard";

/**
 * How a test of it is run: always with the others of its file, since one alone says nothing about their order.
 * Not all files, or the other flaky tests would stand in the way of a fix of one.
 */
export const targetToolchain = { test: "bun test {file}" };

/** Why a test of the target is flaky. */
export type FlakyKind = "race" | "shared state" | "deadline";

/** The tests that fail in about a third of their runs, as `bun test` names them. */
export const flakyTests: readonly { kind: FlakyKind; file: string; test: string }[] = [
  { kind: "race", file: "test/queue.test.ts", test: "packing queue > packs the first order of the morning" },
  { kind: "shared state", file: "test/catalog.test.ts", test: "catalog > asks the list price for an apple" },
  {
    kind: "deadline",
    file: "test/pickup.test.ts",
    test: "pickup desk > notes the hour the carrier confirms",
  },
];

/** The repository's first commit: text by path, dot files included, paths in order. */
export async function targetFiles(): Promise<Record<string, string>> {
  return readTree(join(import.meta.dir, "repository"));
}
