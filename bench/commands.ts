import { mkdtempSync, rmSync } from "node:fs";
import { getPriority, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CHANNEL } from "../src/playground/index.ts";
import { freshPostgres } from "../test/harness/postgres.ts";
import { until } from "../test/harness/until.ts";
import { World } from "../test/harness/world.ts";
import type { Slice, Timed } from "./commands/load.ts";

/**
 * `bun bench/commands.ts [--postgres] [seconds of each slice] [slices]`: how soon `/flaky` answers at 100 signed commands
 * a second, while red runs are read, scans run and a large log is handed in, beside a bare Bolt app on the same receiver
 * and the same kind of database, in turns in one run; and an empty server, whose tail is that of the machine and the load.
 * Product, bare app, playground and load each have a process or
 * thread of their own. The playground, whose CI really runs tests, gives way to the others: elsewhere it would be
 * another machine.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { postgres: { type: "boolean", default: false } },
});
const [seconds = 5, slices = 4] = positionals.map(Number);
const kind = values.postgres ? "postgres" : "pglite";
const RATE = 100;
const LOG = `${"ok 1 - a line of a log that says nothing of note\n".repeat(80_000)}--- FAIL: TestA (0.01s)\nFAIL\n`;

// tests start products without the engine's last stage of compiling; here both sides have it
const world = await World.start({
  database: kind,
  worker: false,
  ownProcess: true,
  env: { BUN_JSC_useOMGJIT: "1", BUN_JSC_useFTLJIT: "1" },
});
const { env, slack } = world.playground;
await world.ci.flake("north");
await until("the card is posted", () => world.cardIfAny(1) !== null);

const bareDir = mkdtempSync(join(tmpdir(), "flaky-bare-"));
const bare = Bun.spawn([process.execPath, `${import.meta.dir}/commands/bare.ts`], {
  env: {
    PATH: process.env.PATH ?? "",
    SLACK_SIGNING_SECRET: env.SLACK_SIGNING_SECRET ?? "",
    DATA_DIR: bareDir,
    ...(kind === "postgres" ? { DATABASE_URL: await freshPostgres() } : {}),
  },
  stdout: "pipe",
  stderr: "inherit",
});
const empty = Bun.spawn([process.execPath, `${import.meta.dir}/commands/empty.ts`], { stdout: "pipe" });
const addressOf = async (child: { stdout: ReadableStream<Uint8Array> }): Promise<string> =>
  new TextDecoder().decode((await child.stdout.getReader().read()).value).split("\n")[0] ?? "";
const [address, nothing] = [await addressOf(bare), await addressOf(empty)];

const load = new Worker(`${import.meta.dir}/commands/load.ts`);
// this thread and what it starts from here on: on Linux a thread's priority is its own
if (process.platform === "linux") setPriority(Math.min(19, getPriority() + 10));
const timed = (slice: Slice) =>
  new Promise<Timed>((resolve) => {
    load.onmessage = ({ data }) => resolve(data);
    load.postMessage(slice);
  });
const slice = (url: string, commands: string[]): Slice => ({
  url: `${url}/slack/events`,
  secret: env.SLACK_SIGNING_SECRET ?? "",
  form: { command: "/flaky", channel_id: CHANNEL.id, user_id: world.dave.chatId, team_id: slack.ids.teamId },
  commands,
  rate: RATE,
  seconds,
});
const COMMANDS = ["list", "show F1", "whoami", "help"];

let over = false;
let [runs, scans, logs] = [0, 0, 0];
const reading = (async () => {
  while (!over) {
    runs += 1;
    await world.ci.fail("north", { pull: `more-${runs}`, author: "carol" });
  }
})();
const scanning = (async () => {
  while (!over) {
    scans += 1;
    await slack.command(world.alice.chatId, CHANNEL.id, "scan");
    const where = new URLSearchParams({
      repo: "playground/orchard",
      sha: String(scans).padStart(40, "a"),
      branch: "main",
      run_url: `https://ci.example/${scans}`,
      job: "unit",
      attempt: "1",
    });
    const headers = { authorization: `Bearer ${env.API_TOKEN}`, "content-type": "text/plain" };
    const sent = await fetch(`${world.product.url}/api/v1/reports?${where}`, {
      method: "POST",
      headers,
      body: LOG,
    });
    if (sent.ok) logs += 1;
    await Bun.sleep(1000);
  }
})();

const all: Record<string, { ms: number[]; failed: number }> = {};
const late: number[] = [];
const add = (name: string, { answers, failed }: Timed) => {
  const sum = all[name] ?? { ms: [], failed: 0 };
  all[name] = sum;
  sum.ms.push(...answers.map((one) => one.ms));
  late.push(...answers.map((one) => one.late));
  sum.failed += failed;
};
// both run for a while first: what is measured is not how code begins
await timed(slice(world.product.url, COMMANDS));
await timed(slice(address, COMMANDS));
for (let turn = 0; turn < slices; turn += 1) {
  const product = await timed(slice(world.product.url, COMMANDS));
  add("product", product);
  for (const command of COMMANDS)
    add(`  ${command}`, { answers: product.answers.filter((one) => one.command === command), failed: 0 });
  add("bare Bolt", await timed(slice(address, COMMANDS)));
  add("empty server", await timed(slice(nothing, COMMANDS)));
}
over = true;
await Promise.all([reading, scanning]);

const at = (ms: number[], share: number): string =>
  `${(ms.toSorted((a, b) => a - b)[Math.min(ms.length - 1, Math.floor(ms.length * share))] ?? 0).toFixed(1)} ms`;
for (const [name, { ms, failed }] of Object.entries(all))
  process.stdout.write(
    `${name.padEnd(12)} ${String(ms.length).padStart(5)} answers, p50 ${at(ms, 0.5)}, p99 ${at(ms, 0.99)}, ${failed} failed\n`,
  );
process.stdout.write(`sent late by p50 ${at(late, 0.5)}, p99 ${at(late, 0.99)}, which counts above\n`);
process.stdout.write(`${kind}; meanwhile ${runs} red runs, ${scans} scans, ${logs} logs of 4 MB\n`);
load.terminate();
bare.kill();
empty.kill();
await Promise.all([bare.exited, empty.exited]);
rmSync(bareDir, { recursive: true, force: true });
await world.close();
process.exit(0);
