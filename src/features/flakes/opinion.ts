import { inArray } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { opinions } from "../../../db/schema.ts";
import { HOUR } from "../../kernel/clock.ts";
import { RefusedError } from "../../kernel/errors.ts";
import type { FindingId } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { type LogLines, numberedLines, placeOfExact } from "../../kernel/text/quoted-lines.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { Context } from "../context.ts";
import { CLASSES } from "../findings/model.ts";
import { findingById } from "../findings/store.ts";
import { askModel, BudgetSpentError, NonsenseError } from "../model-budget.ts";
import type { Opinion } from "./evidence.ts";
import { gatherEvidence } from "./gather.ts";
import { judge, type Verdict } from "./judge.ts";
import { fingerprintsOf, sightingsOf } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge" | "model" | "prompts" | "log">;

const Answer = z.object({
  class: z.enum(CLASSES),
  confidence: z.number().min(0).max(1),
  /** Lines of the log, each as `number: text`. */
  quotes: z.array(z.string()).max(20).default([]),
});
export type Answer = z.infer<typeof Answer>;

/** With a budget that is spent the question waits this long: by then some of the last 24 hours' costs no longer count. */
const BUDGET_WAIT_MS = 6 * HOUR;
const LONGEST_QUOTE = 300;
/** Outside of this band of "probability flaky" an opinion could not change what follows from the verdict. */
const DOUBT = [0.25, 0.75] as const;

const flakiness = ({ class: said, confidence }: Verdict): number =>
  said === "flaky-test" ? confidence : 1 - confidence;

/** True when the rules alone leave it open whether the test is flaky. */
export function inDoubt(verdict: Verdict): boolean {
  const flaky = flakiness(verdict);
  return verdict.class !== "infra-flake" && flaky >= DOUBT[0] && flaky <= DOUBT[1];
}

/**
 * Names the kinds of evidence that a verdict of the rules rests on: which rules spoke, not how often or how loud. While
 * they stay the same the model is not asked again.
 */
export const kindsOf = (verdict: Verdict): string =>
  [...new Set(verdict.reasons.map((reason) => reason.rule))]
    .filter((rule) => rule !== "too-little")
    .sort()
    .join("+");

/** What the model said of findings, by the kinds of evidence at which it was asked. */
export async function opinionsOf(
  db: Db,
  findings: readonly FindingId[],
): Promise<Map<number, Map<string, Opinion>>> {
  const rows = await db
    .select()
    .from(opinions)
    .where(inArray(opinions.findingId, [...findings]));
  return new Map(
    [...Map.groupBy(rows, (row) => row.findingId)].map(([finding, said]) => [
      finding,
      new Map(
        said.map(({ kinds, class: of, confidence, quote }) => [kinds, { class: of, confidence, quote }]),
      ),
    ]),
  );
}

/**
 * What an answer is worth: a quoted line that does not stand in the log under that number, or a claim without a quote,
 * voids it.
 */
export function checkAnswer(answer: Answer, log: LogLines): Opinion {
  const places = answer.quotes.map((quote) => placeOfExact(quote, log));
  const [first] = places;
  if (answer.class === "unknown" || first === undefined || places.some((at) => at < 0))
    return { class: "unknown", confidence: 0, quote: "" };
  const quote = redact(clamp((log.lines[first] ?? "").trim(), LONGEST_QUOTE));
  return { class: answer.class, confidence: answer.confidence, quote };
}

/**
 * Has the model say what the newest failure's log speaks for, once for each finding and kinds of evidence, and asks for
 * a new verdict. Where the rules are sure nothing is asked.
 */
export async function classify(deps: Deps, id: FindingId): Promise<void> {
  const finding = await findingById(deps.db, id);
  if (finding === null) return;
  const { defaultBranch } = await deps.forge.repository(finding.repo);
  const verdict = judge(await gatherEvidence(deps.db, id, defaultBranch));
  const kinds = kindsOf(verdict);
  if (!inDoubt(verdict) || (await opinionsOf(deps.db, [id])).get(id)?.has(kinds) === true) return;
  const newest = (await sightingsOf(deps.db, id, 20)).find((row) => row.excerpt !== null);
  if (newest === undefined) return;
  const log = { lines: (newest.excerpt ?? "").split("\n"), first: null };
  const prompt = deps.prompts("classify", {
    test: finding.test,
    reasons: verdict.reasons.map((reason) => `- ${reason.text}`).join("\n"),
    excerpt: numberedLines(log).join("\n"),
  });
  const opinion = await asked(deps, id, prompt, log);
  if (opinion === null) return;
  await deps.db.transaction(async (tx) => {
    await tx
      .insert(opinions)
      .values({ findingId: id, kinds, ...opinion, at: deps.clock.now() })
      .onConflictDoNothing();
    const fingerprints = await fingerprintsOf(tx, id);
    if (opinion.class !== "unknown")
      await deps.queue.send(tx, "flakes.assess", { repo: finding.repo, fingerprints });
  });
}

/**
 * Null where the model refuses for good: the verdict does without. Nonsense is no opinion, and is kept as that, so that it
 * is not asked for again. A passing fault is the queue's to try again.
 */
async function asked(deps: Deps, id: FindingId, prompt: string, log: LogLines): Promise<Opinion | null> {
  try {
    return checkAnswer(
      await askModel(deps, { purpose: "classify", prompt, schema: Answer, finding: id }),
      log,
    );
  } catch (error) {
    deps.log.warn({ finding: id, error: String(error) }, "the model gave no opinion on a verdict");
    if (error instanceof NonsenseError) return { class: "unknown", confidence: 0, quote: "" };
    // one job waits for each finding: while this one does, new verdicts do not ask
    if (error instanceof BudgetSpentError)
      await deps.queue.send(
        deps.db,
        "flakes.classify",
        { finding: id },
        { key: String(id), delayMs: BUDGET_WAIT_MS },
      );
    if (error instanceof RefusedError) return null;
    throw error;
  }
}
