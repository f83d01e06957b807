import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { notices } from "../../../db/schema.ts";
import { repoConfig } from "../../config/index.ts";
import { ChannelId, ChatUserId, IssueNumber, MessageTs, PullNumber, RepoName } from "../../kernel/ids.ts";
import { textDigest } from "../../kernel/text/digest.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueRefresh, enqueueWrite } from "../../platform/outbox/store.ts";
import type { ForgeComment } from "../../ports/forge.ts";
import { chatUserOf } from "../approvals/people.ts";
import type { Context } from "../context.ts";
import { findComment, withMark } from "../issues/marks.ts";
import { type Outcome, outcomeAt, outcomeOf, ownFinding } from "./known-flakes.ts";
import { noticeMessage, noticeText } from "./notice-messages.ts";
import { noteRed } from "./red-own.ts";
import { rerunOwn } from "./rerun-own.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge" | "chat" | "ci">;

const Payload = z.object({ repo: RepoName, pull: PullNumber });
type Payload = z.infer<typeof Payload>;

/**
 * Tells the author of a pull request that its CI failed by known flakes alone: by one comment, edited after, and by one
 * direct message for each commit where the author is known in Slack. One of ours is run again instead, or noted as red.
 */
export async function noticePull(deps: Deps, { repo, pull }: Payload): Promise<void> {
  const settings = repoConfig(deps.config, repo);
  const own = await ownFinding(deps.db, repo, pull);
  if (own !== null) {
    await rerunOwn(deps, { repo, pull }, own);
    return noteRed(deps, { repo, pull }, own);
  }
  const outcome = await outcomeAt(deps.db, repo, pull);
  if (settings === undefined || outcome === null) return;
  const said = await noticeOf(deps.db, repo, pull);
  const write = { destination: "github", lane: `${settings.write}#${pull}`, finding: null } as const;
  await deps.db.transaction(async (tx) => {
    if (said !== null) {
      await enqueueRefresh(tx, deps.clock, { ...write, kind: "notice.update", payload: { repo, pull } });
    } else if (outcome.kind === "known") {
      const key = `notice:${repo}#${pull}`;
      await enqueueWrite(tx, deps.clock, { ...write, kind: "notice.comment", key, payload: { repo, pull } });
    }
    if (outcome.kind === "known") await tellAuthor(deps, tx, { repo, pull }, outcome);
  });
}

async function tellAuthor(deps: Deps, tx: Db, { repo, pull }: Payload, outcome: Outcome & { kind: "known" }) {
  const user =
    outcome.author === null ? null : await chatUserOf({ db: tx, config: deps.config }, outcome.author);
  if (user === null) return;
  await enqueueWrite(tx, deps.clock, {
    destination: "slack",
    lane: user,
    kind: "notice.message",
    key: `notice:${repo}#${pull}@${outcome.sha}`,
    payload: { repo, pull, user },
    finding: null,
    whilePaused: "drop",
  });
}

async function noticeOf(db: Db, repo: RepoName, pull: PullNumber) {
  const [row] = await db
    .select()
    .from(notices)
    .where(and(eq(notices.repo, repo), eq(notices.pull, pull)));
  return row ?? null;
}

/** The first words on a pull request; when all is green by then, there are none. */
export const noticeCommentSender = (deps: Deps) =>
  sender<Payload, { comment: ForgeComment; digest: string }>({
    payload: Payload,
    async find({ repo, pull }, row) {
      const write = repoConfig(deps.config, repo)?.write;
      if (write === undefined) return null;
      const comment = await findComment(deps.forge, write, pull, row.key, row.createdAt);
      return comment === null ? null : { comment, digest: "found" };
    },
    async send({ repo, pull }, row) {
      const write = repoConfig(deps.config, repo)?.write;
      const outcome = await outcomeOf(deps.db, repo, pull);
      if (write === undefined || outcome?.kind !== "known") return null;
      const text = noticeText(outcome);
      const number = IssueNumber.parse(pull);
      return {
        comment: await deps.forge.comment(write, number, withMark(text, row.key)),
        digest: textDigest(text),
      };
    },
    async settled(tx, { comment, digest }, { repo, pull }) {
      const at = deps.clock.now();
      await tx
        .insert(notices)
        .values({ repo, pull, commentId: comment.id, digest, at })
        .onConflictDoNothing();
    },
  });

/** Brings the comment up to date; equal text is not written again. */
export const noticeUpdateSender = (deps: Deps) =>
  sender<Payload, { digest: string }>({
    payload: Payload,
    async send({ repo, pull }) {
      const write = repoConfig(deps.config, repo)?.write;
      const outcome = await outcomeOf(deps.db, repo, pull);
      const said = await noticeOf(deps.db, repo, pull);
      if (write === undefined || outcome === null || said === null) return null;
      const text = noticeText(outcome);
      const digest = textDigest(text);
      if (digest === said.digest) return null;
      await deps.forge.editComment(write, said.commentId, withMark(text, `notice:${repo}#${pull}`));
      return { digest };
    },
    async settled(tx, { digest }, { repo, pull }) {
      await tx
        .update(notices)
        .set({ digest })
        .where(and(eq(notices.repo, repo), eq(notices.pull, pull)));
    },
  });

const Message = Payload.extend({ user: ChannelId });

/** A direct message with a button: an app may write to a person as if they were a channel. */
export const noticeMessageSender = (deps: Deps) =>
  sender<z.infer<typeof Message>, MessageTs>({
    payload: Message,
    async find({ user }, row) {
      const channel = await deps.chat.direct(ChatUserId.parse(user));
      const oldest = MessageTs.parse(String(row.createdAt.getTime() / 1000 - 60));
      const said = await deps.chat.messages(channel, { oldest });
      return said.find((message) => message.key === row.key)?.ts ?? null;
    },
    async send({ repo, pull, user }, row) {
      const outcome = await outcomeOf(deps.db, repo, pull);
      if (outcome?.kind !== "known") return null;
      return deps.chat.post(user, noticeMessage(repo, pull, outcome), { key: row.key });
    },
  });
