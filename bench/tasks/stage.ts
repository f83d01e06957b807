import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Database, openDatabase, rows } from "../../db/client.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { Someone } from "../../src/playground/actions.ts";
import { CHANNEL, type Playground, startPlayground } from "../../src/playground/index.ts";
import { BOT, chatIdOf } from "../../src/playground/people.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { ChildProduct } from "../../test/harness/child-product.ts";
import { freshPostgres } from "../../test/harness/postgres.ts";
import { until } from "../../test/harness/until.ts";

/** A task as the service's database has it; times in ms. */
const TaskRow = z.object({
  id: z.string(),
  issue: z.int(),
  state: z.string(),
  attempt: z.int(),
  worker: z.string().nullable(),
  branch: z.string(),
  error: z.string().nullable(),
  queued: z.number(),
  started: z.number().nullable(),
  ended: z.number().nullable(),
});
export type TaskRow = z.infer<typeof TaskRow>;

const Pulls = z.array(z.object({ head: z.object({ ref: z.string() }) }));
const Compared = z.object({ ahead_by: z.int() });

const NEVER = "0 0 0 1 1 *";

/** No sweep heals anything here, and nothing is built on pull requests. */
const settings = (seconds: number) => ({
  repos: [
    {
      source: targetName,
      channel: `#${CHANNEL.name}`,
      relay: "off",
      toolchain: { test: `sleep ${seconds}` },
      fixer: { command: ["sh", "-c", "echo true > test/added.sh"] },
      paths: { allow: ["test/**"] },
    },
  ],
  schedule: { scan: NEVER, sweep: NEVER },
  limits: { open_pulls: 10_000 },
});

/** The service without a worker on a Postgres of its own, and the playground it lives in. */
export class Stage {
  private constructor(
    readonly env: Record<string, string>,
    private readonly playground: Playground,
    private readonly product: ChildProduct,
    private readonly database: Database,
    private readonly dir: string,
  ) {}

  /** @param seconds how long the tests of a task sleep. */
  static async start(seconds: number): Promise<Stage> {
    const dir = mkdtempSync(join(tmpdir(), "bench-workers-"));
    const place = { url: "" };
    const playground = await startPlayground({
      clock: systemClock,
      random: Math.random,
      dir,
      execPath: process.execPath,
      path: process.env.PATH,
      appUrl: () => place.url,
      settings: settings(seconds),
      target: { "README.md": "# Orchard\n", "test/first.sh": "true\n" },
    });
    const url = await freshPostgres();
    const env = { ...playground.env, DATABASE_URL: url };
    const product = new ChildProduct({ env, database: { url }, worker: false });
    place.url = product.url;
    await product.start();
    return new Stage(env, playground, product, await openDatabase({ url, dataDir: "" }), dir);
  }

  /** Opens so many issues and has somebody start each of them, as people do. @returns their numbers. */
  async queue(count: number): Promise<number[]> {
    const bob = new Someone(this.playground.github, "bob");
    const issues: number[] = [];
    for (let n = 0; n < count; n += 1) issues.push(await bob.opensIssue(`Task ${n}`, "Add a file."));
    for (const issue of issues) {
      const answer = await this.playground.slack.command(chatIdOf("bob"), CHANNEL.id, `start #${issue}`);
      if (answer.status !== 200) throw new Error(`start was answered with ${answer.status}: ${answer.body}`);
    }
    return issues;
  }

  /** The tasks of these issues, oldest first. */
  async tasks(issues: readonly number[]): Promise<TaskRow[]> {
    const ms = (column: string) => sql.raw(`(extract(epoch from t.${column}) * 1000)::float8`);
    const found = await rows(
      this.database.db,
      sql`select t.id, f.issue_number as issue, t.state, t.attempt, t.worker, t.branch, t.error,
                 ${ms("created_at")} as queued, ${ms("started_at")} as started, ${ms("finished_at")} as ended
            from tasks t join findings f on f.id = t.finding_id order by t.created_at`,
    );
    return z
      .array(TaskRow)
      .parse(found)
      .filter((task) => issues.includes(task.issue));
  }

  /** Attempts that were lost, and when that was noticed, ms. */
  async freed(): Promise<{ id: string; attempt: number; at: number }[]> {
    const found = await rows(
      this.database.db,
      sql`select detail->>'task' as id, (detail->>'attempt')::int as attempt, (extract(epoch from at) * 1000)::float8 as at
            from audit where action = 'task.lost'`,
    );
    return z.array(z.object({ id: z.string(), attempt: z.int(), at: z.number() })).parse(found);
  }

  /** Names of the workers that showed themselves, oldest first. */
  async workers(): Promise<string[]> {
    const found = await rows(this.database.db, sql`select id from workers order by started_at, id`);
    return found.map(({ id }) => String(id));
  }

  /** Waits until every issue's task has come to its end. */
  async ended(issues: readonly number[], withinMs: number): Promise<TaskRow[]> {
    const open = async () => {
      const tasks = await this.tasks(issues);
      return tasks.filter((task) => ["queued", "running", "publishing"].includes(task.state));
    };
    const look = async () => {
      const tasks = await this.tasks(issues);
      return tasks.length >= issues.length && (await open()).length === 0 ? tasks : null;
    };
    return until("every task ended", look, { withinMs, open: async () => JSON.stringify(await open()) });
  }

  /** What is wrong with what came of the tasks, a line each: lost, failed, twice, or more than one commit. */
  async faults(issues: readonly number[]): Promise<string[]> {
    const tasks = await this.tasks(issues);
    const heads = await this.pullHeads();
    const faults: string[] = [];
    for (const issue of issues) {
      const mine = tasks.filter((task) => task.issue === issue);
      if (mine.length !== 1) faults.push(`#${issue} has ${mine.length} tasks`);
    }
    for (const task of tasks) {
      if (task.state !== "done") faults.push(`${task.id} is ${task.state}: ${task.error}`);
      const pulls = heads.filter((head) => head === task.branch).length;
      if (pulls !== 1) faults.push(`${task.id} has ${pulls} pull requests`);
      const commits = await this.commitsOf(task.branch);
      if (commits !== 1) faults.push(`${task.branch} has ${commits} commits`);
    }
    return faults;
  }

  private async pullHeads(): Promise<string[]> {
    const heads: string[] = [];
    for (let page = 1; ; page += 1) {
      const pulls = Pulls.parse(await this.github(`pulls?state=all&per_page=100&page=${page}`));
      heads.push(...pulls.map(({ head }) => head.ref));
      if (pulls.length < 100) return heads;
    }
  }

  /** Commits that a branch is ahead of main by; 0 where there is no such branch. */
  private async commitsOf(branch: string): Promise<number> {
    const found = await this.github(`branches/${branch}`).catch(() => null);
    return found === null ? 0 : Compared.parse(await this.github(`compare/main...${branch}`)).ahead_by;
  }

  private async github(path: string): Promise<unknown> {
    const url = `${this.playground.github.apiUrl}/repos/${targetName}/${path}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${BOT.token}` } });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
    return answer.json();
  }

  async end(): Promise<void> {
    await this.product.end();
    await this.playground.stop();
    await this.database.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
