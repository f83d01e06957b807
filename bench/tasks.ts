// What the runner costs beside the model and the tests, and what more workers bring.
//   bun bench/tasks.ts [TASKS] [SECONDS] [overhead|workers|kills]...
// By default 40 tasks whose tests sleep 5 s, and all three parts. `workers` takes one worker against four, `kills` has
// four of them killed in turns; both need an installed Postgres. Ends with 1 when a task was lost or done twice.
import { postgresServer } from "../test/harness/postgres.ts";
import { Crew } from "./tasks/crew.ts";
import { overhead } from "./tasks/overhead.ts";
import { Stage, type TaskRow } from "./tasks/stage.ts";
import { strike } from "./tasks/strikes.ts";

const numbers = process.argv.slice(2).filter((word) => /^\d+$/.test(word));
const words = process.argv.slice(2).filter((word) => !/^\d+$/.test(word));
const [count = 40, seconds = 5] = numbers.map(Number);
const wants = (part: string) => words.length === 0 || words.includes(part);
const say = (line: string) => void process.stdout.write(`${line}\n`);
const s = (ms: number) => (ms / 1000).toFixed(1);
const withinMs = 60_000 + count * (seconds + 5) * 2000;
const faults: string[] = [];

const WORKERS = 4;

/** From the first task queued to the last patch handed in, ms. */
const spanOf = (tasks: readonly TaskRow[]) =>
  Math.max(...tasks.map(({ ended }) => ended ?? 0)) - Math.min(...tasks.map(({ queued }) => queued));

async function withCrew<T>(stage: Stage, size: number, work: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = new Crew(stage);
  try {
    for (let n = 0; n < size; n += 1) await crew.hire();
    return await work(crew);
  } finally {
    await crew.dismiss();
  }
}

async function timed(stage: Stage, size: number): Promise<number> {
  const issues = await withCrew(stage, size, async () => {
    const queued = await stage.queue(count);
    await stage.ended(queued, withinMs);
    return queued;
  });
  faults.push(...(await stage.faults(issues)));
  return spanOf(await stage.tasks(issues));
}

async function workers(stage: Stage): Promise<void> {
  const four = await timed(stage, WORKERS);
  const one = await timed(stage, 1);
  say(
    `${count} tasks whose tests sleep ${seconds} s, on Postgres: one worker process ${s(one)} s, ${WORKERS} of them ${s(four)} s, ` +
      `${(one / four).toFixed(2)} times as fast (wanted: 3.5)`,
  );
}

async function kills(stage: Stage): Promise<void> {
  await withCrew(stage, WORKERS, async (crew) => {
    const issues = await stage.queue(count);
    let over = false;
    const ending = stage.ended(issues, 2 * withinMs).finally(() => {
      over = true;
    });
    const [tasks, told] = await Promise.all([
      ending,
      strike(stage, crew, { issues, seed: 20_260_314, over: () => over }),
    ]);
    await crew.dismiss();
    const wrong = await stage.faults(issues);
    faults.push(...wrong);
    const attempts = tasks.reduce((sum, { attempt }) => sum + attempt, 0);
    const middle = (ms: number[]) => s(ms.toSorted((a, b) => a - b)[ms.length >> 1] ?? 0);
    const most = (ms: number[]) => s(Math.max(0, ...ms));
    say(
      `${count} tasks with ${told.kills} workers killed and ${told.freezes} frozen, one every 5 s: ${s(spanOf(tasks))} s, ` +
        `${attempts} attempts, ${tasks.filter(({ state }) => state === "done").length} done, ${wrong.length} lost or twice, ` +
        `${crew.refused} overtaken attempts refused; a lost task was free again after ${middle(told.noticed)} s (at the most ` +
        `${most(told.noticed)} s) and at work ${middle(told.waited)} s later (${most(told.waited)} s)`,
    );
  });
}

if (wants("overhead")) say(await overhead());
if (wants("workers") || wants("kills")) {
  const server = await postgresServer();
  if ("lacks" in server) say(server.lacks);
  else {
    const stage = await Stage.start(seconds);
    try {
      if (wants("workers")) await workers(stage);
      if (wants("kills")) await kills(stage);
    } finally {
      await stage.end();
    }
  }
}
for (const fault of faults) say(fault);
process.exit(faults.length === 0 ? 0 : 1);
