import { redact } from "../../../kernel/text/redact.ts";

/** What the output of a run says of one failed test; `signature` is normalised, and empty where none can be read. */
export interface FailedTest {
  name: string;
  signature: string;
}

/** Values differ from run to run where a race decides them; the assertion is the same. */
const plain = (signature: string): string => redact(signature).replace(/\d+(?:\.\d+)?/g, "<n>");

/**
 * The signature of a failure that is none of the known ones; null where it is one of them, or where one side does not
 * tell. Of several failures of the test in one run, one that is known is enough.
 */
export function failedOtherwise(
  failures: readonly FailedTest[],
  known: readonly string[] | undefined,
): string | null {
  const wanted = new Set((known ?? []).filter((signature) => signature !== "").map(plain));
  const seen = failures.map(({ signature }) => signature);
  if (wanted.size === 0 || seen.includes("")) return null;
  if (seen.some((signature) => wanted.has(plain(signature)))) return null;
  return seen[0] === undefined ? null : redact(seen[0]);
}
