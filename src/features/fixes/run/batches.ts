import { rm } from "node:fs/promises";
import { join } from "node:path";
import { firstLine } from "../../../kernel/text/clamp.ts";
import type { FixCommit, FixSummary, Runs } from "../model.ts";
import { type FixRun, rulesOf, type TaskRecord } from "./context.ts";
import { parseDiff } from "./gates/index.ts";
import { batchMessage, commitMessage } from "./pr-body.ts";
import { batchOf } from "./targets.ts";
import { copyTree, currentPatch, freshTree, syncFiles, type Tree, type Trees, wholePatch } from "./trees.ts";
import { checkChange, judgeChange } from "./validate.ts";

/** What one batch would change; `patch` is against the state before it. */
interface Batch {
  name: string;
  files: string[];
  patch: string;
}

/** Why a batch is not taken. */
export interface Refusal {
  files: string[];
  code: string;
  /** The gate that objected, and the labels that come of it. */
  gate: string;
  labels: string[];
  why: string;
}

/** Gates that only read the change. */
const READING = ["secrets", "paths", "restraint"];

type Figures = Pick<
  TaskRecord,
  "testsPassed" | "testsFailed" | "coverageAfter" | "lintErrors" | "typeErrors" | "after"
>;

/**
 * The change as it grows: each batch is checked on top of those taken before it, and then committed or rolled back.
 * A file that was decided on is not taken up again.
 */
export class Batches {
  readonly commits: FixCommit[] = [];
  readonly #run: FixRun;
  readonly #trees: Trees;
  readonly #before: Runs | null;
  /** The state after the last batch taken; null where there is only one batch. */
  #kept: Tree | null = null;
  readonly #taken = new Map<string, string>();
  readonly #decided = new Set<string>();
  #base: Tree | null = null;
  #checks = 0;
  #figures: Figures | null = null;
  #gates: TaskRecord["gates"] = new Map();

  constructor(run: FixRun, trees: Trees, before: Runs | null) {
    this.#run = run;
    this.#trees = trees;
    this.#before = before;
  }

  /** Has to be called before the fixer begins. */
  async begin(): Promise<void> {
    if (rulesOf(this.#run).batch === "all") return;
    const { scratch } = this.#run;
    this.#kept = { dir: join(scratch, "kept"), cache: join(scratch, "kept-cache") };
    await copyTree(this.#run, this.#trees.edit, this.#kept);
  }

  /** True when each of the files was committed or rolled back. */
  isDecided(files: readonly string[]): boolean {
    return files.length > 0 && files.every((file) => this.#decided.has(file));
  }

  get patch(): string {
    return [...this.#taken.values()].join("");
  }

  /** What the fixer changed and nobody decided on yet, in batches. */
  async changed(): Promise<Batch[]> {
    const { batch } = rulesOf(this.#run);
    const batches = new Map<string, Batch>();
    for (const file of parseDiff(await currentPatch(this.#run, this.#trees)).files) {
      if (this.#decided.has(file.path)) continue;
      const name = batchOf(batch, file.path);
      const one = batches.get(name) ?? { name, files: [], patch: "" };
      one.files.push(file.path);
      one.patch += file.raw;
      batches.set(name, one);
    }
    return [...batches.values()];
  }

  /** Checks a batch on top of what was taken, and takes it unless a gate objects. */
  async take(batch: Batch, summary: FixSummary | null): Promise<Refusal | null> {
    const whole = this.patch + batch.patch;
    const { record } = this.#run;
    const labels = new Set(record.labels);
    const shown = await wholePatch(this.#run, this.#trees, whole);
    const refused = await judgeChange(this.#run, whole, shown);
    const failed = refused === null ? await this.#check(whole) : null;
    if (refused === null && failed === null) {
      await this.commit(batch, summary);
      return null;
    }
    const refusal = {
      files: batch.files,
      code: failed === null ? "gate_refused" : `${failed.gate}_failed`,
      gate: failed?.gate ?? READING.find((name) => record.gates.get(name)?.ok === false) ?? "restraint",
      labels: [...record.labels],
      why: failed?.why ?? refused ?? "",
    };
    record.labels = labels;
    return refusal;
  }

  /** Takes a batch as it is. */
  async commit(batch: Batch, summary: FixSummary | null): Promise<void> {
    const run = this.#run;
    const message = batch.name === "" ? commitMessage(run, summary) : batchMessage(run, batch.files, summary);
    this.commits.push({ message, patch: batch.patch });
    for (const file of parseDiff(batch.patch).files) this.#taken.set(file.path, file.raw);
    this.#decide(batch.files);
    if (this.#kept !== null) await syncFiles(run, this.#trees.edit, this.#kept, batch.files);
    const { testsPassed, testsFailed, coverageAfter, lintErrors, typeErrors, after } = run.record;
    this.#figures = { testsPassed, testsFailed, coverageAfter, lintErrors, typeErrors, after };
    this.#gates = new Map(run.record.gates);
    run.record.coverageKept = coverageAfter;
  }

  /** Puts the files of a refused batch back to what they were, and keeps why. */
  async rollBack({ files, gate, labels, why }: Refusal): Promise<void> {
    const { record } = this.#run;
    record.rolledBack.push({ files, gate, why });
    for (const label of labels) record.keptLabels.add(label);
    this.#decide(files);
    if (this.#kept !== null) await syncFiles(this.#run, this.#kept, this.#trees.edit, files);
  }

  /** Leaves the figures of what was taken in the record; what was rolled back stays to be seen in its gate. */
  settle(): void {
    const { record } = this.#run;
    if (this.#figures === null) return;
    Object.assign(record, this.#figures);
    record.gates = new Map(this.#gates);
    for (const { files, gate, why } of record.rolledBack) {
      const detail = `rolled back ${files.join(", ")}: ${firstLine(why, 300)}`;
      record.gates.set(gate, { name: gate, ok: false, detail });
    }
  }

  #decide(files: readonly string[]): void {
    for (const file of files) this.#decided.add(file);
  }

  async #check(whole: string): Promise<{ gate: string; why: string } | null> {
    const run = this.#run;
    const name = `after-${++this.#checks}`;
    const changed = await freshTree(run, this.#trees, name);
    const base = async () => {
      this.#base ??= await freshTree(run, this.#trees, "base");
      return this.#base;
    };
    const paths = parseDiff(whole).files.map((file) => file.path);
    await syncFiles(run, this.#trees.edit, changed, paths);
    const failed = await checkChange(run, { changed, base }, whole, this.#before);
    // a full copy each: what is over with makes room; what cannot be taken away goes with the task's folder
    await rm(changed.dir, { recursive: true, force: true }).catch(() => undefined);
    return failed;
  }
}
