import type { Stats } from "../features/insights/stats.ts";

/** One value: quoted, and never a formula where a spreadsheet opens it. */
export function csvCell(value: string | number | null): string {
  if (typeof value === "number") return String(value);
  const text = value ?? "";
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}

const lines = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");

export const TABLES = ["days", "flakes", "repositories"] as const;
export type Table = (typeof TABLES)[number];

/** A table of the figures as RFC 4180 CSV, with a header line. */
export function figuresCsv(stats: Stats, table: Table): string {
  if (table === "days")
    return lines([
      ["day", "found", "fixed", "failed"],
      ...stats.perDay.map((one) => [one.day, one.found, one.fixed, one.failed]),
    ]);
  if (table === "repositories")
    return lines([
      ["repository", "found", "merged", "waiting", "fixed", "failed", "all"],
      ...stats.perRepo.map((one) => [
        one.name,
        one.found,
        one.merged,
        one.waiting,
        one.fixed,
        one.failed,
        one.total,
      ]),
    ]);
  return lines([
    ["finding", "test", "repository", "state", "sightings", "pull_requests", "ci_hours_lost", "reruns"],
    ...stats.worst.map((one) => [
      `F${one.id}`,
      one.test,
      one.repo,
      one.state,
      one.sightings,
      one.pulls,
      Math.round(one.lostSeconds / 36) / 100,
      one.reruns,
    ]),
  ]);
}
