import { z } from "zod";
import type { questions } from "../../../../db/schema.ts";
import { FindingId } from "../../../kernel/ids.ts";

type Row = typeof questions.$inferSelect;

/** A question somebody put to the bot. */
export interface Question extends Omit<Row, "findingId"> {
  findingId: FindingId;
}

export const toQuestion = (row: Row): Question => ({ ...row, findingId: FindingId.parse(row.findingId) });

/** What the model is asked for. It has no tools, and nothing of it is read as a command. */
export const Answer = z.object({
  answer: z.string().trim().min(1),
  evidence_lines: z.array(z.string()).default([]),
  changed_conclusion: z
    .object({ because: z.string().min(1), cause: z.string().min(1), fix: z.string() })
    .nullable()
    .default(null),
  language: z.string().max(35),
});
export type Answer = z.infer<typeof Answer>;

/** Why there is no answer, in the words that the asker is given. */
export const FAULTS = {
  budget:
    "I cannot answer now: today's budget for the model is spent. Ask me again tomorrow; `explain` and `show` work without it.",
  refused: "I cannot answer this: the model refused it. `explain` and `show` work without it.",
  failing:
    "I cannot answer now: the model does not give a usable answer. Ask me again later; `explain` and `show` work without it.",
} as const;
export type Fault = keyof typeof FAULTS;

/**
 * Accounts that are somebody's program. GitHub Apps end in `[bot]`; machine users are known only by how they are
 * called: `k8s-ci-robot`, `ti-chi-bot`.
 */
export const isBotName = (name: string): boolean => /\[bot\]$|(?:^|[-_])(?:ro)?bots?$/i.test(name);
