import { z } from "zod";
import { repoConfig } from "../../config/index.ts";
import { ChannelId, FindingId, type IssueNumber, type MessageTs, type RepoName } from "../../kernel/ids.ts";
import { redact } from "../../kernel/text/redact.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { resolveFinding } from "../findings/resolve.ts";
import { findingById } from "../findings/store.ts";
import { CommentPayload, commentSender, enqueueComment } from "../issues/comments.ts";
import { hasMark } from "../issues/marks.ts";
import { isOurAnalysis, issueOf } from "../issues/store.ts";
import { relayedToGitHub, relayedToSlack } from "./messages.ts";
import { findReply } from "./notes.ts";
import { addRelayed, isCopy, setTarget, threadAt, threadOf } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "chat" | "forge" | "log">;

/** What a person wrote in a thread, with their name and, where they are linked, their login. */
export interface Said {
  channel: ChannelId;
  thread: MessageTs;
  ts: MessageTs;
  name: string;
  login: string | null;
  /** mrkdwn with mentions turned into names. */
  text: string;
  trusted: boolean;
}

/** Takes a reply in a finding's thread over to its issue, once, unless it stays in Slack (`//`, relay off, muted). */
export async function relayFromSlack(deps: Deps, said: Said): Promise<void> {
  const thread = await threadAt(deps.db, said.channel, said.thread);
  if (thread === null || thread.muted || said.text.startsWith("//")) return;
  const finding = FindingId.parse(thread.findingId);
  const issue = await issueOf(deps.db, finding);
  const row = await findingById(deps.db, finding);
  if (issue === null || row === null || repoConfig(deps.config, row.repo)?.relay !== "both") return;
  const permalink = await deps.chat.permalink(said.channel, said.ts);
  const text = redact(said.text);
  await deps.db.transaction(async (tx) => {
    const source = `${said.channel}/${said.ts}`;
    const author = said.login ?? said.name;
    const at = deps.clock.now();
    const added = await addRelayed(tx, {
      findingId: finding,
      from: "slack",
      source,
      author,
      text,
      trusted: said.trusted,
      at,
    });
    if (added === null) return;
    await enqueueComment(tx, deps.clock, {
      kind: "relay.comment",
      key: `relay:slack:${source}`,
      repo: issue.repo,
      number: issue.number,
      body: relayedToGitHub({ name: said.name, login: said.login, text, permalink }),
      finding,
      extra: { relayed: added.id },
    });
  });
}

/** A comment on an issue of ours, as a webhook or the sweep brings it. */
export interface Commented {
  repo: RepoName;
  issue: IssueNumber;
  id: number;
  author: string;
  body: string;
  url: string;
  trusted: boolean;
}

/** Takes a person's comment over to the finding's thread, once; our own writing is known by its mark and id. */
export async function relayFromGitHub(deps: Deps, comment: Commented): Promise<void> {
  const ref = { kind: "number", number: comment.issue, repo: comment.repo } as const;
  const finding = await resolveFinding(deps.db, ref, []);
  if (finding === null) return;
  if (await isOurs(deps, comment)) return;
  const thread = await threadOf(deps.db, finding.id);
  const relay = repoConfig(deps.config, finding.repo)?.relay ?? "off";
  const text = redact(comment.body);
  await deps.db.transaction(async (tx) => {
    const source = `comment/${comment.id}`;
    const { author, trusted } = comment;
    const at = deps.clock.now();
    const added = await addRelayed(tx, {
      findingId: finding.id,
      from: "github",
      source,
      author,
      text,
      trusted,
      at,
    });
    if (added === null || thread === null || thread.muted || relay === "off") return;
    await enqueueWrite(tx, deps.clock, {
      destination: "slack",
      lane: thread.channel,
      kind: "relay.reply",
      key: `relay:github:${source}`,
      payload: {
        finding: finding.id,
        relayed: added.id,
        text: relayedToSlack({ author, url: comment.url, body: text }),
      },
      finding: finding.id,
    });
  });
}

/** Our own comment: one whose id we keep, or one with our mark under our own login (its id may not be kept yet). */
export async function isOurs(
  deps: Pick<Deps, "db" | "forge">,
  comment: Pick<Commented, "repo" | "id" | "author" | "body">,
): Promise<boolean> {
  if (await isCopy(deps.db, "github", `comment/${comment.id}`)) return true;
  if (await isOurAnalysis(deps.db, comment.repo, comment.id)) return true;
  return hasMark(comment.body) && comment.author === (await deps.forge.whoAmI());
}

const RelayComment = CommentPayload.extend({ relayed: z.int() });

/** Writes a Slack message on GitHub and keeps which comment it became. */
export const relayCommentSender = (deps: Deps) =>
  commentSender(deps, RelayComment, (tx, comment, payload) =>
    setTarget(tx, payload.relayed, `comment/${comment.id}`),
  );

const RelayReply = z.object({ finding: FindingId, relayed: z.int(), text: z.string() });

/** Writes a GitHub comment into the thread and keeps which message it became. */
export const relayReplySender = (deps: Deps) =>
  sender<z.infer<typeof RelayReply>, { channel: ChannelId; ts: MessageTs }>({
    payload: RelayReply,
    async find({ finding }, row) {
      const ts = await findReply(deps, finding, row.key, row.createdAt);
      return ts === null ? null : { channel: ChannelId.parse(row.lane), ts };
    },
    async send({ finding, text }, row) {
      const thread = await threadOf(deps.db, finding);
      if (thread === null) return null;
      const ts = await deps.chat.post(thread.channel, { text }, { thread: thread.ts, key: row.key });
      return { channel: thread.channel, ts };
    },
    settled: (tx, { channel, ts }, { relayed }) => setTarget(tx, relayed, `${channel}/${ts}`),
  });
