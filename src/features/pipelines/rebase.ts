import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { outbox } from "../../../db/schema.ts";
import { actorName, bot } from "../../kernel/actor.ts";
import { type Clock, SECOND } from "../../kernel/clock.ts";
import { UserError } from "../../kernel/errors.ts";
import { PullNumber, RepoName } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { record } from "../../platform/audit.ts";
import { dropLease, takeLease } from "../../platform/lease.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { enqueueCommand } from "../issues/bare-commands.ts";
import { pullByNumber } from "../pulls/store.ts";
import { ONCE_MS, takeOnce } from "./once.ts";
import { type Asked, openPull, requirePullRight, requireUnpaused } from "./place.ts";
import { rebaseCommand } from "./words.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge">;

/** How long whoever asked is let wait for GitHub's answer; after that it is done all the same. */
const PATIENCE_MS = 8 * SECOND;
const LOOK_MS = 100;
/** GitHub merges the base in the background: so often its end is looked for, a second apart. */
const LOOKS_AT_HEAD = 5;

/** What Rebase & Rerun came to; `updated` null: GitHub has not answered yet, and it goes on without anybody waiting. */
export interface Rebased {
  /** Null where CI starts by itself. */
  command: string | null;
  updated: boolean | null;
  already_triggered: boolean;
}

const Payload = z.object({
  repo: RepoName,
  pull: PullNumber,
  head: z.string(),
  command: z.string().nullable(),
  holder: z.string(),
  /** GitHub's answer, once it is there. */
  updated: z.boolean().optional(),
});
type Payload = z.infer<typeof Payload>;

/**
 * Brings a pull request's branch up to date and then comments what has everything run again. Both are one write of the
 * outbox, so that neither happens twice or without the other, whenever the process ends.
 * @throws ForbiddenError without the committers' right, UserError with why GitHub cannot update it.
 */
export async function rebaseAndRerun(deps: Deps, ask: Asked): Promise<Rebased> {
  const { place, pull, actor } = ask;
  const { repo } = place;
  await requirePullRight(deps, place, actor, "committer");
  await requireUnpaused(deps);
  const command = rebaseCommand(deps.config.file);
  const { headSha: head, mergeableState } = await openPull(deps, place, pull);
  if (mergeableState === "dirty") {
    const ours = (await pullByNumber(deps.db, repo, pull))?.state === "open";
    throw new UserError(
      conflictWords(
        pull,
        deps.forge.name(repo),
        ours ? `\`address ${pull}\` has me resolve them.` : undefined,
      ),
    );
  }
  const holder = crypto.randomUUID();
  const at = deps.clock.now();
  const key = `rebase:${repo}#${pull}@${head}:${at.getTime()}`;
  const added = await deps.db.transaction(async (tx) => {
    if (!(await takeLease(tx, deps.clock, leaseName(ask.place.repo, pull), holder, ONCE_MS))) return false;
    const payload: Payload = { repo, pull, head, command, holder };
    const lane = `${repo}#${pull}`;
    await enqueueWrite(tx, deps.clock, {
      destination: "github",
      lane,
      kind: "pull.rebase",
      key,
      payload,
      finding: null,
    });
    const detail = { repo, pull, head, command, by: actorName(actor) };
    await record(tx, { at, actor, action: "rebase", finding: null, detail });
    return true;
  });
  if (!added) return { command, updated: null, already_triggered: true };
  return {
    command,
    updated: await outcome(deps, { pull, key, forge: deps.forge.name(repo) }),
    already_triggered: false,
  };
}

const leaseName = (repo: RepoName, pull: PullNumber): string => `rebase:${repo}#${pull}`;

/** Waits for what the writer makes of the row. */
async function outcome(
  { db, clock }: { db: Db; clock: Clock },
  { pull, key, forge }: { pull: PullNumber; key: string; forge: string },
): Promise<boolean | null> {
  const until = clock.now().getTime() + PATIENCE_MS;
  while (clock.now().getTime() < until) {
    const [row] = await db.select().from(outbox).where(eq(outbox.key, key));
    if (row?.state === "sent") return Payload.parse(row.payload).updated ?? null;
    if (row?.state === "parked") throw new UserError(refusedWords(pull, forge, row.error ?? ""));
    await clock.sleep(LOOK_MS);
  }
  return null;
}

const conflictWords = (pull: number, forge: string, next = "Its author has to resolve them."): string =>
  `${forge} cannot bring #${pull} up to date: it has conflicts with its base. ${next}`;

const refusedWords = (pull: number, forge: string, error: string): string =>
  /\b(?:409|422)\b.*conflict/is.test(error)
    ? conflictWords(pull, forge)
    : `${forge} refused to update the branch of #${pull}: ${escapeSlack(error)}`;

/** Updates the branch; the comment follows in the transaction that keeps GitHub's answer. */
export const rebaseSender = (deps: Pick<Deps, "clock" | "forge">) =>
  sender<Payload, { updated: boolean; head: string }>({
    payload: Payload,
    async send({ repo, pull, head }) {
      const updated = await deps.forge.updateBranch(repo, pull);
      let now = (await deps.forge.pull(repo, pull)).headSha;
      // the comment is for the new code: CI would take it for the old one's
      for (let look = 1; updated && now === head && look < LOOKS_AT_HEAD; look += 1) {
        await deps.clock.sleep(SECOND);
        now = (await deps.forge.pull(repo, pull)).headSha;
      }
      // nothing is left to update, and yet it moved: an earlier try whose answer was lost arrived
      return { updated: updated || now !== head, head: now };
    },
    async settled(tx, { updated, head }, payload, row) {
      const { repo, pull, command } = payload;
      await tx
        .update(outbox)
        .set({ payload: { ...payload, updated } })
        .where(eq(outbox.id, row.id));
      if (command !== null) {
        await takeOnce(tx, deps.clock, { repo, pull, head, what: command });
        await enqueueCommand(tx, deps.clock, { key: `${row.key}:comment`, repo, pull, command });
      }
      const detail = { repo, pull, updated, head, command };
      await record(tx, { at: deps.clock.now(), actor: bot, action: "rebase.done", finding: null, detail });
    },
    // it may be asked for again at once
    refused: (tx, _, { repo, pull, holder }) => dropLease(tx, leaseName(repo, pull), holder),
  });
