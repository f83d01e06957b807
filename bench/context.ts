import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { contextOf } from "../src/features/fixes/context/index.ts";
import { errorText } from "../src/kernel/errors.ts";
import { git } from "../src/outbound/git/command.ts";
import { history } from "../src/outbound/git/index.ts";

/**
 * `bun bench/context.ts --pd GITDIR [--only TEXT] [--verbose]`: how often the files of real fixes are among the first
 * of `context`, asked with the test's name alone on the code before the fix. SHARED is where the list of fixes lies.
 */
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { pd: { type: "string" }, only: { type: "string" }, verbose: { type: "boolean", default: false } },
});
const shared = process.env.SHARED ?? resolve(import.meta.dir, "../../shared");
const list = join(shared, "pd/fixes.json");
const say = (text: string) => process.stdout.write(`${text}\n`);

const Fix = z.object({
  sha: z.string(),
  parent: z.string(),
  subject: z.string(),
  tests_named_in_message: z.array(z.string()),
  files_changed: z.array(z.object({ status: z.string(), path: z.string() })),
  product_files: z.array(z.string()),
});
type Fix = z.infer<typeof Fix>;

interface Outcome {
  fix: Fix;
  /** Place of each changed file, from 1; 0 where it is not among the first 20. */
  places: number[];
  ms: number;
  error: string | null;
}

async function main(): Promise<void> {
  if (values.pd === undefined || !existsSync(values.pd))
    return void say("skipped: no git folder of tikv/pd (--pd GITDIR)");
  if (!existsSync(list)) return void say(`skipped: there is no ${list} (SHARED=FOLDER)`);
  const fixes = z.array(Fix).parse(await Bun.file(list).json());
  const named = fixes
    .filter((fix) => fix.tests_named_in_message.length > 0)
    .filter((fix) => values.only === undefined || JSON.stringify(fix).includes(values.only));
  const scratch = await mkdtemp(join(tmpdir(), "context-bench-"));
  try {
    await git({
      args: ["clone", "--shared", "--no-checkout", "--quiet", resolve(values.pd), "."],
      cwd: scratch,
    });
    const outcomes: Outcome[] = [];
    let skipped = 0;
    for (const fix of named) {
      const checkout = ["checkout", "--quiet", "--force", "--detach", fix.parent];
      const there = await git({ args: checkout, cwd: scratch }).then(
        () => true,
        () => false,
      );
      if (there) outcomes.push(await ask(scratch, fix));
      else skipped += 1;
    }
    report(outcomes, skipped);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function ask(dir: string, fix: Fix): Promise<Outcome> {
  const began = performance.now();
  // a file that the fix itself adds cannot be read before it
  const changed = fix.files_changed.filter(({ status }) => status !== "A").map(({ path }) => path);
  const tests = fix.tests_named_in_message.map((name) => ({ name }));
  try {
    const files = await contextOf(dir, { tests, text: "", top: 20 }, history);
    const ms = performance.now() - began;
    if (values.verbose)
      for (const [at, { path, score, why }] of files.entries())
        say(`  ${at + 1}${changed.includes(path) ? " *" : ""} ${score} ${path}: ${why}`);
    return {
      fix,
      places: changed.map((path) => files.findIndex((each) => each.path === path) + 1),
      ms,
      error: null,
    };
  } catch (error) {
    return { fix, places: changed.map(() => 0), ms: performance.now() - began, error: errorText(error) };
  }
}

function report(outcomes: readonly Outcome[], skipped: number): void {
  const inTen = ({ places }: Outcome) => places.some((place) => place >= 1 && place <= 10);
  const all = ({ places }: Outcome) => places.every((place) => place >= 1);
  const product = outcomes.filter(({ fix }) => fix.product_files.length > 0);
  const missed = outcomes.filter((each) => !inTen(each) || (product.includes(each) && !all(each)));
  for (const { fix, places, error } of missed) {
    say(
      `missed ${fix.sha.slice(0, 8)} ${fix.tests_named_in_message.join(", ")}${error === null ? "" : ` (${error})`}`,
    );
    const changed = fix.files_changed.filter(({ status }) => status !== "A");
    for (const [at, { path }] of changed.entries()) say(`    ${places[at] || "–"} ${path}`);
  }
  const times = outcomes.map(({ ms }) => ms).sort((a, b) => a - b);
  const time = (share: number) => `${Math.round(times[Math.floor(share * (times.length - 1))] ?? 0)} ms`;
  say(`fixes asked ${outcomes.length}, skipped for a missing commit ${skipped}`);
  const told = (some: readonly Outcome[], name: string): void => {
    const ofProduct = some.filter((each) => product.includes(each));
    say(`${name}: a changed file among the first 10: ${figure(some.filter(inTen).length, some.length)}`);
    say(
      `${name}: product fixes, all changed files among the first 20: ${figure(ofProduct.filter(all).length, ofProduct.length)}`,
    );
  };
  told(outcomes, "all (wanted 95 % and 60 %)");
  // what was found on one half has to hold on the other: the commit's id says which half a fix is in
  const even = ({ fix }: Outcome): boolean => Number.parseInt(fix.sha.slice(0, 8), 16) % 2 === 0;
  told(outcomes.filter(even), "even half");
  told(
    outcomes.filter((each) => !even(each)),
    "odd half",
  );
  say(`time of a call: median ${time(0.5)}, 95 % ${time(0.95)}, longest ${time(1)}`);
}

const figure = (part: number, whole: number): string =>
  `${part} of ${whole}, ${whole === 0 ? "–" : ((100 * part) / whole).toFixed(1)} %`;

await main();
