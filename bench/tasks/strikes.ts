import { seeded } from "../../test/harness/seeded.ts";
import type { Crew } from "./crew.ts";
import type { Stage, TaskRow } from "./stage.ts";

const EVERY_MS = 5000;
/** Longer than it takes until a silent worker's task is another's. */
const FROZEN_MS = 16_000;

export interface Strikes {
  kills: number;
  freezes: number;
  /** From when a worker was struck until its task was free again, ms. */
  noticed: number[];
  /** From then until another worker was at it, ms. */
  waited: number[];
}

/**
 * Every five seconds one of the workers is killed and another hired; each fourth time it is frozen instead, so
 * that it comes back late. Goes on until `over`.
 */
export async function strike(
  stage: Stage,
  crew: Crew,
  options: { issues: readonly number[]; seed: number; over: () => boolean },
): Promise<Strikes> {
  const random = seeded(options.seed);
  const size = crew.hands.length;
  const told: Strikes = { kills: 0, freezes: 0, noticed: [], waited: [] };
  const lost: { task: TaskRow; at: number }[] = [];
  const running = async () => (await stage.tasks(options.issues)).filter(({ state }) => state === "running");
  for (let next = performance.now() + EVERY_MS; !options.over(); await Bun.sleep(100)) {
    await noteTakeOvers(stage, options.issues, lost, told);
    if (performance.now() < next) continue;
    // never two at once to make up for time in which a worker was hired
    next = performance.now() + EVERY_MS;
    const tasks = await running();
    // any of them: the worker with the last task would else be struck for ever on a slow machine
    const awake = crew.hands.filter(({ frozen }) => !frozen);
    const hand = awake[Math.floor(random() * awake.length)];
    if (hand === undefined) continue;
    const held = tasks.filter(({ worker }) => worker === hand.name);
    lost.push(...held.map((task) => ({ task, at: Date.now() })));
    if ((told.kills + told.freezes) % 4 === 1) {
      told.freezes += 1;
      crew.freeze(hand, FROZEN_MS);
    } else {
      told.kills += 1;
      await crew.kill(hand);
    }
    if (crew.hands.filter(({ frozen }) => !frozen).length < size) await crew.hire();
  }
  return told;
}

async function noteTakeOvers(
  stage: Stage,
  issues: readonly number[],
  lost: { task: TaskRow; at: number }[],
  told: Strikes,
): Promise<void> {
  if (lost.length === 0) return;
  const [now, freed] = [await stage.tasks(issues), await stage.freed()];
  for (const one of [...lost]) {
    const { id, attempt } = one.task;
    const task = now.find((each) => each.id === id);
    if (task === undefined || (task.attempt === attempt && ["running", "queued"].includes(task.state)))
      continue;
    lost.splice(lost.indexOf(one), 1);
    const free = freed.find((each) => each.id === id && each.attempt === attempt);
    // none where its patch was kept already: then nothing is taken over
    if (free === undefined || task.attempt === attempt || task.started === null) continue;
    told.noticed.push(free.at - one.at);
    if (task.attempt === attempt + 1) told.waited.push(task.started - free.at);
  }
}
