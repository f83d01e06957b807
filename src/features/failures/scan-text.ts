import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { runIds, type Scan } from "./scans.ts";

/** What of a scan its end tells. */
type Told = Pick<Scan, "repo" | "since" | "listed" | "truncated" | "runs" | "unread" | "error">;

/** `1 run`, `3 runs` */
const many = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** How a scan goes on, in one plain line of at most 80 characters for most names; null before its listing. */
export function progressText(scan: Scan): string {
  if (scan.listed === null) return `${scan.repo}: asking for its runs`;
  const all = runIds(scan.runs).length;
  return `${scan.repo}: ${all - runIds(scan.unread).length} of ${many(all, "run")} read`;
}

/** What came of a scan, and what is missing from it: plain sentences. */
export function endText(scan: Told, found: { failures: number; tests: number; torn: number }): string {
  if (scan.listed === null) return `${scan.repo} was not scanned: ${said(scan.error ?? "it did not go on")}`;
  const all = runIds(scan.runs).length;
  const unread = runIds(scan.unread).length;
  const news = all === 0 ? "nothing new in them" : `${all - unread} read`;
  const sentences = [
    `${scan.repo}: ${many(scan.listed, "run")} since ${scan.since.toISOString().slice(0, 10)}, ${news}`,
  ];
  if (all > unread)
    sentences.push(
      found.failures === 0
        ? "No failed test was found"
        : `${many(found.failures, "failure")} of ${many(found.tests, "test")} found`,
    );
  sentences.push(...gaps(scan, unread, found.torn));
  return `${sentences.join(". ")}.`;
}

function gaps(scan: Told, unread: number, torn: number): string[] {
  const missing: string[] = [];
  if (scan.truncated) missing.push("1000 runs of a workflow are listed at most, so older ones were not read");
  if (torn > 0) missing.push(`logs of ${many(torn, "attempt")} are gone, so failures in them go unseen`);
  if (unread > 0) missing.push(`${many(unread, "run")} could not be read yet${because(scan.error)}`);
  else if (scan.error !== null) missing.push(said(scan.error));
  return missing.map((gap) => `Missing: ${gap}`);
}

const because = (error: string | null): string => (error === null ? "" : ` (${said(error)})`);
const said = (error: string): string => clamp(redact(error).replace(/\s+/g, " "), 300).replace(/\.$/, "");
