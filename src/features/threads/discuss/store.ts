import { and, asc, desc, eq, gt, inArray, lt, ne, notLike, or, sql } from "drizzle-orm";
import type { Db } from "../../../../db/client.ts";
import { audit, questions, relayed } from "../../../../db/schema.ts";
import type { FindingId } from "../../../kernel/ids.ts";
import { isBotName, type Question, toQuestion } from "./model.ts";

/** Keeps a question. @returns its number, or null when it was kept before. */
export async function addQuestion(tx: Db, row: typeof questions.$inferInsert): Promise<number | null> {
  const [added] = await tx
    .insert(questions)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: questions.id });
  return added?.id ?? null;
}

export async function questionById(db: Db, id: number): Promise<Question | null> {
  const [row] = await db.select().from(questions).where(eq(questions.id, id));
  return row === undefined ? null : toQuestion(row);
}

/** Counts a try to answer. @returns how many there were, this one included. */
export async function countTry(db: Db, id: number): Promise<number> {
  const [row] = await db
    .update(questions)
    .set({ tries: sql`${questions.tries} + 1` })
    .where(eq(questions.id, id))
    .returning({ tries: questions.tries });
  return row?.tries ?? 0;
}

/** Ends a question that waits. @returns false when it was ended before: then nothing more is to be said. */
export async function endQuestion(
  tx: Db,
  id: number,
  end: { state: Exclude<Question["state"], "waiting">; answer: string | null; at: Date },
): Promise<boolean> {
  const ended = await tx
    .update(questions)
    .set({ state: end.state, answer: end.answer, endedAt: end.at })
    .where(and(eq(questions.id, id), eq(questions.state, "waiting")))
    .returning({ id: questions.id });
  return ended.length === 1;
}

/** Questions that wait since before `before`: what a crash or a long outage left behind. */
export async function waitingQuestions(db: Db, before: Date): Promise<number[]> {
  const found = await db
    .select({ id: questions.id })
    .from(questions)
    .where(and(eq(questions.state, "waiting"), lt(questions.at, before)))
    .orderBy(asc(questions.id))
    .limit(100);
  return found.map((row) => row.id);
}

/** The newest questions of a finding, oldest first. */
export async function questionsOf(db: Db, finding: FindingId, limit: number): Promise<Question[]> {
  const found = await db
    .select()
    .from(questions)
    .where(eq(questions.findingId, finding))
    .orderBy(desc(questions.id))
    .limit(limit);
  return found.map(toQuestion).reverse();
}

/** When somebody other than the asker last spoke, or something was last decided or changed; `since` if later. */
export async function lastTurnOfOthers(
  db: Db,
  finding: FindingId,
  asker: string,
  since: Date,
): Promise<Date> {
  const said = await db
    .select({ author: relayed.author, at: relayed.at })
    .from(relayed)
    .where(and(eq(relayed.findingId, finding), ne(relayed.author, asker), gt(relayed.at, since)))
    .orderBy(desc(relayed.at))
    .limit(50);
  const [asked] = await db
    .select({ at: questions.at })
    .from(questions)
    .where(and(eq(questions.findingId, finding), ne(questions.author, asker), gt(questions.at, since)))
    .orderBy(desc(questions.at))
    .limit(1);
  const [decided] = await db
    .select({ at: audit.at })
    .from(audit)
    .where(
      and(
        eq(audit.findingId, finding),
        gt(audit.at, since),
        // what was refused moved nothing
        notLike(audit.action, "%.refused"),
        or(ne(audit.actor, "bot"), sql`${audit.action} like 'state.%'`),
      ),
    )
    .orderBy(desc(audit.at))
    .limit(1);
  const turns = [said.find((one) => !isBotName(one.author)), asked, decided].flatMap((one) =>
    one === undefined ? [] : [one.at],
  );
  return new Date(Math.max(since.getTime(), ...turns.map((at) => at.getTime())));
}

/** What was said to questions of a finding since, by whose question and how they ended. */
export async function endedSince(
  db: Db,
  finding: FindingId,
  since: Date,
): Promise<Pick<Question, "author" | "state" | "endedAt">[]> {
  return db
    .select({ author: questions.author, state: questions.state, endedAt: questions.endedAt })
    .from(questions)
    .where(
      and(
        eq(questions.findingId, finding),
        gt(questions.endedAt, since),
        inArray(questions.state, ["answered", "failed", "stopped"]),
      ),
    );
}
