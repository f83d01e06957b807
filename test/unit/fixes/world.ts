import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { failedTests } from "../../../src/features/failures/failed-tests.ts";
import { type FixInput, TaskStatus } from "../../../src/features/fixes/model.ts";
import { type FixDeps, runFix } from "../../../src/features/fixes/run/index.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { RepoName, TaskId } from "../../../src/kernel/ids.ts";
import { loadPrompts } from "../../../src/kernel/prompt.ts";
import { createGit } from "../../../src/outbound/git/index.ts";
import { detectSandbox } from "../../../src/outbound/sandbox/index.ts";
import type { Model, ModelMessage, ModelReply } from "../../../src/ports/model.ts";

export const root = join(import.meta.dir, "../../..");

const PACKER = `export class Packer {
  readonly packed: string[] = [];
  #jobs: Promise<void> = Promise.resolve();

  add(item: string): void {
    const job = new Promise((done) => setTimeout(done, Math.random() * 30)).then(() => void this.packed.push(item));
    this.#jobs = Promise.all([this.#jobs, job]).then(() => undefined);
  }

  settled(): Promise<void> {
    return this.#jobs;
  }
}
`;

export const RACE_TEST = `import { expect, test } from "bun:test";
import { Packer } from "../src/packer.ts";

test("packs what was added", async () => {
  const packer = new Packer();
  packer.add("apple");
  await new Promise((done) => setTimeout(done, 20));
  expect(packer.packed).toHaveLength(1);
});

test("packs nothing", () => {
  expect(new Packer().packed).toEqual([]);
});
`;

export interface Scratch extends AsyncDisposable {
  dir: string;
  /** A repository with one test that fails in about a third of its runs. */
  repo: string;
}

/** Runs git for a test's own set-up, away from the machine's settings. */
export async function sh(cwd: string, ...argv: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ann",
    GIT_AUTHOR_EMAIL: "ann@example.org",
    GIT_COMMITTER_NAME: "Ann",
    GIT_COMMITTER_EMAIL: "ann@example.org",
  };
  const done = Bun.spawnSync(argv, { cwd, env });
  if (done.exitCode !== 0) throw new Error(`${argv.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout.toString().trim();
}

export async function scratch(files: Record<string, string> = {}): Promise<Scratch> {
  const dir = await mkdtemp(join(tmpdir(), "fixes-"));
  const repo = join(dir, "repo");
  const all = { "src/packer.ts": PACKER, "test/packer.test.ts": RACE_TEST, ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(repo, path)), { recursive: true });
    await writeFile(join(repo, path), text);
  }
  await sh(repo, "git", "init", "-q", "-b", "main");
  await sh(repo, "git", "add", "-A");
  await sh(repo, "git", "commit", "-qm", "Start");
  return { dir, repo, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

export type Say = { name: string; args: unknown } | { raw: string; name: string } | { text: string };

/** A model that says one thing after the other, and the last one again and again. Keeps what it was sent. */
export class ScriptedModel implements Model {
  readonly seen: ModelMessage[][] = [];
  readonly #script: readonly Say[];
  #asked = 0;

  constructor(...script: Say[]) {
    this.#script = script;
  }

  async ask(request: Parameters<Model["ask"]>[0]): Promise<ModelReply> {
    this.seen.push(structuredClone(request.messages));
    const say = this.#script[Math.min(this.#asked, this.#script.length - 1)];
    this.#asked++;
    const usage = { inputTokens: 100, outputTokens: 10, usd: 0.01 };
    if (say === undefined || "text" in say)
      return { text: say?.text ?? "", toolCalls: [], usage, model: "scripted" };
    const text = "raw" in say ? say.raw : JSON.stringify(say.args);
    return {
      text: null,
      toolCalls: [{ id: `call-${this.#asked}`, name: say.name, arguments: text }],
      usage,
      model: "scripted",
    };
  }

  /** Results of tools that the model was sent last. */
  results(): string[] {
    return (this.seen.at(-1) ?? []).flatMap((message) => (message.role === "tool" ? [message.content] : []));
  }
}

export const finish: Say = {
  name: "finish",
  args: {
    mechanism: "The length is read before the job has pushed; settled() waits for it.",
    change: "Waits for settled() in place of 20 ms.",
    product_at_fault: false,
  },
};

export const edit = (before: string, after: string, path = "test/packer.test.ts"): Say => ({
  name: "edit_file",
  args: { path, old: before, new: after },
});

export const GOOD_FIX = edit("await new Promise((done) => setTimeout(done, 20));", "await packer.settled();");

export const { sandbox } = await detectSandbox({
  path: process.env.PATH ?? "",
  want: "auto",
  allowNone: true,
});

export function inputFor(world: Scratch, over: Partial<FixInput> = {}): FixInput {
  return {
    taskId: TaskId.parse("task-1"),
    kind: "fix",
    repo: RepoName.parse("acme/orchard"),
    source: { localDir: world.repo },
    base: null,
    branch: "ai/flaky/0123abcd",
    test: { name: "packs what was added", file: "test/packer.test.ts", framework: "bun" },
    objective: null,
    evidence: "error: expect(received).toHaveLength(expected)",
    analysis: null,
    context: null,
    discussion: [],
    reviewComments: [],
    toolchain: { test: "bun test {file} -t {test_regex}", suite: "bun test test" },
    prove: { runs: 40 },
    paths: { allow: [], deny: [], product: "deny" },
    budget: { usd: 1, steps: 20, minutes: 2 },
    earlierFixes: [],
    fixer: { kind: "model" },
    ...over,
  };
}

export function depsFor(world: Scratch, model: Model, over: Partial<FixDeps> = {}): FixDeps {
  return {
    git: createGit({ mirrorsDir: join(world.dir, "mirrors") }),
    sandbox,
    model,
    clock: systemClock,
    workDir: join(world.dir, "work"),
    artifactsDir: join(world.dir, "artifacts"),
    runtime: { path: process.env.PATH ?? "", readable: [] },
    prompts: loadPrompts(join(root, "prompts")),
    onPhase: async () => {},
    failedTests,
    signal: new AbortController().signal,
    ...over,
  };
}

export const fix = (
  world: Scratch,
  model: Model,
  over: Partial<FixInput> = {},
  deps: Partial<FixDeps> = {},
) => runFix(inputFor(world, over), depsFor(world, model, deps));

/** `status.json` as it lies on the disk. */
export async function statusOf(world: Scratch, task = "task-1"): Promise<TaskStatus> {
  return TaskStatus.parse(
    JSON.parse(await readFile(join(world.dir, "artifacts", task, "status.json"), "utf8")),
  );
}
