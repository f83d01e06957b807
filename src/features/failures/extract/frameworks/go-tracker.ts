import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { Tracker } from "../rule.ts";
import type { Evidence } from "./go-evidence.ts";
import { parentsAmong } from "./go-parents.ts";

const MAX_OPEN_TESTS = 4000;
const MAX_EVENTS = 20_000;
const MAX_CRASHES = 200;
/** Most lines from the end of Ginkgo's summary to the verdict on the function that ran it. */
const GINKGO_END = 15;

/** A panic, timeout or data race, until it is known which tests it felled. */
export interface Crash {
  readonly evidence: Evidence;
  readonly culprits: readonly { test: string; suite: string | undefined; package: string }[];
  /** Tests that had started and had not ended, oldest first. */
  readonly running: readonly string[];
  readonly hung: readonly string[];
  /** Known once the package's last line was read. */
  package: string | undefined;
}

interface Verdict {
  readonly test: string;
  readonly line: number;
  package: string | undefined;
}

/** Follows `go test`, plain or verbose, of one or many packages. */
export class GoTracker extends Tracker {
  /** The test whose output is being printed, in verbose output. */
  current: string | undefined;
  /** The failed test whose lines follow, in plain output. */
  failing: Draft | undefined;
  private readonly crashes: Crash[] = [];
  private readonly races: Crash[] = [];
  private readonly started = new Map<string, number>();
  private readonly evidence = new Map<string, Evidence[]>();
  private readonly failed: Draft[] = [];
  private readonly known = new Set<Draft>();
  private readonly passes: Verdict[] = [];
  private readonly unplaced: { package: string | undefined }[] = [];

  run(test: string, line: number): void {
    this.current = test;
    if (this.started.size < MAX_OPEN_TESTS) this.started.set(test, line);
  }

  running(): string[] {
    return [...this.started.keys()];
  }

  fail(test: string, line: Line, packageName?: string): Draft {
    const draft = this.sink.fail({ test, line: line.number, package: packageName });
    if (!this.known.has(draft)) this.failed.push(draft);
    this.known.add(draft);
    if (packageName === undefined && draft.package === undefined && !draft.dropped) this.unplaced.push(draft);
    this.started.delete(test);
    return draft;
  }

  pass(test: string, line: number, packageName?: string): void {
    this.started.delete(test);
    this.evidence.delete(test);
    this.sink.pass(test, line);
    if (this.passes.length >= MAX_EVENTS) return;
    const verdict: Verdict = { test, line, package: packageName };
    this.passes.push(verdict);
    if (packageName === undefined) this.unplaced.push(verdict);
  }

  skip(test: string): void {
    this.started.delete(test);
    this.evidence.delete(test);
  }

  /** A package is over: what was said since the last one belongs to it. */
  packageEnds(name: string): void {
    for (const one of this.unplaced) one.package ??= name;
    this.unplaced.length = 0;
    this.started.clear();
    this.current = undefined;
    this.failing = undefined;
  }

  /** One process of a harness that runs each test alone has failed. */
  place(test: string, packageName: string): void {
    for (const one of this.failed) {
      const own = one.test === test || one.test.startsWith(`${test}/`);
      if (own && (one.package === undefined || packageName.endsWith(one.package))) one.package = packageName;
    }
  }

  /** Keeps what some lines say of a test, unless enough is known; `evidence` is only asked for if not. */
  tell(test: string | undefined, evidence: () => Evidence | undefined): void {
    if (test === undefined) return;
    const list = this.evidence.get(test) ?? [];
    if (list.length >= 6 || (list.length === 0 && this.evidence.size >= MAX_OPEN_TESTS)) return;
    const said = evidence();
    if (said === undefined) return;
    list.push(said);
    this.evidence.set(test, list);
  }

  /** A panic or a timeout ended the process. */
  crashed(crash: Omit<Crash, "package">): void {
    if (this.crashes.length >= MAX_CRASHES) return;
    const placed = { ...crash, package: undefined };
    this.crashes.push(placed);
    this.unplaced.push(placed);
  }

  /** The race detector spoke. */
  raced(crash: Omit<Crash, "package">): void {
    if (this.races.length >= MAX_CRASHES) return;
    const placed = { ...crash, package: undefined };
    this.races.push(placed);
    this.unplaced.push(placed);
  }

  override end(): void {
    super.end();
    this.addUnjudged();
    for (const race of this.races) this.settleRace(race);
    for (const crash of this.crashes) this.settleCrash(crash);
    for (const draft of this.failed) this.explain(draft);
    this.dropParents();
    this.markRetries();
    this.markCascades();
  }

  /** An assertion failed and no verdict was printed: the log was cut, or shows only a part. */
  private addUnjudged(): void {
    const failed = new Set(this.failed.map((draft) => draft.test));
    const passed = new Map<string, number>();
    for (const { test, line } of this.passes) if (this.evidence.has(test)) passed.set(test, line);
    for (const [test, list] of this.evidence) {
      const first = list.find((one) => one.assertion);
      if (first === undefined || failed.has(test) || (passed.get(test) ?? 0) > first.line) continue;
      this.failed.push(this.sink.fail({ test, line: first.line }));
    }
  }

