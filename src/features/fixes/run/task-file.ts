import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../../../kernel/errors.ts";
import { RepoName, TaskId } from "../../../kernel/ids.ts";
import { StressSetting } from "../../../kernel/stress.ts";
import { BATCH_MODES, type FixInput, type FixTest, TASK_TEMPLATES, type TaskRules } from "../model.ts";
import { parseRiskRule, RISK_FIELDS } from "./risk.ts";

const Lines = z.string().min(1);
const Branch = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,200}$/, "expected a branch name");
/** A glob or a plain path below the repository's root. */
const Glob = z
  .string()
  .min(1)
  .max(1000)
  .refine(
    (glob) => !glob.startsWith("/") && !glob.split("/").includes(".."),
    "expected a path or glob below the repository's root",
  );
const Label = z.string().min(1).max(50);

const RiskRules = z.strictObject({
  high_if: z
    .array(
      z
        .string()
        .refine(
          (rule) => parseRiskRule(rule) !== null,
          `expected FIELD OP NUMBER, such as \`coverage_delta < -2\`; the fields are ${RISK_FIELDS.join(", ")}`,
        ),
    )
    .default([]),
});

const Limits = z.strictObject({
  max_commits: z.int().positive().max(100).default(5),
  max_runtime_minutes: z
    .number()
    .positive()
    .max(24 * 60)
    .default(30),
  max_steps: z.int().positive().default(60),
  max_usd: z.number().positive().default(2),
  /** Tries again of one batch after an objection. Default 2; 0 for a command, which does the same each time. */
  max_retries: z.int().min(0).max(20).optional(),
  max_diff_lines: z.int().positive().optional(),
});

/** `task.yaml`: an ephemeral task. */
export const TaskFile = z
  .strictObject({
    id: TaskId,
    /** Default: `auto/<id>`. */
    branch: Branch.optional(),
    /** What kind of task it is; decides on the prompt. */
    template: z.enum(TASK_TEMPLATES).optional(),
    objective: z.string().min(1).max(20_000),
    target: z
      .strictObject({ include: z.array(Glob).default([]), exclude: z.array(Glob).default([]) })
      .prefault({}),
    strategy: z.strictObject({ batch_mode: z.enum(BATCH_MODES).default("all") }).prefault({}),
    limits: Limits.prefault({}),
    quality_gates: z
      .strictObject({
        require_all_tests_pass: z.boolean().default(true),
        min_coverage_delta: z.number().min(-100).max(100).default(0),
        forbid_new_type_errors: z.boolean().default(true),
      })
      .prefault({}),
    pr: z
      .strictObject({
        title_prefix: z.string().max(60).default("test:"),
        labels: z.array(Label).default([]),
        risk_rules: RiskRules.prefault({}),
      })
      .prefault({}),
    toolchain: z
      .strictObject({
        setup: Lines.optional(),
        test: Lines.optional(),
        suite: Lines.optional(),
        lint: Lines.optional(),
        types: Lines.optional(),
        coverage: Lines.optional(),
      })
      .prefault({}),
    prove: z
      .strictObject({
        test: z.string().min(1).optional(),
        package: z.string().optional(),
        file: z.string().optional(),
        runs: z.int().positive().max(1000).default(60),
        stress: StressSetting.default("auto"),
      })
      .prefault({}),
    fixer: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("model") }),
        z.strictObject({
          kind: z.literal("command"),
          command: z.array(z.string().min(1)).min(1),
          /** The program may ask the model; its key stays outside of the sandbox. */
          model: z.boolean().default(false),
        }),
      ])
      .default({ kind: "model" }),
    publish: z.enum(["none", "push", "pull"]).default("pull"),
    keep_failing: z.boolean().default(false),
    failure_pr: z.boolean().default(false),
  })
  .refine((task) => task.prove.test === undefined || task.toolchain.test !== undefined, {
    path: ["toolchain", "test"],
    message: "a test can only be proven with the line that runs it",
  })
  .transform((task) => ({ ...task, branch: task.branch ?? `auto/${task.id}` }));
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
    prove: { runs: prove.runs, stress: prove.stress },
    paths: { allow: target.include, deny: target.exclude, product: "allow" },
    budget: { usd: limits.max_usd, steps: limits.max_steps, minutes: limits.max_runtime_minutes },
    earlierFixes: [],
    fixer,
    titlePrefix: task.pr.title_prefix,
    riskRules: task.pr.risk_rules.high_if,
    rules: rulesOfTask(task),
    ...(task.template === undefined ? {} : { template: task.template }),
  };
}

function rulesOfTask({ strategy, limits, quality_gates: gates, fixer, prove, ...task }: TaskFile): TaskRules {
  return {
    // one test's fix is one change: its parts would not stand the proof alone
    batch: prove.test === undefined ? strategy.batch_mode : "all",
    retries: limits.max_retries ?? (fixer.kind === "model" ? 2 : 0),
    maxCommits: limits.max_commits,
    keepFailing: task.keep_failing,
    allTestsPass: gates.require_all_tests_pass,
    minCoverageDelta: gates.min_coverage_delta,
    noNewTypeErrors: gates.forbid_new_type_errors,
    maxDiffLines: limits.max_diff_lines ?? null,
  };
}

/** Without the keys that zod sets to undefined. */
function defined(toolchain: TaskFile["toolchain"]): FixInput["toolchain"] {
  const { setup, test, suite, lint, types, coverage } = toolchain;
  return {
    ...(test === undefined ? {} : { test }),
    ...(setup === undefined ? {} : { setup }),
    ...(suite === undefined ? {} : { suite }),
    ...(lint === undefined ? {} : { lint }),
    ...(types === undefined ? {} : { types }),
    ...(coverage === undefined ? {} : { coverage }),
  };
}

function testOf({ prove, toolchain }: TaskFile): FixTest | null {
  if (prove.test === undefined) return null;
  const line = toolchain.test ?? "";
  const framework = /\b(bun|vitest|jest|pytest)\b/.exec(line)?.[1] ?? (/\bgo\b/.test(line) ? "go" : "other");
  return {
    name: prove.test,
    framework,
    file: prove.file ?? null,
    ...(prove.package === undefined ? {} : { package: prove.package }),
  };
}
