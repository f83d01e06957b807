import type { Result, Step } from "./step.ts";

const WIDTH = 80;
const SLOW_MS = 2000;
/** Where the output is no terminal, a line about what still runs comes this often. */
const EVERY_MS = 15_000;
const AT_MOST_EVERY_MS = 5000;

interface Out {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Lines for people: one for each step when it ends, and what still runs in between. */
export class Screen {
  private readonly running = new Map<string, number>();
  private shown = false;
  private last = Number.NEGATIVE_INFINITY;

  constructor(private readonly out: Out) {}

  /** Shows a step while it runs, and its result. */
  async during(step: Step, work: Promise<Result>): Promise<Result> {
    this.running.set(step.name, performance.now());
    const begun = setTimeout(() => this.progress(), SLOW_MS);
    const ticks = setInterval(() => this.progress(), this.out.isTTY === true ? 1000 : EVERY_MS);
    const result = await work.finally(() => {
      clearTimeout(begun);
      clearInterval(ticks);
      this.running.delete(step.name);
    });
    this.line(resultLine(result));
    return result;
  }

  line(text: string): void {
    if (this.shown) this.out.write("\r\u001b[K");
    this.shown = false;
    this.out.write(`${text}\n`);
  }

  /** All that a failed step said. */
  failure(result: Result): void {
    this.line(`\n${`── ${result.name} failed `.padEnd(WIDTH, "─")}`);
    this.line(result.output.trimEnd());
    this.line(`${"─".repeat(WIDTH)}\n`);
  }

  private progress(): void {
    if (this.out.isTTY !== true && performance.now() - this.last < AT_MOST_EVERY_MS) return;
    this.last = performance.now();
    const names = [...this.running].map(
      ([name, began]) => `${name} ${Math.round((performance.now() - began) / 1000)} s`,
    );
    const text = `  …   ${names.join(", ")}`;
    const line = text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
    if (this.out.isTTY !== true) {
      this.line(line);
      return;
    }
    this.out.write(`\r\u001b[K${line}`);
    this.shown = true;
  }
}

/** `ok    unit/web                      8.4 s (6.1 s)   100 passed`: how long it took, and its processor time. */
export function resultLine(result: Result): string {
  const word = result.failed > 0 ? "FAIL" : "ok";
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const time = `${seconds(result.ms)} (${seconds(result.processorMs)})`;
  const parts = [
    `${result.passed} passed`,
    ...(result.failed > 0 ? [`${result.failed} failed`] : []),
    ...(result.skipped > 0 ? [`${result.skipped} skipped`] : []),
  ];
  return `${word.padEnd(6)}${result.name.padEnd(32)}${time.padStart(18)}   ${parts.join(", ")}`;
}
