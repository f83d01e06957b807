import type { Config } from "../../config/index.ts";

/**
 * Which comment has which pipeline run, where `pipelines` in flaky.yaml names none: that of apache/doris, whose CI
 * posts these contexts. For any other repository it matches nothing.
 */
const BUILT_IN: Readonly<Record<string, string>> = {
  "COMPILE (DORIS_COMPILE)": "run compile",
  "FE UT (Doris FE UT)": "run feut",
  "BE UT (Doris BE UT)": "run beut",
  "P0 Regression (Doris Regression)": "run p0",
  "P1 Regression": "run p1",
  vault_p1: "run p1",
  p1: "run p1",
  "vault_p0 (Doris Cloud Regression)": "run cloud_p0",
  "NonConcurrent Regression": "run nonConcurrent",
  "performance (Doris Performance)": "run performance",
  "External Regression": "run external",
  check_coverage: "run coverage",
  Coverage: "run coverage",
};

const REBASE = "rebase";
/** What is commented after a branch was brought up to date, where `pipelines.rebase` does not say. */
const BUILD_ALL = "run buildall";

type Settings = Pick<Config["file"], "pipelines">;

const tableOf = ({ pipelines }: Settings): [context: string, command: string][] => {
  const own = Object.entries(pipelines).filter(([name]) => name !== REBASE);
  return own.length > 0 ? own : Object.entries(BUILT_IN);
};

/** What is commented once a branch is up to date; null where `pipelines.rebase` is empty: CI starts by itself there. */
export const rebaseCommand = ({ pipelines }: Settings): string | null =>
  (pipelines[REBASE] ?? BUILD_ALL).trim() || null;

/** Contexts with a command of their own: the table as it is set. */
export const knownContexts = (settings: Settings): string[] => tableOf(settings).map(([context]) => context);

/**
 * The comment that has a check's pipeline run again: the table's word for its context, also in other letters or with
 * another note in brackets behind it. Null where there is none, or where that would leave two.
 */
export function commandOf(settings: Settings, context: string): string | null {
  const table = tableOf(settings);
  const exact = table.find(([name]) => name === context);
  if (exact !== undefined) return exact[1];
  const near = new Set(
    table.filter(([name]) => plain(name) === plain(context)).map(([, command]) => command),
  );
  const [only, ...more] = near;
  return only !== undefined && more.length === 0 ? only : null;
}

/** A name as one word, as commands' arguments are: `PD Test` is `PD-Test`. */
export const oneWord = (name: string): string => name.trim().replace(/\s+/g, "-");

/** The command that a person means by a context, by the command itself, or by its last word (`compile`). */
export function namedCommand(settings: Settings, name: string): string | null {
  const said = oneWord(name);
  const found = tableOf(settings).find(([context, command]) =>
    [context, command, command.replace(/^\S+\s+/, "")].some((known) => oneWord(known) === said),
  );
  return found?.[1] ?? null;
}

/**
 * The commands that one may choose from for a check without one. The built-in ones are offered only where a check of
 * the pull request is among them: elsewhere nobody would obey them.
 */
export function menuOf(settings: Settings, contexts: readonly string[]): string[] {
  const own = Object.keys(settings.pipelines).some((name) => name !== REBASE);
  if (!own && !contexts.some((context) => commandOf(settings, context) !== null)) return [];
  return [...new Set(tableOf(settings).map(([, command]) => command))];
}

const plain = (context: string): string =>
  context
    .toLowerCase()
    .replace(/\s*\([^()]*\)\s*$/, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
