import { z } from "zod";
import { freePort, Process } from "./service.ts";

const Finding = z.looseObject({
  number: z.int(),
  state: z.string(),
  issue: z.int().nullable(),
  pull: z.int().nullable(),
  held_at: z.string().nullable(),
});
const Findings = z.object({ findings: z.array(Finding) });
const Tasks = z.object({ tasks: z.array(z.looseObject({ kind: z.string(), state: z.string() })) });

/** Longest time after an act before the process is killed, ms. */
const LATEST_MS = 900;

/** The product as a process that is killed again and again, and started again on the same data and address. */
export class Mortal {
  readonly url = `http://127.0.0.1:${freePort()}`;
  private env: Record<string, string> = {};
  private process: Process | null = null;

  constructor(private readonly random: () => number) {}

  async start(env: Record<string, string>): Promise<void> {
    this.env = { ...env, PORT: new URL(this.url).port };
    await this.revive();
  }

  stop = async (): Promise<void> => void (await this.process?.stop());

  /** Does something and kills the process at some moment of what follows from it; then starts it again. */
  async killedWhile(act: () => Promise<unknown>): Promise<void> {
    await act();
    await Bun.sleep(this.random() * LATEST_MS);
    await this.process?.kill();
    await this.revive();
  }

  async findings(): Promise<z.infer<typeof Finding>[]> {
    return Findings.parse(await this.get("/api/v1/findings")).findings;
  }

  async tasks(): Promise<z.infer<typeof Tasks>["tasks"]> {
    return Tasks.parse(await this.get("/api/v1/tasks")).tasks;
  }

  async heldAt(number: number): Promise<string | null> {
    return (await this.findings()).find((one) => one.number === number)?.held_at ?? null;
  }

  /** Tells of a deployment. @returns whether it was taken. */
  async deployed(commit: string): Promise<boolean> {
    const response = await fetch(`${this.url}/webhooks/deployment`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-webhook-secret": this.env.DEPLOY_WEBHOOK_SECRET ?? "",
      },
      body: JSON.stringify({ repo: "playground/orchard", commit, status: "success" }),
    });
    return response.status === 202;
  }

  /** Nothing was written for three seconds: its counters of writes stand still, and no task is at work. */
  async quiet(): Promise<boolean> {
    const look = async () => JSON.stringify([await this.tasks(), await this.findings()]);
    const before = await look();
    await Bun.sleep(3000);
    return (await look()) === before;
  }

  private async revive(): Promise<void> {
    const process = new Process(["start"], this.env);
    this.process = process;
    await process.until("up", () =>
      fetch(`${this.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      ),
    );
  }

  private async get(path: string): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${this.env.API_TOKEN}` },
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  }
}
