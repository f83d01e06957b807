import { clamp } from "../../kernel/text/clamp.ts";
import { markdownBlock, markdownCell } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";
import type { ErrorMinute, ErrorSample } from "../failures/errors/store.ts";
import type { Finding } from "../findings/model.ts";
import { nameCode } from "./lists.ts";
import { logOf } from "./shown.ts";

/** What the issue of a runtime error tells of it. */
export interface ErrorFacts {
  total: number;
  environments: string[];
  /** Newest first. */
  minutes: ErrorMinute[];
  samples: ErrorSample[];
}

const DAYS = 14;
const SAMPLES = 3;
const SAMPLE_CHARS = 12_000;

const minute = (at: Date) => at.toISOString().replace("T", " ").slice(0, 16);

/** Where an error came, as a sentence's end: `in production and staging`; empty where nobody said. */
export function placesText(environments: readonly string[]): string {
  const names = environments.slice(0, 4);
  if (names.length === 0) return "";
  const last = names.at(-1) ?? "";
  return ` in ${names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`}`;
}

export function errorSummary(finding: Finding, facts: ErrorFacts): string {
  const where = finding.file === null ? "" : ` (${nameCode(finding.file, 200)})`;
  const places = placesText(facts.environments.map((name) => nameCode(name, 60)));
  return [
    "## Summary",
    "",
    `${nameCode(finding.test)}${where} was logged by ${nameCode(finding.package ?? finding.repo, 100)}.`,
    "",
    `- **Seen:** ${plural(facts.total, "time")}${places}; first ${minute(finding.firstSeen)}, last ${minute(finding.lastSeen)} UTC`,
    `- **Signature:** ${nameCode(clamp(finding.signature, 200))}`,
  ].join("\n");
}

/** A row for each day and place: a flood is one number. */
export function errorEvidence(facts: ErrorFacts): string {
  const days = new Map<string, number>();
  for (const { minute: at, environment, commit, count } of facts.minutes) {
    const key = JSON.stringify([at.toISOString().slice(0, 10), environment, commit.slice(0, 10)]);
    days.set(key, (days.get(key) ?? 0) + count);
  }
  const rows = [...days].slice(0, DAYS).map(([key, n]) => {
    const [day = "", environment = "", commit = ""]: string[] = JSON.parse(key);
    return `| ${day} | ${markdownCell(environment || "not told")} | ${markdownCell(commit || "not told")} | ${n} |`;
  });
  return [
    "## Evidence",
    "",
    "| day (UTC) | environment | commit | times |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

export function errorExcerpts(finding: Finding, facts: ErrorFacts, room: number): string {
  const shown = facts.samples.slice(0, SAMPLES);
  const each = Math.min(SAMPLE_CHARS, Math.floor((room - 200) / Math.max(1, shown.length)) - 400);
  if (shown.length === 0 || each < 500) return "## Log excerpts\n\nNone is kept any more.";
  const folded = shown.map((sample) => {
    // a fence is longer than what it holds
    const text = markdownBlock(clamp(logOf(finding, sample), Math.floor(each / 3)), "text");
    const title = `${minute(sample.at)} UTC${placesText([nameCode(sample.environment, 60)].filter((name) => name !== "``"))}`;
    return `<details><summary>${title}</summary>\n\n${text}\n\n</details>`;
  });
  return ["## Log excerpts", "", ...folded].join("\n");
}
