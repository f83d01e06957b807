import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `bun bench/judge.ts [seeds]`: verdicts on simulated histories whose truth is known. The simulator and its scorer lie in
 * `../shared/rates`, or where SHARED points.
 */
const root = join(import.meta.dir, "..");
const rates = join(process.env.SHARED ?? join(root, "..", "shared"), "rates");
const seeds = Number(process.argv[2] ?? 10);
const say = (line: string) => process.stdout.write(`${line}\n`);

if (!existsSync(rates)) {
  say(`judge: skipped, ${rates} is not here`);
  process.exit(0);
}

function run(...argv: string[]): { out: string; seconds: number; cpu: number } {
  const began = performance.now();
  const done = Bun.spawnSync(argv, { cwd: root, stderr: "inherit" });
  if (done.exitCode !== 0) throw new Error(`${argv.join(" ")} ended with ${done.exitCode}`);
  const cpu = Number(done.resourceUsage?.cpuTime.total ?? 0) / 1e6;
  return { out: done.stdout.toString(), seconds: (performance.now() - began) / 1000, cpu };
}

interface Row {
  runs: number;
  precision: number;
  recall: number;
  brier: number;
  verdicts: number;
  seconds: number;
  /** Processor time, which other work on the machine does not change much. */
  cpu: number;
}

function measure(seed: number, dir: string): Row {
  const [history, truth, verdicts] = ["history", "truth", "verdicts"].map((name) => join(dir, name));
  const made = run("python3", join(rates, "simulate_history.py"), String(seed), `${history}`, `${truth}`).out;
  const judged = run(process.execPath, "src/main.ts", "judge", "--runs", `${history}`);
  writeFileSync(`${verdicts}`, judged.out);
  const said = run("python3", join(rates, "score_verdicts.py"), `${truth}`, `${verdicts}`).out;
  const figure = (name: string) => Number(new RegExp(`${name} ([\\d.]+)`).exec(said)?.[1]);
  return {
    runs: Number.parseInt(made, 10),
    precision: figure("precision"),
    recall: figure("recall"),
    brier: figure("brier"),
    verdicts: figure("verdicts"),
    seconds: judged.seconds,
    cpu: judged.cpu,
  };
}

const dir = mkdtempSync(join(tmpdir(), "judge-"));
const rows: Row[] = [];
say("seed  job runs  precision  recall  Brier  verdicts  seconds  processor");
try {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const row = measure(seed, dir);
    rows.push(row);
    const cells = [
      String(seed).padStart(4),
      String(row.runs).padStart(8),
      row.precision.toFixed(3).padStart(9),
      row.recall.toFixed(3).padStart(6),
      row.brier.toFixed(3).padStart(5),
      String(row.verdicts).padStart(8),
      row.seconds.toFixed(2).padStart(7),
      row.cpu.toFixed(2).padStart(9),
    ];
    say(cells.join("  "));
  }
} finally {
  rmSync(dir, { recursive: true });
}
const mean = (of: (row: Row) => number) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
const per10k = (of: (row: Row) => number) => mean((row) => (of(row) * 10_000) / row.runs).toFixed(2);
say(
  `judge: precision ${mean((row) => row.precision).toFixed(3)} recall ${mean((row) => row.recall).toFixed(3)} ` +
    `Brier ${mean((row) => row.brier).toFixed(3)} over ${rows.length} seeds, ${per10k((row) => row.seconds)} s ` +
    `(${per10k((row) => row.cpu)} s of processor) for 10,000 job runs`,
);
