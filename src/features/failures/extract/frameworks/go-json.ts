import type { Line } from "../line.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";
import { evidenceOf } from "./go-evidence.ts";

/** One event of `go test -json` (test2json). */
interface Event {
  readonly Action: string;
  readonly Package: string;
  readonly Test: string | undefined;
  readonly Output: string | undefined;
}

const MAX_TESTS = 4000;
const MAX_LINES = 200;

class GoJsonTracker extends Tracker {
  private readonly outputs = new Map<string, string[]>();
  /** Tests that have begun and not ended. */
  private readonly running = new Map<string, string>();
  /** Parallel tests, which run beside their siblings. */
  private readonly paused = new Set<string>();
  private readonly failed = new Map<string, { line: number; package: string; test: string }>();

  take(line: Line): void {
    const event = parse(line.text);
    if (event === undefined) return;
    const test = event.Test ?? "";
    const key = `${event.Package}\n${test}`;
    if (event.Action === "run" && this.running.size < MAX_TESTS) this.running.set(key, test);
    if (event.Action === "pause" && this.paused.size < MAX_TESTS) this.paused.add(test);
    if (event.Action === "output") this.collect(key, event.Output ?? "");
    else if (event.Action === "fail") this.fail(key, event.Package, test, line);
    else if (event.Action === "pass" || event.Action === "skip") this.pass(key, test, event.Action, line);
  }

  private collect(key: string, output: string): void {
    const lines = this.outputs.get(key) ?? [];
    if (lines.length === 0 && this.outputs.size >= MAX_TESTS) return;
    if (lines.length < MAX_LINES) lines.push(output.replace(/\n$/, "").slice(0, 500));
    this.outputs.set(key, lines);
  }

  private pass(key: string, test: string, action: string, line: Line): void {
    this.outputs.delete(key);
    this.running.delete(key);
    if (test === "" || action === "skip") return;
    this.sink.pass(test, line.number);
    const failed = this.failed.get(key);
    if (failed !== undefined)
      for (const draft of this.sink.drafts)
        if (draft.test === test && draft.package === failed.package) draft.retriedOk = true;
  }

  /** Verdicts of subtests come with their parent's: one after which a sibling began had ended. */
  private ended(name: string, open: readonly (readonly [string, string])[]): boolean {
    const parent = (test: string) => test.slice(0, Math.max(0, test.lastIndexOf("/")));
    const at = open.findIndex(([, other]) => other === name);
    return (
      name.includes("/") &&
      !this.paused.has(name) &&
      open.slice(at + 1).some(([, other]) => parent(other) === parent(name))
    );
  }

  private fail(key: string, packageName: string, test: string, line: Line): void {
    const lines = (this.outputs.get(key) ?? []).filter((text) => !/^\s*(?:=== |--- )/.test(text));
    this.outputs.delete(key);
    this.running.delete(key);
    if (test === "") {
      const built = lines.some((text) => /\[(?:build|setup) failed\]/.test(text));
      if (built) this.sink.infra("build", line);
      const open = [...this.running].filter(([running]) => running.startsWith(key));
      for (const [running, name] of open) {
        if (this.ended(name, open)) this.running.delete(running);
        else this.fail(running, packageName, name, line); // the process died under it
      }
      return;
    }
    if (this.failed.size < MAX_TESTS) this.failed.set(key, { line: line.number, package: packageName, test });
    const draft = this.sink.fail({ test, package: packageName, line: line.number });
    const evidence = evidenceOf(lines, line.number);
    if (evidence === undefined) return;
    draft.message = evidence.message;
    draft.signature = evidence.signature;
    draft.kind = evidence.kind;
  }

  override end(): void {
    super.end();
    const drafts = this.sink.drafts;
    const parents = new Set(
      drafts.flatMap(({ test, package: packageName }) =>
        [...test.matchAll(/\//g)].map(({ index }) => `${packageName ?? ""}\n${test.slice(0, index)}`),
      ),
    );
    // bare `go test` in the same log shares these, so nothing is taken back
    for (const draft of drafts) draft.dropped ||= parents.has(`${draft.package ?? ""}\n${draft.test}`);
  }
}

/** An event, checked by hand: a log has hundreds of thousands of them. */
function parse(text: string): Event | undefined {
  try {
    const event: unknown = JSON.parse(text);
    if (typeof event !== "object" || event === null) return undefined;
    const field = (name: string): string | undefined => {
      const value: unknown = Reflect.get(event, name);
      return typeof value === "string" ? value : undefined;
    };
    const [Action, Package] = [field("Action"), field("Package")];
    if (Action === undefined || Package === undefined) return undefined;
    return { Action, Package, Test: field("Test"), Output: field("Output") };
  } catch {
    return undefined;
  }
}

const rules: readonly Rule<GoJsonTracker>[] = [
  {
    id: "event",
    needles: ['"Action":"'],
    pattern: /^\{"(?:Time|Action|ImportPath)":.*\}$/,
    example:
      '{"Action":"output","Package":"a","Test":"TestA","Output":"    a_test.go:7: got 1\\n"}\n{"Action":"fail","Package":"a","Test":"TestA","Elapsed":0}',
    test: "TestA",
    run: (_match, line, tracker) => tracker.take(line),
  },
];

/** `go test -json`, as a report or in the middle of a log. */
export const goJson = defineFramework("go-test", (sink) => new GoJsonTracker(sink), rules);
