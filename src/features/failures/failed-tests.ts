import { extractText } from "./extract/engine.ts";

/** The tests that failed in a run's output, with their normalised signatures; null where none can be read. */
export function failedTests(output: string): { name: string; signature: string }[] | null {
  const found = extractText(output, { repo: "" }).failures.filter((failure) => failure.retried_ok !== true);
  return found.length === 0 ? null : found.map(({ test, signature }) => ({ name: test, signature }));
}
