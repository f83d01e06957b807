import { redact } from "../../../kernel/text/redact.ts";
import type { PastCommit } from "../../../ports/git.ts";
import { usesOf } from "./calls.ts";
import { CodeIndex } from "./code-index.ts";
import { findTest, type FoundTest } from "./find-test.ts";
import { type Frame, framesIn } from "./frames.ts";
import { Imports } from "./imports.ts";
import { isTestFile } from "./languages.ts";
import { type Question, type RankedFile, type Reason, Reasons } from "./model.ts";
import { readPast } from "./past.ts";
import { noteCalls, noteFrames, noteNames, noteNeighbours, notePast, noteTests } from "./signals.ts";
import type { CodeTree } from "./tree.ts";

/** The files, and what of the question was found in the tree. */
export interface Ranking {
  files: RankedFile[];
  found: FoundTest[];
  frames: Frame[];
  index: CodeIndex;
}

/**
 * Which files somebody who fixes the tests should read, best first: definitions, helpers, what is called, what the log
 * names, what was changed together. Pure; the same question gives the same answer.
 */
export function rank(tree: CodeTree, commits: readonly PastCommit[], question: Question): Ranking {
  const index = new CodeIndex(tree);
  const imports = new Imports(index);
  const past = readPast(commits);
  const found = question.tests.map((test) => findTest(index, test)).filter((each) => each !== null);
  const reasons = new Reasons();
  const frames = framesIn(question.text, tree.files);
  noteTests(reasons, index, found);
  noteFrames(reasons, frames);
  const uses = usesOf(index, imports, found);
  noteCalls(reasons, uses);
  noteNeighbours(reasons, index, imports, found);
  noteNames(reasons, index, imports, found);
  notePast(reasons, past, found, frames, new Set(tree.files));
  const files = [...reasons.byPath]
    .map(([path, list]) => scored(path, list, past.lively(path)))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, question.top);
  return { files, found, frames, index };
}

/** Reasons add up; a file that is still worked on is likelier to matter than one nobody touched for years. */
function scored(path: string, reasons: readonly Reason[], lively: number): RankedFile {
  const sum = reasons.reduce((total, { weight }) => total + weight, 0);
  const total = sum * (0.5 + lively);
  const score = Math.round((total / (total + 2)) * 1e4) / 1e4;
  const best = [...reasons].sort((a, b) => b.weight - a.weight);
  const texts = [...new Set(best.map(({ text }) => text))].slice(0, 3);
  const sentence = redact(texts.join("; ")).replace(/\s+/g, " ").slice(0, 400);
  return { path, score, why: `${isTestFile(path) ? "Test code" : "Product code"}: ${sentence}.` };
}
