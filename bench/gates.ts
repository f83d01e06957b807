/**
 * Measures the restraint gates: on patches of our own (bench/gates/*.txt), and on what people merged in tikv/pd.
 *
 *   bun bench/gates.ts                 our own patches; a third is held out: its failures are counted, never shown
 *   bun bench/gates.ts --show          also which patches were judged otherwise than meant (not of the held-out third)
 *   bun bench/gates.ts --commits DIR   `gates --commit` on the commits of fixes.json, DIR is a clone of tikv/pd
 *
 * The commits need `../shared/pd/fixes.json` (SHARED names another place); without it that part is left out.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type GateFinding, judgePatch, type Verdict } from "../src/features/fixes/run/gates/index.ts";
import { diffOfCommit } from "../src/outbound/git/index.ts";
import { readCases } from "./gates/cases.ts";

const { values } = parseArgs({ options: { show: { type: "boolean" }, commits: { type: "string" } } });

interface Tally {
  masking: number;
  caught: number;
  refusedMasking: number;
  honest: number;
  refused: number;
  labelled: number;
}

const blank = (): Tally => ({ masking: 0, caught: 0, refusedMasking: 0, honest: 0, refused: 0, labelled: 0 });
const rulesOf = (findings: readonly GateFinding[], verdict: Verdict): string =>
  [...new Set(findings.filter((finding) => finding.verdict === verdict).map((finding) => finding.rule))].join(
    " ",
  );

/** One patch in three, by its place, is never looked at while rules are written, but in the files that they were written by. */
const SEEN = new Set(["mechanisms.txt", "second-look.txt", "third-look.txt", "fourth-look.txt"]);
const isHeldOut = (file: string, index: number): boolean => !SEEN.has(file) && index % 3 === 2;

async function ownPatches(): Promise<void> {
  const folder = join(import.meta.dir, "gates");
  const tallies = { seen: blank(), "held out": blank() };
  const languages = new Map<string, Tally>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".txt")).sort()) {
    const cases = readCases(await Bun.file(join(folder, name)).text());
    const language = languages.set(name, blank()).get(name) ?? blank();
    for (const [index, { masking, title, patch }] of cases.entries()) {
      const { findings, verdict } = await judgePatch(patch, { evidence: "" });
      for (const tally of [tallies[isHeldOut(name, index) ? "held out" : "seen"], language]) {
        tally.masking += masking ? 1 : 0;
        tally.honest += masking ? 0 : 1;
        tally.caught += masking && verdict !== "allow" ? 1 : 0;
        tally.refusedMasking += masking && verdict === "refuse" ? 1 : 0;
        tally.refused += !masking && verdict === "refuse" ? 1 : 0;
        tally.labelled += !masking && verdict === "label" ? 1 : 0;
      }
      const wrong = masking ? verdict === "allow" : verdict === "refuse";
      const said = rulesOf(findings, verdict);
      if (values.show && !isHeldOut(name, index))
        console.log(
          `${wrong ? "WRONG " : ""}${name} ${masking ? "masking" : "honest"}: ${title}: ${verdict} ${said}`,
        );
    }
  }
  for (const [name, tally] of [...Object.entries(tallies), ...languages]) {
    const { masking, caught, refusedMasking, honest, refused, labelled } = tally;
    console.log(
      `${name.padEnd(15)} masking ${masking}: caught ${caught} (${percent(caught, masking)}), refused ${refusedMasking}; honest ${honest}: refused ${refused} (${percent(refused, honest)}), labelled ${labelled}`,
    );
  }
}

const percent = (part: number, all: number): string =>
  all === 0 ? "–" : `${((100 * part) / all).toFixed(1)} %`;

const Fixes = z.array(z.object({ sha: z.string(), subject: z.string() }));

async function mergedCommits(clone: string): Promise<void> {
  const file = join(process.env.SHARED ?? join(import.meta.dir, "../../shared"), "pd/fixes.json");
  if (!(await Bun.file(file).exists())) return console.log(`left out: ${file} is not there`);
  const fixes = Fixes.parse(await Bun.file(file).json());
  const counts: Record<Verdict, number> = { allow: 0, label: 0, refuse: 0 };
  const rules = new Map<string, number>();
  let read = 0;
  for (const { sha, subject } of fixes) {
    const patch = await diffOfCommit(clone, sha).catch(() => null);
    if (patch === null) continue;
    read++;
    const { findings, verdict } = await judgePatch(patch, { evidence: "" });
    counts[verdict]++;
    for (const rule of new Set(findings.map((finding) => `${finding.rule} ${finding.verdict}`)))
      rules.set(rule, (rules.get(rule) ?? 0) + 1);
    if (verdict !== "refuse") continue;
    console.log(`${sha.slice(0, 12)} ${subject}`);
    for (const { rule, path, line, text } of findings.filter((finding) => finding.verdict === "refuse"))
      console.log(`    ${rule} ${path}:${line} ${text}`);
  }
  console.log(
    `${read} of ${fixes.length} commits read: refused ${counts.refuse} (${percent(counts.refuse, read)}), labelled ${counts.label} (${percent(counts.label, read)}), allowed ${counts.allow}`,
  );
  for (const [rule, hits] of [...rules].sort(([, a], [, b]) => b - a))
    console.log(`  ${rule.padEnd(34)} ${String(hits).padStart(4)}  ${percent(hits, read)}`);
}

if (values.commits === undefined) await ownPatches();
else await mergedCommits(values.commits);
