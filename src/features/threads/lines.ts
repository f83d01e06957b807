import { and, asc, desc, eq, inArray, isNotNull, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { threadLines } from "../../../db/schema.ts";
import { type Clock, MINUTE } from "../../kernel/clock.ts";
import { FindingId, MessageTs } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { issueOf } from "../issues/store.ts";
import { type Line, linesText } from "./lines-text.ts";
import { findReply, threadToTell } from "./notes.ts";
import { threadOf } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "chat">;

/** What comes within so long of the line before it stands in one message with it. */
const FOLD_MS = MINUTE;

/** Decides a short line about what happened on GitHub, `at` its time there; told again under its key, it is the same line. */
export async function enqueueLine(
  db: Db,
  clock: Clock,
  line: Line & { finding: FindingId; key: string },
): Promise<void> {
  const { finding, key, who, what, object, at } = line;
  await db.transaction(async (tx) => {
    const thread = await threadToTell(tx, clock, finding);
    if (thread === null) return;
    const [added] = await tx
      .insert(threadLines)
      .values({ findingId: finding, key, who, what, object, at })
      .onConflictDoNothing()
      .returning({ id: threadLines.id });
    if (added === undefined) return;
    await enqueueWrite(tx, clock, {
      destination: "slack",
      lane: thread.channel,
      kind: "thread.lines",
      key: `line:${key}`,
      payload: { finding, line: added.id },
      finding,
    });
  });
}

const Payload = z.object({ finding: FindingId, line: z.int() });

/** Writes the lines of a finding that wait: into the message of the burst they belong to, or into one of their own. */
export const linesSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, { ts: MessageTs; lines: number[] }>({
    payload: Payload,
    async find({ finding, line }, row) {
      const ts = await findReply(deps, finding, row.key, row.createdAt);
      return ts === null ? null : { ts, lines: [line] };
    },
    async send({ finding, line }, row) {
      const thread = await threadOf(deps.db, finding);
      const fresh = await waiting(deps.db, finding);
      const [first] = fresh;
      // one that was written with an earlier line has nothing left to write
      if (thread === null || first === undefined || !fresh.some((one) => one.id === line)) return null;
      const lines = fresh.map((one) => one.id);
      const burst = await burstBefore(deps.db, finding, first.at);
      const text = linesText([...burst, ...fresh], (await issueOf(deps.db, finding))?.url ?? null);
      const [told] = burst;
      if (told === undefined || told.message === null) {
        const ts = await deps.chat.post(thread.channel, { text }, { thread: thread.ts, key: row.key });
        return { ts, lines };
      }
      const ts = MessageTs.parse(told.message);
      await deps.chat.update(thread.channel, ts, { text }, row.key);
      return { ts, lines };
    },
    async settled(tx, { ts, lines }) {
      await tx.update(threadLines).set({ message: ts }).where(inArray(threadLines.id, lines));
    },
  });

const waiting = (db: Db, finding: FindingId) =>
  db
    .select()
    .from(threadLines)
    .where(and(eq(threadLines.findingId, finding), isNull(threadLines.message)))
    .orderBy(asc(threadLines.id));

/** The lines of the last message, where what happened at `at` still belongs to them. */
async function burstBefore(db: Db, finding: FindingId, at: Date) {
  const told = eq(threadLines.findingId, finding);
  const [last] = await db
    .select()
    .from(threadLines)
    .where(and(told, isNotNull(threadLines.message)))
    .orderBy(desc(threadLines.id))
    .limit(1);
  if (last?.message == null || at.getTime() - last.at.getTime() > FOLD_MS) return [];
  return db
    .select()
    .from(threadLines)
    .where(and(told, eq(threadLines.message, last.message)))
    .orderBy(asc(threadLines.id));
}
