import { GO } from "./go.ts";
import { JAVA } from "./java.ts";
import { JAVASCRIPT } from "./javascript.ts";
import { PYTHON } from "./python.ts";
import { RUST } from "./rust.ts";
import type { Spec } from "./spec.ts";

const ALL: readonly Spec[] = [GO, JAVASCRIPT, PYTHON, JAVA, RUST];

/** The language of a path by its ending; null where its syntax is not read. */
export function specOf(path: string): Spec | null {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return ALL.find((spec) => spec.extensions.includes(extension)) ?? null;
}

const TEST_FOLDER =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|testdata|testing|fixtures|__fixtures__|__snapshots__|e2e|specs?)\//;

/** True for test code and what only tests use. */
export const isTestPath = (path: string): boolean =>
  specOf(path)?.testFile.test(path) === true || TEST_FOLDER.test(path);
