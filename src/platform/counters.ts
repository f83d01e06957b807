import { sql } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { counters } from "../../db/schema.ts";

/** Counters of /metrics; each is there from 0 on. Those with a label have it named. */
export const COUNTERS = {
  runs_scanned_total: { help: "Attempts of workflow runs that were read.", label: null, labels: [] },
  failures_extracted_total: { help: "Failed tests found in logs and reports.", label: null, labels: [] },
  judgements_total: { help: "Looks at all the evidence on a finding.", label: null, labels: [] },
  flaky_detected_total: {
    help: "Verdicts given to findings, by class.",
    label: "class",
    labels: ["flaky-test", "infra-flake", "likely-regression", "unknown"],
  },
  issues_created_total: { help: "Issues filed.", label: null, labels: [] },
  issues_updated_total: { help: "Issues whose text was brought up to date.", label: null, labels: [] },
  pr_created_total: { help: "Pull requests opened.", label: null, labels: [] },
  pr_merged_total: { help: "Pull requests of ours that were merged.", label: null, labels: [] },
  llm_tokens_total: { help: "Tokens read and written by the model.", label: null, labels: [] },
  llm_cost_estimate: { help: "Estimated cost of the model in US dollars.", label: null, labels: [] },
  action_failures_total: {
    help: "Writes, jobs and tasks that failed, by reason.",
    label: "reason",
    labels: ["github", "slack", "model", "job", "task"],
  },
} as const;
export type CounterName = keyof typeof COUNTERS;

/** Adds to a counter; inside a transaction it counts exactly what was committed. */
export async function count(tx: Db, name: CounterName, by = 1, label = ""): Promise<void> {
  await tx
    .insert(counters)
    .values({ name, label, value: by })
    .onConflictDoUpdate({
      target: [counters.name, counters.label],
      set: { value: sql`${counters.value} + excluded.value` },
    });
}

/** All counters in Prometheus' text form. Cost is kept in millionths of a dollar and shown in dollars. */
export async function exposition(db: Db): Promise<string> {
  const stored = new Map(
    (await db.select().from(counters)).map((row) => [`${row.name}|${row.label}`, row.value]),
  );
  const lines: string[] = [];
  for (const [name, { help, label, labels }] of Object.entries(COUNTERS)) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
    const scale = name === "llm_cost_estimate" ? 1e-6 : 1;
    if (label === null) lines.push(`${name} ${(stored.get(`${name}|`) ?? 0) * scale}`);
    for (const value of labels)
      lines.push(`${name}{${label}="${value}"} ${stored.get(`${name}|${value}`) ?? 0}`);
  }
  return `${lines.join("\n")}\n`;
}
