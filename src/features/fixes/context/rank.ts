import { redact } from "../../../kernel/text/redact.ts";
import type { PastCommit } from "../../../ports/git.ts";
import { usesOf } from "./calls.ts";
import { CodeIndex } from "./code-index.ts";
import { type FoundTest, findTest } from "./find-test.ts";
import { type Frame, framesIn } from "./frames.ts";
import { noteFailpoints, notePast, noteSecond, noteSpelled, noteWords } from "./hints.ts";
import { Imports } from "./imports.ts";
import { isTestFile, languageOf } from "./languages.ts";
import { type Question, type RankedFile, type Reason, Reasons } from "./model.ts";
import { type Past, readPast } from "./past.ts";
import { noteCalls, noteFrames, noteNeighbours, noteTests } from "./signals.ts";
import type { CodeTree } from "./tree.ts";
import { WEIGHTS } from "./weights.ts";

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
  noteSpelled(reasons, index, uses);
  noteNeighbours(reasons, index, imports, found);
  noteFailpoints(reasons, index, imports, found);
  noteWords(reasons, index, found);
  notePast(reasons, index, past, found, frames);
  noteSecond(reasons, index, past, ordered(reasons, past));
  const files = ordered(reasons, past).slice(0, question.top);
  return { files, found, frames, index };
}

function ordered(reasons: Reasons, past: Past): RankedFile[] {
  return [...reasons.byPath]
    .map(([path, list]) => scored(path, list, past.lively(path)))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}

/** A file that is still worked on is likelier to matter than one nobody touched for years. */
const LIVELY = { least: 0.4, more: 0.3 };
/** Other tests than the one that failed (not their helpers), and what is no code, are seldom what has to be read. */
const OTHER_TEST = 0.5;
const NO_CODE = 0.5;

/** Reasons add up. */
function scored(path: string, reasons: readonly Reason[], lively: number): RankedFile {
  const best = [...reasons].sort((a, b) => b.weight - a.weight);
  const isTest = isTestFile(path);
  let total = best.reduce((sum, { weight }) => sum + weight, 0) * (LIVELY.least + LIVELY.more * lively);
  if (languageOf(path)?.isTest(path) && (best[0]?.weight ?? 0) < WEIGHTS.frame) total *= OTHER_TEST;
  if (languageOf(path) === undefined) total *= NO_CODE;
  const score = Math.round((total / (total + 2)) * 1e4) / 1e4;
  const texts = [...new Set(best.map(({ text }) => text))].slice(0, 3);
  const sentence = redact(texts.join("; ")).replace(/\s+/g, " ").slice(0, 400);
  const line = best.find((reason) => reason.line !== undefined)?.line;
  const kind = isTest ? "Test code" : "Product code";
  return { path, score, ...(line === undefined ? {} : { line }), why: `${kind}: ${sentence}.` };
}
