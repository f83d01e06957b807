import type { Extraction } from "../../failures/model.ts";
import type { NamedTest, Question } from "./model.ts";

/** Tests of one log that are looked at; a log of more has another cause than any of them. */
const MAX_TESTS = 5;

/** What a log asks for: its failed tests, and the text around them. Tests that others felled or a retry saved come last. */
export function questionOfLog({ failures, excerpts }: Extraction): Pick<Question, "tests" | "text"> {
  const ordered = failures
    .map((failure, at) => ({ failure, text: `${failure.message}\n${excerpts.get(at)?.text ?? ""}` }))
    .sort((a, b) => later(a.failure) - later(b.failure));
  const chosen = ordered.slice(0, MAX_TESTS);
  const tests: NamedTest[] = chosen.map(({ failure }) => ({
    name: failure.test,
    suite: failure.suite,
    package: failure.package,
    file: failure.file,
  }));
  return { tests, text: chosen.map(({ text }) => text).join("\n") };
}

const later = ({
  cascade_of,
  retried_ok,
}: {
  cascade_of?: string | undefined;
  retried_ok?: true | undefined;
}) => (cascade_of === undefined ? 0 : 2) + (retried_ok === undefined ? 0 : 1);
