import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FIX_RULES, type FixInput } from "../../src/features/fixes/model.ts";
import { runFix } from "../../src/features/fixes/run/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { RepoName, TaskId } from "../../src/kernel/ids.ts";
import { loadPrompts } from "../../src/kernel/prompt.ts";
import { createGit } from "../../src/outbound/git/index.ts";
import { detectSandbox } from "../../src/outbound/sandbox/index.ts";

const COMMITS = 5000;

/** A repository with a history of its own: 5,000 commits over 200 files, made by one `fast-import`. */
async function repository(dir: string): Promise<void> {
  await mkdir(dir);
  const run = (argv: string[], input = "") => {
    const done = Bun.spawnSync(["git", ...argv], { cwd: dir, stdin: Buffer.from(input) });
    if (done.exitCode !== 0) throw new Error(done.stderr.toString());
  };
  run(["init", "-q", "-b", "main"]);
  const commits = Array.from({ length: COMMITS }, (_, n) => {
    const text = `${"some line of code\n".repeat(20)}${n}\n`;
    const message = `change ${n}`;
    return [
      "commit refs/heads/main",
      `committer Ann <ann@example.org> ${1_600_000_000 + n} +0000`,
      `data ${message.length}`,
      message,
      `M 100644 inline ${n === 0 ? "test/a.test.sh" : `src/f${n % 200}.txt`}`,
      `data ${text.length}`,
      text,
    ].join("\n");
  });
  run(["fast-import", "--quiet"], commits.join("\n"));
}

const inputOf = (id: string, repo: string): FixInput => ({
  taskId: TaskId.parse(id),
  kind: "task",
  repo: RepoName.parse("acme/shop"),
  source: { cloneUrl: repo },
  base: "main",
  branch: `auto/${id}`,
  test: null,
  objective: "Write a file.",
  evidence: "",
  analysis: null,
  context: null,
  discussion: [],
  reviewComments: [],
  toolchain: { suite: "true" },
  prove: { runs: 1 },
  paths: { allow: [], deny: [], product: "allow" },
  budget: { usd: 1, steps: 9, minutes: 30 },
  earlierFixes: [],
  fixer: { kind: "command", command: ["sh", "-c", "echo true > test/b.test.sh"] },
  rules: { ...FIX_RULES, retries: 0 },
});

/** What the runner adds to a task, beside the fixer and the tests: one line for people. */
export async function overhead(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "bench-tasks-"));
  try {
    const repo = join(dir, "repo");
    await repository(repo);
    const { sandbox } = await detectSandbox({ path: process.env.PATH ?? "", want: "auto", allowNone: true });
    const deps = {
      git: createGit({ mirrorsDir: join(dir, "mirrors") }),
      sandbox,
      model: { ask: () => Promise.reject(new Error("no model here")) },
      clock: systemClock,
      workDir: join(dir, "work"),
      artifactsDir: join(dir, "artifacts"),
      prompts: loadPrompts(join(import.meta.dir, "../../prompts")),
      onPhase: async () => {},
      signal: new AbortController().signal,
    };
    const one = async (id: string) => {
      const started = performance.now();
      const { outcome, reason } = await runFix(inputOf(id, repo), deps);
      if (outcome !== "done") throw new Error(`${id}: ${reason}`);
      return (performance.now() - started) / 1000;
    };
    await one("warm");
    const times: number[] = [];
    for (let n = 0; n < 5; n++) times.push(await one(`overhead-${n}`));
    times.sort((a, b) => a - b);
    return (
      `overhead of a task (${sandbox.kind}, warm mirror of ${COMMITS} commits, tests of no time): ` +
      `median ${times[2]?.toFixed(2)} s, most ${times[4]?.toFixed(2)} s (wanted: 3 s)`
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
