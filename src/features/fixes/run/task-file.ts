import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../../../kernel/errors.ts";
import { RepoName, TaskId } from "../../../kernel/ids.ts";
import type { FixInput, FixTest } from "../model.ts";
import { parseRiskRule } from "./risk.ts";

const Lines = z.string().min(1);
const Branch = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,200}$/, "expected a branch name");

/** `task.yaml`: an ephemeral task. */
export const TaskFile = z.strictObject({
  id: TaskId,
  branch: Branch,
  objective: z.string().min(1).max(20_000),
  target: z
    .strictObject({ include: z.array(z.string()).default([]), exclude: z.array(z.string()).default([]) })
    .prefault({}),
  strategy: z.looseObject({ batch_mode: z.string().optional() }).optional(),
  limits: z
    .strictObject({
      max_commits: z.int().positive().default(5),
      max_runtime_minutes: z.number().positive().default(30),
      max_steps: z.int().positive().default(60),
      max_usd: z.number().positive().default(2),
    })
    .prefault({}),
  quality_gates: z
    .strictObject({
      require_all_tests_pass: z.literal(true).default(true),
      min_coverage_delta: z.number().default(0),
      forbid_new_type_errors: z.literal(true).default(true),
    })
    .prefault({}),
  pr: z
    .strictObject({
      title_prefix: z.string().max(60).default("test:"),
      risk_rules: z
        .strictObject({
          high_if: z
            .array(z.string().refine((rule) => parseRiskRule(rule) !== null, "expected FIELD OP NUMBER"))
            .default([]),
        })
        .prefault({}),
    })
    .prefault({}),
  toolchain: z.strictObject({
    setup: Lines.optional(),
    test: Lines,
    suite: Lines.optional(),
    lint: Lines.optional(),
    types: Lines.optional(),
    coverage: Lines.optional(),
  }),
  prove: z
    .strictObject({
      test: z.string().optional(),
      package: z.string().optional(),
      file: z.string().optional(),
      runs: z.int().positive().max(1000).default(60),
    })
    .prefault({}),
  fixer: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("model") }),
      z.strictObject({ kind: z.literal("command"), command: z.array(z.string()).min(1) }),
    ])
    .default({ kind: "model" }),
  publish: z.enum(["none", "push", "pull"]).default("pull"),
});
export type TaskFile = z.infer<typeof TaskFile>;

/** Reads a task; throws UserError that names the file and every fault. */
export function parseTaskFile(name: string, text: string): TaskFile {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new UserError(`${name} is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const checked = TaskFile.safeParse(value);
  if (checked.success) return checked.data;
  throw new UserError(`${name} is not a task:\n${z.prettifyError(checked.error)}`);
}

/** What the runner starts from for a task on a local repository. */
export function inputOfTask(task: TaskFile, repoDir: string): FixInput {
  const { fixer, limits, prove, target, toolchain } = task;
  return {
    taskId: task.id,
    kind: "task",
    repo: RepoName.parse("local/repository"),
    source: { localDir: repoDir },
    base: null,
    branch: task.branch,
    test: testOf(task),
    objective: task.objective,
    evidence: "",
    analysis: null,
    context: null,
    discussion: [],
    reviewComments: [],
    toolchain: defined(toolchain),
    prove: { runs: prove.runs },
    paths: { allow: target.include, deny: target.exclude, product: "allow" },
    budget: { usd: limits.max_usd, steps: limits.max_steps, minutes: limits.max_runtime_minutes },
    earlierFixes: [],
    fixer,
    titlePrefix: task.pr.title_prefix,
    riskRules: task.pr.risk_rules.high_if,
  };
}

/** Without the keys that zod sets to undefined. */
function defined(toolchain: TaskFile["toolchain"]): FixInput["toolchain"] {
  const { setup, test, suite, lint, types, coverage } = toolchain;
  return {
    test,
    ...(setup === undefined ? {} : { setup }),
    ...(suite === undefined ? {} : { suite }),
    ...(lint === undefined ? {} : { lint }),
    ...(types === undefined ? {} : { types }),
    ...(coverage === undefined ? {} : { coverage }),
  };
}

function testOf({ prove, toolchain }: TaskFile): FixTest | null {
  if (prove.test === undefined) return null;
  const framework =
    /\b(bun|vitest|jest|pytest)\b/.exec(toolchain.test)?.[1] ??
    (/\bgo\b/.test(toolchain.test) ? "go" : "other");
  return {
    name: prove.test,
    framework,
    file: prove.file ?? null,
    ...(prove.package === undefined ? {} : { package: prove.package }),
  };
}
