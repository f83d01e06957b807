import { join } from "node:path";
import { until } from "../../test/harness/until.ts";
import type { Stage } from "./stage.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
/** What a worker says when the patch of an attempt that was overtaken comes in, and when one ends for that reason. */
const LATE = /this patch is refused|this attempt ends/;

interface Hand {
  child: Bun.Subprocess<"ignore", "ignore", "pipe">;
  /** As the service knows it. */
  name: string;
  frozen: boolean;
}

/** Real worker processes on the stage's database, and what happens to them. */
export class Crew {
  readonly hands: Hand[] = [];
  /** Attempts that were overtaken and refused. */
  refused = 0;
  readonly lines: string[] = [];

  constructor(private readonly stage: Stage) {}

  /** Starts a worker and waits until it has shown itself. */
  async hire(): Promise<void> {
    const before = new Set(await this.stage.workers());
    const child = Bun.spawn([process.execPath, MAIN, "worker"], {
      env: { ...this.stage.env, LOG_LEVEL: "warn" },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    process.on("exit", () => child.kill("SIGKILL"));
    void this.keep(child.stderr);
    const shown = async () => (await this.stage.workers()).find((name) => !before.has(name)) ?? null;
    const name = await until("the worker is there", shown, {
      withinMs: 120_000,
      open: () => this.lines.slice(-3).join("\n"),
    });
    this.hands.push({ child, name, frozen: false });
  }

  /** As a power cut does. */
  async kill(hand: Hand): Promise<void> {
    this.hands.splice(this.hands.indexOf(hand), 1);
    hand.child.kill("SIGKILL");
    await hand.child.exited;
  }

  /** It stands still for so long, with all it holds, and then goes on as if nothing had been. */
  freeze(hand: Hand, ms: number): void {
    hand.frozen = true;
    hand.child.kill("SIGSTOP");
    setTimeout(() => {
      hand.child.kill("SIGCONT");
      hand.frozen = false;
    }, ms);
  }

  /** Lets all go: each is asked to stop, which a frozen one hears when it goes on. */
  async dismiss(): Promise<void> {
    for (const { child } of this.hands) {
      child.kill("SIGCONT");
      child.kill("SIGTERM");
    }
    await Promise.all(this.hands.splice(0).map(({ child }) => child.exited));
  }

  private async keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const said = decoder.decode(chunk, { stream: true }).split("\n").filter(Boolean);
      this.refused += said.filter((line) => LATE.test(line)).length;
      this.lines.push(...said);
    }
  }
}
