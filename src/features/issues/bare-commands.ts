import { and, eq, inArray, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { outbox } from "../../../db/schema.ts";
import { type Clock, MINUTE } from "../../kernel/clock.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import type { Forge, ForgeComment } from "../../ports/forge.ts";
import { CommentPayload, enqueueComment } from "./comments.ts";

/** Outbox kind of comments that another bot is to obey. They stand bare: such a bot may compare the whole comment. */
export const commandKind = "pull.command";

/** Decides a comment that has another bot act: the command alone, without a mark of ours. */
export const enqueueCommand = (
  tx: Db,
  clock: Clock,
  { key, repo, pull, command }: { key: string; repo: RepoName; pull: PullNumber; command: string },
): Promise<boolean> =>
  enqueueComment(tx, clock, {
    kind: commandKind,
    key,
    repo,
    number: pull,
    body: command.trim(),
    finding: null,
  });

/** Writes commands. One that an interrupted try left is known by its words, unless an earlier row has it for its own. */
export const commandSender = ({ db, forge }: { db: Db; forge: Forge }) =>
  sender<z.infer<typeof CommentPayload>, ForgeComment>({
    payload: CommentPayload,
    async find({ repo, number, body }, { createdAt }) {
      const me = await forge.whoAmI(repo);
      // the clocks may differ
      const early = new Date(createdAt.getTime() - MINUTE);
      const same = (await forge.comments(repo, number, early)).filter(
        (comment) => comment.author === me && comment.body.trim() === body && comment.createdAt >= early,
      );
      const taken = await takenOf(db, `${repo}#${number}`, same);
      return same.find(({ id }) => !taken.has(id)) ?? null;
    },
    send: ({ repo, number, body }) => forge.comment(repo, number, body),
    // the id tells this command from the same words later
    async settled(tx, { id }, payload, row) {
      await tx
        .update(outbox)
        .set({ payload: { ...payload, comment: id } })
        .where(eq(outbox.id, row.id));
    },
  });

/** Which of these comments of one issue are a command of ours already. */
async function takenOf(db: Db, lane: string, comments: readonly ForgeComment[]): Promise<Set<number>> {
  if (comments.length === 0) return new Set();
  const id = sql<string>`${outbox.payload} ->> 'comment'`;
  const ids = comments.map((comment) => String(comment.id));
  const rows = await db
    .select({ id })
    .from(outbox)
    .where(and(eq(outbox.kind, commandKind), eq(outbox.lane, lane), inArray(id, ids)));
  return new Set(rows.map((row) => Number(row.id)));
}

/** Whether a comment under our own login says what we decided to say there as a command; it carries no mark. */
export async function isCommandOfOurs(
  db: Db,
  { repo, number, body }: { repo: RepoName; number: number; body: string },
): Promise<boolean> {
  const said = sql`${outbox.payload} ->> 'body' = ${body.trim()}`;
  const lane = eq(outbox.lane, `${repo}#${number}`);
  return (await db.$count(outbox, and(eq(outbox.kind, commandKind), lane, said))) > 0;
}
