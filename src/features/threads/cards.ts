import { z } from "zod";
import { publicUrl, repoConfig } from "../../config/index.ts";
import { errorText, RefusedError } from "../../kernel/errors.ts";
import { type ChannelId, FindingId, MessageTs } from "../../kernel/ids.ts";
import { textDigest } from "../../kernel/text/digest.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueRefresh, enqueueWrite, isUnderWay } from "../../platform/outbox/store.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { updateFacts } from "../findings/store.ts";
import { type CardView, cardView } from "../insights/card-view.ts";
import { cardMessage } from "./card.ts";
import { keepGone } from "./gone.ts";
import { againText, introText, type Mirror } from "./messages.ts";
import { ownersOf } from "./owners.ts";
import { lookOf } from "./states.ts";
import { setThread, type Thread, threadOf, updateThread } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "chat" | "forge" | "log">;

const Payload = z.object({ finding: FindingId });

/**
 * Decides to post a finding's card, once it has an issue, or to bring it up to date where it says something else by now.
 * One that somebody deleted is posted anew when the state has changed since.
 */
export async function refreshCard(deps: Deps, id: FindingId): Promise<void> {
  const view = await cardView(deps.db, id);
  if (view === null || view.finding.issueNumber === null) return;
  const channel = repoConfig(deps.config, view.finding.repo)?.channel;
  if (channel === undefined) return;
  await noteOwners(deps, view.finding);
  const thread = await threadOf(deps.db, id);
  const write = { destination: "slack", lane: channel, payload: { finding: id }, finding: id } as const;
  if (thread === null) {
    await enqueueWrite(deps.db, deps.clock, { ...write, kind: "card.post", key: `card:F${id}` });
  } else if (thread.goneAt !== null) {
    const key = `card:F${id}:${thread.ts}`;
    if (view.finding.stateAt > thread.goneAt)
      await enqueueWrite(deps.db, deps.clock, { ...write, kind: "card.post", key });
  } else if (!isShown(deps, view, thread) || (await isUnderWay(deps.db, "card.update", id))) {
    await enqueueRefresh(deps.db, deps.clock, { ...write, kind: "card.update" });
  }
}

/** What the card and the reaction on it have to say now, and which of them say something else as they were written last. */
function due(deps: Deps, view: CardView, thread: Thread) {
  const message = render(deps, view);
  const [digest, reaction] = [digestOf(message), lookOf(view.finding).emoji];
  return {
    message,
    digest,
    reaction,
    card: digest !== thread.cardDigest,
    react: reaction !== thread.reaction,
  };
}

const isShown = (deps: Deps, view: CardView, thread: Thread): boolean => {
  const { card, react } = due(deps, view, thread);
  return !card && !react;
};

/** Looks up, once, who looks after the test; a forge that does not answer is no reason to go without a card. */
async function noteOwners(deps: Deps, finding: Finding): Promise<void> {
  if (finding.owners !== null || finding.kind !== "flaky_test") return;
  try {
    await updateFacts(deps.db, finding.id, { owners: await ownersOf(deps.forge, finding) });
  } catch (error) {
    deps.log.warn(
      { finding: finding.id, error: errorText(error) },
      "the test's owners could not be asked for",
    );
  }
}

/** Where the issue is and who reads there, as the first message of the thread says it. */
async function mirrorOf(deps: Deps, { finding, issue }: CardView): Promise<Mirror | null> {
  const repo = repoConfig(deps.config, finding.repo)?.write;
  if (issue === null || repo === undefined) return null;
  const known = await deps.forge.repository(repo).catch((error: unknown) => {
    deps.log.warn({ repo, error: errorText(error) }, "who may read the repository was not told");
    return null;
  });
  return { url: issue.url, repo, visibility: known?.visibility ?? null };
}

const render = (deps: Deps, view: CardView): ChatMessage =>
  cardMessage(view, { console: publicUrl(deps.config.env) });

const digestOf = (message: ChatMessage): string => textDigest(JSON.stringify(message));

interface Posted {
  channel: ChannelId;
  ts: MessageTs;
  permalink: string;
  digest: string;
  mirror: Mirror | null;
}