  private explain(draft: Draft): void {
    const list = this.evidence.get(draft.test) ?? [];
    const best = list.find((one) => one.assertion) ?? list.find((one) => one.kind !== "race") ?? list[0];
    const weak = draft.message === "" || draft.kind === "race";
    if (best === undefined || (!weak && !(best.assertion && draft.signature === undefined))) return;
    if (draft.kind === "race" && best.kind === "race") return;
    draft.message = best.message;
    draft.signature = best.signature;
    draft.kind = best.kind;
  }

  private settleRace(race: Crash): void {
    const hit = this.failed.filter((draft) => this.hits(race, draft.test));
    const flagged = this.failed.filter((draft) => this.raceFlagged(draft));
    const chosen = hit.length > 0 ? hit : flagged;
    for (const draft of chosen) this.blame(draft, race.evidence);
    const culprit = race.culprits[0];
    if (chosen.length > 0 || culprit === undefined) return;
    if (this.passes.some((pass) => pass.test === culprit.test)) return;
    const draft = this.sink.fail({
      ...culprit,
      package: race.package ?? culprit.package,
      line: race.evidence.line,
    });
    this.failed.push(draft);
    this.blame(draft, race.evidence);
  }

  private raceFlagged(draft: Draft): boolean {
    return draft.kind === "race" || (this.evidence.get(draft.test) ?? []).some((one) => one.kind === "race");
  }

  private hits(crash: Crash, test: string): boolean {
    const last = test.split("/").at(-1);
    return crash.culprits.some(
      (culprit) =>
        culprit.test === test ||
        culprit.test === last ||
        (crash.running.includes(test) && test.startsWith(`${culprit.test}/`)),
    );
  }

  private settleCrash(crash: Crash): void {
    const names = crash.hung.length > 0 ? leaves(crash.hung) : this.fallen(crash);
    const alive = names.filter(
      (name) => !this.passes.some((pass) => pass.test === name && pass.line > crash.evidence.line),
    );
    let cause: Draft | undefined;
    for (const name of alive) {
      const own = crash.culprits.find((culprit) => culprit.test === name);
      const known = this.failed.find((draft) => draft.test === name);
      const draft =
        known ??
        this.sink.fail({ test: name, suite: own?.suite, package: crash.package, line: crash.evidence.line });
      if (known === undefined) this.failed.push(draft);
      this.blame(draft, crash.evidence);
      if (cause === undefined) cause = draft;
      else if (draft !== cause) draft.cascadeOf = cause.test;
    }
  }

  /** The tests a panic ended: the one on its stack, else the last one that was running. */
  private fallen(crash: Crash): string[] {
    const running = leaves(crash.running);
    const known = this.failed.filter((draft) => this.hits(crash, draft.test)).map((draft) => draft.test);
    if (known.length > 0) return leaves(known).slice(0, 1);
    const onStack = running.filter((name) => this.hits(crash, name));
    if (onStack.length > 0) return onStack.slice(-1);
    if (crash.culprits[0] !== undefined) return [crash.culprits[0].test];
    const near = this.failed
      .filter((draft) => Math.abs(draft.line - crash.evidence.line) <= 3)
      .map((draft) => draft.test);
    return near.length > 0 ? leaves(near).slice(-1) : running.slice(-1);
  }

  private blame(draft: Draft, evidence: Evidence): void {
    draft.message = evidence.message;
    draft.signature = evidence.signature;
    draft.kind = evidence.kind;
  }

  private dropParents(): void {
    const isParent = parentsAmong(this.failed);
    const gochecks = this.sink.everyone.filter((draft) => draft.framework === "gocheck");
    const ginkgos = this.sink.everyone.filter((draft) => draft.framework === "ginkgo");
    const runs = ({ line }: Draft) =>
      gochecks.some((other) => other.line < line) ||
      ginkgos.some((other) => other.line < line && line - other.line <= GINKGO_END);
    for (const draft of this.failed) {
      // the function that runs gocheck's suites, or Ginkgo's, fails by them alone
      if (draft.message === "" && runs(draft)) draft.dropped = true;
      if (isParent(draft)) draft.dropped = true;
    }
  }

  private markRetries(): void {
    const key = (one: { test: string; package: string | undefined }): string =>
      `${one.test}\n${one.package ?? ""}`;
    const failed = new Set(this.failed.map((draft) => draft.test));
    const passed = new Map<string, number>();
    // they stand in the order of the log, so that the last one counts
    for (const pass of this.passes) if (failed.has(pass.test)) passed.set(key(pass), pass.line);
    for (const draft of this.failed) draft.retriedOk = (passed.get(key(draft)) ?? 0) > draft.line;
  }

  /** Subtests of one parent that panic at the same place after another one failed were felled by it. */
  private markCascades(): void {
    const panics = this.failed.filter(
      (draft) => draft.kind === "panic" && !draft.dropped && draft.signature !== undefined,
    );
    for (const draft of panics) {
      const parent = draft.test.split("/")[0];
      const same = panics.filter(
        (other) => other.signature === draft.signature && other.test.split("/")[0] === parent,
      );
      if (same.length < 2 || !draft.test.includes("/")) continue;
      const earlier = this.failed.find(
        (other) => !other.dropped && other.test.startsWith(`${parent}/`) && other.line < (same[0]?.line ?? 0),
      );
      const cause = earlier ?? same[0];
      if (cause !== undefined && cause !== draft) draft.cascadeOf = cause.test;
    }
  }
}

/** Those names that no other one has as its parent. */
function leaves(names: readonly string[]): string[] {
  return names.filter((name) => !names.some((other) => other.startsWith(`${name}/`)));
}
