import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { tasks } from "../../db/schema.ts";
import { findingsIn } from "../../src/features/findings/store.ts";
import { claimTask, liveTask, moveTask, taskById, updateAttempt } from "../../src/features/fixes/store.ts";
import { MOST_ATTEMPTS, SilenceWatch } from "../../src/features/fixes/take-over.ts";
import { workTask } from "../../src/features/fixes/work.ts";
import type { FindingId } from "../../src/kernel/ids.ts";
import { detectSandbox, runtimeFrom } from "../../src/outbound/sandbox/index.ts";
import { auditTrail } from "../../src/platform/audit.ts";
import { tasksWithJob } from "../../src/platform/queue.ts";
import { CHANNEL } from "../../src/playground/index.ts";
import { targetName } from "../../src/playground/target/index.ts";
import type { Sandbox } from "../../src/ports/sandbox.ts";
import { contextOf } from "../harness/stand-in.ts";
import { until } from "../harness/until.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const repos = [
  {
    source: targetName,
    channel: `#${CHANNEL.name}`,
    toolchain: { test: "true" },
    paths: { allow: ["test/**"] },
  },
];

let world: World;
let sandbox: Sandbox;
beforeAll(async () => {
  const path = process.env.PATH ?? "";
  ({ sandbox } = await detectSandbox({ path, want: "auto", allowNone: true }));
  world = await World.start({ worker: false, desks: [], settings: { repos } });
});
afterAll(() => world.end());

const context = () => contextOf(world);

/** Seconds that nobody else on this machine sleeps. */
const LONG = `4000.${process.pid}`;
const HANGS = `sleep ${LONG}`;
const WORKS = "echo true > test/added.sh";

/** Command lines of this machine in which the fixer that hangs stands. */
const hanging = (): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(join("/proc", pid, "cmdline"), "utf8").replaceAll("\0", " ");
        return line.startsWith(HANGS) ? [line] : [];
      } catch {
        return []; // it has just ended
      }
    });

/** Has an issue started by a committer. @returns its finding. */
async function started(title: string): Promise<FindingId> {
  const issue = await world.dave.plainly.opensIssue(title, "Please.");
  await world.settled();
  await world.bob.commands(`start #${issue}`);
  const found = (await findingsIn(context().db, ["approved"])).find((one) => one.issueNumber === issue);
  if (found === undefined) throw new Error("nothing was started");
  return found.id;
}

async function taskOf(finding: FindingId) {
  const task = await liveTask(context().db, finding);
  if (task === null) throw new Error("no task is at work");
  return task;
}

/** A worker on another machine takes up the finding's task, with that fixer. */
async function works(worker: string, finding: FindingId, script: string) {
  const [repo] = context().config.file.repos;
  if (repo !== undefined) repo.fixer = { command: ["sh", "-c", script] };
  const { id } = await taskOf(finding);
  const { DATA_DIR = "", PATH = "" } = world.playground.env;
  const ending = new AbortController();
  const place = {
    worker,
    workDir: join(DATA_DIR, worker),
    artifactsDir: join(DATA_DIR, "artifacts"),
    sandbox,
    failedTests: () => null,
    runtime: runtimeFrom({ path: PATH, execPath: process.execPath, hidden: [] }),
  };
  const ended = workTask({ ...context(), ...place }, id, ending.signal);
  if (script === HANGS) await until("its fixer is at work", () => hanging().length > 0);
  return { id, ended, stop: () => ending.abort(new Error("the process is stopping")) };
}

test("cancelled in the console, a task on another machine ends, with all that it started", async () => {
  const finding = await started("Say when the desk opens");
  const { id, ended } = await works("far", finding, HANGS);
  expect(await world.bob.presses(finding, "cancel", "Not now.")).toContain("is cancelled");
  await ended;
  expect(hanging()).toEqual([]);
  expect(await taskById(context().db, id)).toMatchObject({ state: "cancelled", attempt: 1, worker: "far" });

  // started again by a word, it is another task, and a word stops that too
  await world.bob.commands(`fix F${finding}`);
  const again = await works("far", finding, HANGS);
  expect(again.id).not.toBe(id);
  await world.bob.commands(`cancel ${again.id}`);
  await again.ended;
  expect(hanging()).toEqual([]);
  await world.unheard();
});

test("a worker that is stopped, or meets a fault that may pass, gives its task back at once", async () => {
  const { db } = context();
  const finding = await started("Say who is at the desk");
  const first = await works("first", finding, HANGS);
  first.stop();
  await first.ended;
  expect(hanging()).toEqual([]);
  expect(await taskOf(finding)).toMatchObject({ state: "queued", worker: null });
  expect(await tasksWithJob(db)).toContain(first.id);

  world.playground.github.faults.next({ match: { path: /\/permission$/ }, status: 502, times: 20 });
  const second = await works("second", finding, WORKS);
  await expect(second.ended).rejects.toThrow("502");
  world.playground.github.faults.clear();
  expect(await taskOf(finding)).toMatchObject({ state: "queued", attempt: 2 });
  await world.bob.commands(`cancel F${finding}`);
  await world.unheard();
});

test("a task that takes its workers with it is given up", async () => {
  const { db, clock } = context();
  const finding = await started("Say what the desk is for");
  const { id } = await taskOf(finding);
  await claimTask(db, id, "doomed", clock.now());
  await db.update(tasks).set({ attempt: MOST_ATTEMPTS }).where(eq(tasks.id, id));
  const watch = new SilenceWatch();
  for (let look = 0; look < 6; look += 1) await watch.look(context());
  const error = `${MOST_ATTEMPTS} attempts came to no end; the last one: doomed fell silent`;
  expect(await taskById(db, id)).toMatchObject({ state: "failed", error });
  await world.unheard();
});

test("a worker that was overtaken ends nothing of its successor's; a silent one is overtaken, once it was silent for long", async () => {
  const { db } = context();
  const finding = await started("Say when the desk closes");
  const slow = await works("slow", finding, HANGS);
  await moveTask(db, slow.id, ["running"], { state: "queued" });
  const second = await claimTask(db, slow.id, "second", context().clock.now());
  await slow.ended;
  expect(hanging()).toEqual([]);
  expect(await taskById(db, slow.id)).toMatchObject({ state: "running", attempt: 2, worker: "second" });

  const watch = new SilenceWatch();
  const looks = async (count: number) => {
    for (let look = 0; look < count; look += 1) await watch.look(context());
    return (await taskById(db, slow.id))?.state;
  };
  expect(await looks(5)).toBe("running");
  // its clock is wrong by a day, but it goes on
  if (second !== null) await updateAttempt(db, second, { heartbeatAt: new Date(Date.now() - 86_400_000) });
  expect(await looks(5)).toBe("running");
  expect(await looks(1)).toBe("queued");
  const [lost] = await auditTrail(db, finding, 1);
  expect(lost).toMatchObject({ action: "task.lost", detail: { attempt: 2, why: "second fell silent" } });

  // what is pushed, and built there, is another test's
  await world.alice.commands("pause");
  const third = await works("third", finding, WORKS);
  await third.ended;
  expect(await taskById(db, slow.id)).toMatchObject({ state: "publishing", attempt: 3, worker: "third" });
  if (second === null) throw new Error("nobody was second");
  expect(await updateAttempt(db, second, { state: "publishing" })).toBe(false);
  await world.unheard();
});