/** Posts a finding's card; its thread begins with what is mirrored where. */
export const cardPostSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, Posted>({
    payload: Payload,
    async find({ finding }, row) {
      const channel = await deps.chat.channel(row.lane);
      const oldest = MessageTs.parse(String(row.createdAt.getTime() / 1000 - 60));
      const posted = (await deps.chat.messages(channel, { oldest })).find(
        (message) => message.key === row.key,
      );
      const view = posted === undefined ? null : await cardView(deps.db, finding);
      if (posted === undefined || view === null) return null;
      return {
        mirror: await mirrorOf(deps, view),
        channel,
        ts: posted.ts,
        permalink: await deps.chat.permalink(channel, posted.ts),
        digest: `found:${finding}`,
      };
    },
    async send({ finding }, row) {
      const view = await cardView(deps.db, finding);
      if (view === null) return null;
      const channel = await deps.chat.channel(row.lane);
      const message = render(deps, view);
      const mirror = await mirrorOf(deps, view);
      const ts = await deps.chat.post(channel, message, { key: row.key });
      const permalink = await deps.chat.permalink(channel, ts);
      return { channel, ts, permalink, digest: digestOf(message), mirror };
    },
    async settled(tx, posted, { finding }, row) {
      const before = await setThread(tx, {
        findingId: finding,
        channel: posted.channel,
        ts: posted.ts,
        permalink: posted.permalink,
        cardDigest: posted.digest,
        createdAt: deps.clock.now(),
      });
      await updateFacts(tx, finding, { threadUrl: posted.permalink });
      const view = await cardView(tx, finding);
      const relay = view === null ? "off" : (repoConfig(deps.config, view.finding.repo)?.relay ?? "off");
      await enqueueWrite(tx, deps.clock, {
        destination: "slack",
        lane: row.lane,
        kind: "thread.note",
        key: before === null ? `intro:F${finding}` : `intro:${row.key}`,
        payload: { finding, text: (before === null ? introText : againText)(relay, posted.mirror) },
        finding,
      });
      const write = { destination: "slack", lane: row.lane, payload: { finding }, finding } as const;
      await enqueueRefresh(tx, deps.clock, { ...write, kind: "card.update" });
      await deps.queue.send(tx, "issue.sync", { finding }, { key: String(finding) });
    },
  });

/** What was written, or that there is nothing any more to write on. */
type Updated = { digest: string; reaction: string } | { channel: ChannelId; ts: MessageTs; goneAt: Date };

/** Brings a card and its reaction up to date; equal cards are not written again. */
export const cardUpdateSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, Updated>({
    payload: Payload,
    async send({ finding }, row) {
      const view = await cardView(deps.db, finding);
      const thread = await threadOf(deps.db, finding);
      if (view === null || thread === null || thread.goneAt !== null) return null;
      try {
        return await bringUpToDate(deps, view, thread, row.key);
      } catch (error) {
        if (!(error instanceof RefusedError) || error.status !== 404) throw error;
        const { channel, ts } = thread;
        // its reaction says the state that the card showed last: a change that it missed is shown by a new one
        const missed = thread.reaction !== null && thread.reaction !== lookOf(view.finding).emoji;
        const goneAt = missed ? new Date(view.finding.stateAt.getTime() - 1) : deps.clock.now();
        return { channel, ts, goneAt };
      }
    },
    settled: (tx, done, { finding }) =>
      "goneAt" in done
        ? keepGone(deps, tx, { ...done, at: done.goneAt })
        : updateThread(tx, finding, { cardDigest: done.digest, reaction: done.reaction }),
  });

async function bringUpToDate(deps: Deps, view: CardView, thread: Thread, key: string) {
  const { message, digest, reaction, card, react } = due(deps, view, thread);
  if (!card && !react) return null;
  if (card) await deps.chat.update(thread.channel, thread.ts, message, key);
  if (react) {
    if (thread.reaction !== null) await deps.chat.unreact(thread.channel, thread.ts, thread.reaction);
    await deps.chat.react(thread.channel, thread.ts, reaction);
  }
  return { digest, reaction };
}
