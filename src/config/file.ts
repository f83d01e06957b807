import { CronPattern } from "croner";
import { z } from "zod";
import { ChatUserId, Login, RepoName } from "../kernel/ids.ts";
import { StressSetting } from "../kernel/stress.ts";

const cron = z.string().refine((pattern) => {
  try {
    return new CronPattern(pattern) !== null;
  } catch {
    return false;
  }
}, "not a cron pattern");

const Committers = z.union([
  z.strictObject({ permission: z.enum(["triage", "write", "maintain", "admin"]) }),
  z.strictObject({ list: z.array(Login).min(1) }),
  z.strictObject({ owners: z.string() }),
]);

/** Shell lines; `{test}`, `{package}` and `{count}` are filled in where they stand. */
export const Toolchain = z.strictObject({
  setup: z.string().exactOptional(),
  test: z.string(),
  /** All tests, run once after the change; default is `test` without its filter. */
  suite: z.string().exactOptional(),
  lint: z.string().exactOptional(),
  types: z.string().exactOptional(),
  coverage: z.string().exactOptional(),
});
export type Toolchain = z.infer<typeof Toolchain>;

const Paths = z.strictObject({
  allow: z.array(z.string()).default([]),
  deny: z.array(z.string()).default([]),
  product: z.enum(["deny", "allow"]).default("deny"),
  /** What a fix of a runtime error may change, which is product code; empty: all that is not denied. */
  errors: z.array(z.string()).default([]),
});

/** Verdicts of the restraint gates by rule, where they are to differ from the default table (docs/gates.md). */
const Gates = z.record(z.string().regex(/^[a-z-]+$/), z.enum(["refuse", "label", "allow"]));

const Pull = z.strictObject({
  /** The template's path in the repository; by default the one GitHub would take. `none`: our own text as it is. */
  template: z.string().default("auto"),
  signoff: z.boolean().default(false),
  reviewers: z.array(Login).default([]),
  link: z.enum(["ref", "close"]).default("ref"),
  merge: z.enum(["never", "auto"]).default("never"),
  /** Opened as a draft; ready, and reviewers asked, once its checks are green, or there turn out to be none. */
  draft: z.boolean().default(true),
  /** Names of checks that tell whether it may be merged, not whether its tests pass: they wait as long as it is open. */
  ignore_checks: z.array(z.string()).default(["tide"]),
});

const address = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

/** A Prow that tests the repository beside, or instead of, the forge's own CI. */
const Prow = z.strictObject({
  /** Deck: what the links of its statuses begin with. */
  url: address,
  /** What the buckets of its artifacts lie under; nothing else is asked. */
  store: address.default("https://storage.googleapis.com"),
  /** Globs for the contexts of its statuses; default all. */
  jobs: z.array(z.string()).default([]),
});

const Repo = z
  .strictObject({
    source: RepoName,
    /** Where it, and what is written for it, lives; `auto`: GitHub, but Gitea where only Gitea's credential is set. */
    forge: z.enum(["github", "gitea", "auto"]).default("auto"),
    projects: z.array(z.string()).default([]),
    write: RepoName.optional(),
    push: RepoName.optional(),
    workflows: z.array(z.string()).default([]),
    branches: z.array(z.string()).default([]),
    prow: Prow.optional(),
    channel: z.string().min(1),
    relay: z.enum(["both", "to_slack", "off"]).default("both"),
    committers: Committers.default({ permission: "write" }),
    toolchain: Toolchain.optional(),
    /** A program that makes the change in place of the model, in the sandbox; the prompt's path is in TASK_PROMPT. */
    fixer: z.strictObject({ command: z.array(z.string().min(1)).min(1) }).optional(),
    labels: z.array(z.string().regex(/^[a-z0-9-]+$/)).default([]),
    paths: Paths.prefault({}),
    gates: Gates.default({}),
    pull: Pull.prefault({}),
  })
  .transform((repo) => {
    const write = repo.write ?? repo.source;
    return { ...repo, write, push: repo.push ?? write };
  });

/** `flaky.yaml`: all that is not secret. Unknown keys are faults, since a misspelt one would be silently without effect. */
export const ConfigFile = z.strictObject({
  repos: z.array(Repo).min(1, "at least one repository has to be named"),
  people: z.record(ChatUserId, Login).default({}),
  schedule: z
    .strictObject({ scan: cron.default("0 3 */3 * *"), sweep: cron.default("*/5 * * * *") })
    .prefault({}),
  bar: z
    .strictObject({
      confidence: z.number().min(0).max(1).default(0.75),
      sightings: z.int().min(1).default(2),
      triage: z.boolean().default(false),
      errors: z.int().min(1).default(1),
    })
    .prefault({}),
  budget: z
    .strictObject({
      usd_per_task: z.number().positive().default(2),
      usd_per_day: z.number().positive().default(20),
      steps: z.int().positive().default(60),
      minutes: z.number().positive().default(30),
    })
    .prefault({}),
  limits: z
    .strictObject({
      approval_days: z.number().positive().default(7),
      review_rounds: z.int().min(0).default(5),
      bot_turns: z.int().min(0).default(3),
      nudge_days: z.number().positive().default(7),
      issues_per_scan: z.int().min(0).default(5),
      issues_per_day: z.int().min(0).default(10),
      /** Pull requests of ours open at once in a repository; further fixes wait. */
      open_pulls: z.int().min(1).default(10),
      /** A worker that is silent for so long has lost its tasks to the others. */
      worker_silence_seconds: z.int().min(5).default(10),
    })
    .prefault({}),
  quiet: z
    .strictObject({ runs: z.int().min(1).default(50), days: z.number().min(0).default(14) })
    .prefault({}),
  keep: z.strictObject({ excerpt_days: z.number().positive().default(90) }).prefault({}),
  targets: z
    .array(
      z.strictObject({
        label: z.string().min(1).max(100),
        /** A login; of an App `app/NAME`. It becomes part of a search's words. */
        user: z.string().regex(/^(app\/)?[A-Za-z0-9_-]+$/, "expected a login, or app/NAME"),
        /** Empty: everywhere. */
        repos: z.array(RepoName).default([]),
      }),
    )
    .refine(
      (targets) => new Set(targets.map(({ label }) => label)).size === targets.length,
      "two targets have the same label",
    )
    .default([]),
  pipelines: z.record(z.string(), z.string()).default({}),
  nodes: z
    .array(
      z.strictObject({
        url: z.url({ protocol: /^https?$/, error: "expected http(s)://…" }),
        labels: z.array(z.string()).default([]),
        /** Tasks that the service gives it at once; the node's own limit holds as well. */
        capacity: z.int().min(1).default(1),
        /** It may push what it made, and its credential writes code; else it hands in a patch. */
        push: z.boolean().default(false),
      }),
    )
    .default([]),
  /** How many runs each side of a proof may take at the most, and what to try where plain ones do not fail. */
  prove: z
    .strictObject({ runs: z.int().min(20).default(200), stress: StressSetting.default("auto") })
    .prefault({}),
});
export type ConfigFile = z.infer<typeof ConfigFile>;
export type RepoConfig = ConfigFile["repos"][number];
export type Target = ConfigFile["targets"][number];
