import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Database } from "../../../db/client.ts";
import { jobRuns, sightings } from "../../../db/schema.ts";
import { listFindings } from "../../../src/features/findings/store.ts";
import { assess } from "../../../src/features/flakes/assess.ts";
import type { Evidence } from "../../../src/features/flakes/evidence.ts";
import { judge } from "../../../src/features/flakes/judge.ts";
import { checkAnswer, classify, inDoubt, kindsOf } from "../../../src/features/flakes/opinion.ts";
import { FindingId, Fingerprint, RepoName } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { loadPrompts } from "../../../src/kernel/prompt.ts";
import type { Queue } from "../../../src/platform/queue.ts";
import type { Model } from "../../../src/ports/model.ts";
import { clock, configWith, OPENING, openEmpty } from "../web/world.ts";
import { evidence, failed } from "./evidence.ts";

const LOG = { lines: ["starting", "  dial: no answer yet", "expected 3, got 2"], first: null };

test("a quote has to stand in the log under its number, word for word", () => {
  const said = (quotes: string[]) => checkAnswer({ class: "flaky-test", confidence: 0.8, quotes }, LOG);
  expect(said(["2:   dial: no answer yet", "3: expected 3, got 2"])).toEqual({
    class: "flaky-test",
    confidence: 0.8,
    quote: "dial: no answer yet",
  });
  for (const quotes of [[], ["3: dial: no answer yet"], ["3: expected 3, got 2", "1: it is flaky"]])
    expect(said(quotes)).toEqual({ class: "unknown", confidence: 0, quote: "" });
});

test("kinds of evidence are which rules spoke, not how often", () => {
  const kinds = (known: Evidence) => kindsOf(judge(known));
  const [one, two, main] = [
    [failed({ run: 1, pull: 5 })],
    [failed({ run: 1, pull: 5 }), failed({ run: 2, pull: 5 })],
    [failed({ run: 1 })],
  ].map((seen) => kinds(evidence(seen)));
  expect(two).toBe(one ?? "");
  expect(main).not.toBe(one ?? "");
});

const REPO = RepoName.parse("acme/shop");
const PRINT = Fingerprint.parse("ab".repeat(32));

/** A service whose model answers as told and is counted. */
class Desk {
  asked = 0;
  readonly jobs: string[] = [];
  answer = JSON.stringify({ class: "flaky-test", confidence: 1, quotes: ["1: no answer yet"] });
  private job = 0;

  constructor(private readonly database: Database) {}

  private readonly model: Model = {
    ask: async () => {
      this.asked += 1;
      return {
        text: this.answer,
        toolCalls: [],
        usage: { inputTokens: 1, outputTokens: 1, usd: 0 },
        model: "m",
      };
    },
  };

  private get deps() {
    const nothing = async () => {};
    const queue: Queue = {
      send: async (_, name) => void this.jobs.push(name),
      sendTask: nothing,
      work: nothing,
      workTasks: nothing,
      pending: async () => 0,
      stop: nothing,
    };
    const forge = {
      repository: async () => ({ defaultBranch: "main", cloneUrl: "", url: "" }),
      // the port's other methods are not called here
    } as unknown as Parameters<typeof classify>[0]["forge"];
    const prompts = loadPrompts(join(import.meta.dir, "../../../prompts"));
    return {
      db: this.database.db,
      queue,
      clock,
      config: configWith(),
      forge,
      model: this.model,
      prompts,
      log: silentLog,
    };
  }

  /** A run in which the test failed, or its job passed. */
  async ran(hour: number, pull: number | null, passes = false, attempt = 1): Promise<void> {
    this.job += 1;
    const run = hour + 1000 * (pull ?? 0);
    const place = {
      repo: REPO,
      job: this.job,
      run,
      attempt,
      sha: run.toString(16).padStart(40, "0"),
      branch: pull === null ? "main" : `change-${pull}`,
      pull,
      author: pull === null ? null : `p${pull}`,
      at: new Date(Date.UTC(2026, 2, 1, hour, attempt)),
      url: "https://ci.example/1",
    };
    const conclusion = passes ? "success" : "failure";
    await this.database.db.insert(jobRuns).values({ ...place, name: "unit", workflow: "ci", conclusion });
    if (passes) return;
    await this.database.db.insert(sightings).values({
      ...place,
      fingerprint: PRINT,
      jobName: "unit",
      test: "rings twice",
      framework: "bun",
      kind: "timeout",
      message: "no answer yet",
      signature: "no answer yet",
      line: 1,
      retriedOk: false,
      fellTogether: 1,
      infra: [],
      excerpt: "no answer yet",
    });
  }

  /** Judges, and has the model asked where a job says so. */
  async judges() {
    this.jobs.length = 0;
    await assess(this.deps, REPO, [PRINT]);
    const [finding] = await listFindings(this.database.db, { repo: REPO, limit: 1 });
    if (finding === undefined) throw new Error("there is no finding");
    if (this.jobs.includes("flakes.classify")) await classify(this.deps, FindingId.parse(finding.id));
    if (this.jobs.includes("flakes.assess")) await assess(this.deps, REPO, [PRINT]);
    const [after] = await listFindings(this.database.db, { repo: REPO, limit: 1 });
    return after ?? finding;
  }
}

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

test("the model is asked in doubt, once for each kinds of evidence, and its opinion stands among the reasons", async () => {
  const desk = new Desk(database);
  for (let hour = 0; hour < 9; hour += 1) await desk.ran(hour, null, hour !== 4);
  const first = await desk.judges();
  expect([desk.asked, first.class, first.reasons.at(-1)?.rule]).toEqual([1, "flaky-test", "model-opinion"]);
  expect(first.confidence).toBeLessThan(0.75);

  // more of the same kind
  await desk.ran(9, null, true);
  expect((await desk.judges()).reasons.at(-1)?.rule).toBe("model-opinion");
  expect(desk.asked).toBe(1);

  await desk.ran(50, 7);
  await desk.ran(50, 7, true, 2);
  const sure = await desk.judges();
  expect([desk.asked, sure.class]).toEqual([1, "flaky-test"]);
  expect(sure.confidence).toBeGreaterThan(0.9);
});

test("the rules are in doubt only in the middle", () => {
  const at = (confidence: number) => inDoubt({ class: "flaky-test", confidence, reasons: [] });
  expect([0.76, 0.74, 0.51].map(at)).toEqual([false, true, true]);
  expect(inDoubt({ class: "unknown", confidence: 0.9, reasons: [] })).toBe(false);
  expect(inDoubt({ class: "infra-flake", confidence: 0.6, reasons: [] })).toBe(false);
});
