import { UserError } from "../../../kernel/errors.ts";
import type { History } from "../../../ports/git.ts";
import { nearestTests } from "./find-test.ts";
import type { Question, RankedFile } from "./model.ts";
import { rank } from "./rank.ts";
import { readTree } from "./tree.ts";

export type { NamedTest, Question, RankedFile } from "./model.ts";
export { questionOfLog } from "./of-log.ts";

/**
 * Which files of the repository in `root` somebody who fixes the tests should read, best first. Reads the folder and
 * its history, and nothing else. Throws UserError when neither a test nor a place of the log is found in it.
 */
export async function contextOf(
  root: string,
  question: Question,
  history: History,
): Promise<readonly RankedFile[]> {
  const hints = question.tests
    .flatMap(({ file, package: unit }) => [file, unit])
    .filter((hint) => hint !== undefined);
  const [tree, commits] = await Promise.all([readTree(root, hints), history(root)]);
  const { files, found, frames, index } = rank(tree, commits, question);
  if (found.length > 0 || frames.length > 0) return files;
  const names = question.tests.map(({ name }) => name.slice(0, 200));
  const near = question.tests.flatMap((test) => nearestTests(index, test));
  const looked = `looked for ${names.join(", ") || "places of the log"} in ${tree.texts.size} files of code`;
  const hint =
    near.length > 0 ? `Is it ${near.join(" or ")}?` : "Give the name as the test's framework prints it.";
  throw new UserError(`no such test: ${looked} and found no definition. ${hint}`);
}
