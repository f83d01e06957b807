import { repoConfig } from "../../config/index.ts";
import { RefusedError } from "../../kernel/errors.ts";
import type { Context } from "../context.ts";
import { sourceFile } from "../failures/source-file.ts";
import { wordsOf } from "../findings/kinds.ts";
import type { Finding } from "../findings/model.ts";
import { sightingsOf, signaturesOf } from "../flakes/store.ts";
import { shownOf } from "../issues/shown.ts";
import { issueOf } from "../issues/store.ts";
import { conversation } from "../threads/store.ts";
import { earlierFixes } from "./earlier.ts";
import type { Conflict, FixInput, FixTest, ReviewComment, Runs } from "./model.ts";
import { overrulesFor } from "./overrules.ts";
import { pathRules } from "./paths.ts";
import type { Task } from "./store.ts";
import { twinLine, twinsOf } from "./twins.ts";

type Deps = Pick<Context, "db" | "config" | "forge" | "clock">;

/** What the runner needs beside the finding itself, for a further round on a pull request. */
export interface Round {
  patch: string | null;
  baseSha: string | null;
  /** What people with rights asked for. */
  comments: ReviewComment[];
  /** What others wrote below it: to be read as data. */
  strangers: { author: string; text: string }[];
  /** How often it failed when the first fix was made; null for a first one. */
  knownRate: Runs | null;
  /** Set where the pull request conflicts with its base. */
  conflict: Omit<Conflict, "base"> | null;
}

/**
 * Puts together what a fixer starts from.
 * @throws RefusedError when the repository's settings name no way to run its tests, or a fix of it is in flight.
 */
export async function fixInput(deps: Deps, task: Task, finding: Finding, round: Round): Promise<FixInput> {
  const settings = repoConfig(deps.config, finding.repo);
  if (settings?.toolchain === undefined) {
    throw new RefusedError(
      `flaky.yaml names no toolchain for ${finding.repo}: without its test line nothing can be proven`,
    );
  }
  const { defaultBranch } = await deps.forge.repository(settings.write);
  const cloneUrl = await deps.forge.gitUrl(settings.write, "read");
  const newest = await newestOf(deps, finding);
  const issue = await issueOf(deps.db, finding.id);
  const signatures = await signaturesOf(deps.db, finding.id);
  const talk = await conversation(deps.db, finding.id, 50);
  const twins =
    task.kind === "fix" && finding.kind !== "issue" ? await twinsOf(deps, settings.write, finding) : null;
  if (twins?.open) {
    throw new RefusedError(
      `twin_in_flight: ${twins.open.url} by ${twins.open.author} is open for the same test. When it is closed without a fix, start again`,
    );
  }
  const known = await earlierFixes(deps.db, finding);
  const others = (twins?.closed ?? []).filter((pull) => !known.some((line) => line.startsWith(pull.url)));
  const overrules = await overrulesFor(deps, task, finding);
  const { budget, prove } = deps.config.file;
  return {
    taskId: task.id,
    kind: task.kind === "fix" ? FIXES[finding.kind] : task.kind,
    repo: finding.repo,
    source: { cloneUrl },
    base: round.baseSha ?? defaultBranch,
    branch: task.branch,
    ...(round.patch === null ? {} : { resumePatch: round.patch }),
    test: finding.kind === "flaky_test" ? testOf(finding) : null,
    objective: objectiveOf(finding),
    evidence: [`signature: ${finding.signature}`, newest?.message ?? "", newest?.excerpt ?? ""].join("\n\n"),
    signatures: [...new Set([finding.signature, ...signatures])],
    titlePrefix: wordsOf(finding).commit,
    analysis: issue?.analysis ?? null,
    context: null,
    discussion: [
      ...talk.map(({ author, text, trusted }) => ({ author, text, trusted })),
      ...round.strangers.map((remark) => ({ ...remark, trusted: false })),
      ...overrules.map(({ rule, path, by, reason }) => ({
        author: by,
        text: `The restraint rule \`${rule}\` may be broken${path === undefined ? "" : ` in ${path}`}: ${reason}`,
        trusted: true,
      })),
      ...(task.note === null ? [] : [{ author: task.requestedBy, text: task.note, trusted: true }]),
    ],
    reviewComments: round.comments,
    toolchain: settings.toolchain,
    prove,
    paths: pathRules(settings, finding),
    gates: settings.gates,
    overrules,
    budget: { usd: budget.usd_per_task, steps: budget.steps, minutes: budget.minutes },
    earlierFixes: [...known, ...others.map(twinLine)],
    ...(round.knownRate === null ? {} : { knownRate: round.knownRate }),
    ...(round.conflict === null ? {} : { conflict: { ...round.conflict, base: defaultBranch } }),
    fixer: settings.fixer === undefined ? { kind: "model" } : { kind: "command", ...settings.fixer },
  };
}

const FIXES = { flaky_test: "fix", runtime_error: "error", issue: "task" } as const;

/** What happened last: a failure of the test, or what the service logged. */
async function newestOf(deps: Deps, finding: Finding) {
  if (finding.kind === "runtime_error") return shownOf(deps, deps.db, finding);
  return (await sightingsOf(deps.db, finding.id, 1))[0];
}

function objectiveOf(finding: Finding): string | null {
  if (finding.kind === "flaky_test") return null;
  return finding.kind === "issue" ? `${finding.test}\n\n${finding.signature}` : finding.test;
}

const testOf = (finding: Finding): FixTest => ({
  name: finding.test,
  ...(finding.package === null ? {} : { package: finding.package }),
  file: sourceFile(finding.file),
  framework: finding.framework,
});
