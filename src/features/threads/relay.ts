import type { Db } from "../../../db/client.ts";
import { repoConfig } from "../../config/index.ts";
import { RefusedError, TransientError } from "../../kernel/errors.ts";
import {
  type ChannelId,
  FindingId,
  type IssueNumber,
  type MessageTs,
  type RepoName,
} from "../../kernel/ids.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { Context } from "../context.ts";
import { resolveFinding } from "../findings/resolve.ts";
import { findingById } from "../findings/store.ts";
import { isCommandOfOurs } from "../issues/bare-commands.ts";
import { hasKey, hasMark } from "../issues/marks.ts";
import { isOurAnalysis } from "../issues/store.ts";
import { enqueueParts } from "./copies.ts";
import { after, changedParts, judge, type Told } from "./relay-core.ts";
import { addRelayed, isCopy, markGone, relayedOf, updateRelayed } from "./relayed.ts";
import { partsOf } from "./standing.ts";
import { type Relayed, type Thread, threadAt, threadOf } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "chat" | "forge">;

/**
 * What became of news about a message. `ask`: two versions of one second contradict each other, and the side has to
 * be read before anything is decided.
 */
export type Kept = "kept" | "let be" | "ask";

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
  /** When it became so, microseconds since 1970 by Slack's clock. */
  version: number;
  /** It is none of GitHub's business, such as a command. */
  withheld: boolean;
  /** It was read from Slack just now. */
  certain: boolean;
}

/**
 * Takes a reply in a finding's thread over to its issue, as it is said first and as it is edited later. What begins
 * with `//` stays in Slack, and what becomes so is taken back from GitHub.
 */
export async function relayFromSlack(deps: Deps, said: Said): Promise<Kept> {
  const thread = await threadAt(deps.db, said.channel, said.thread);
  if (thread === null) return "let be";
  const withheld = said.withheld || said.text.trimStart().startsWith("//");
  // what is taken back is taken back in a muted thread as well
  if ((thread.muted && !withheld) || !(await goesToGitHub(deps, thread))) return "let be";
  const url = withheld ? "" : await linkTo(deps, said);
  const { login, name, trusted, version, certain } = said;
  if (url === null) {
    await unsayFromSlack(deps, { ...said, byBot: false });
    return "kept";
  }
  return keep(deps, {
    finding: FindingId.parse(thread.findingId),
    from: "slack",
    source: `${said.channel}/${said.ts}`,
    facts: { author: login ?? name, name: login === null ? "" : name, url, trusted },
    told: { kind: "said", version, text: withheld ? "" : redact(said.text), withheld },
    certain,
    mirror: true,
    thread,
  });
}

/** Address of a message; null when it is deleted by now, which an event will tell of as well. */
async function linkTo(deps: Deps, said: Said): Promise<string | null> {
  try {
    return await deps.chat.permalink(said.channel, said.ts);
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return null;
    throw error;
  }
}

/** A reply was deleted in Slack: its copy goes, or, when it was a copy of ours that somebody took away, stays away. */
export async function unsayFromSlack(
  deps: Deps,
  gone: { channel: ChannelId; thread: MessageTs; ts: MessageTs; version: number; byBot: boolean },
): Promise<void> {
  const source = `${gone.channel}/${gone.ts}`;
  const thread = await threadAt(deps.db, gone.channel, gone.thread);
  if (thread === null) return;
  const finding = FindingId.parse(thread.findingId);
  const place = { finding, from: "slack", target: source } as const;
  if (await isCopy(deps.db, place)) return markGone(deps.db, place);
  if (gone.byBot || !(await goesToGitHub(deps, thread))) return;
  await keep(deps, {
    finding,
    from: "slack",
    source,
    facts: null,
    told: { kind: "deleted", version: gone.version },
    certain: true,
    mirror: true,
    thread,
  });
}

async function goesToGitHub(deps: Deps, thread: Thread): Promise<boolean> {
  const finding = await findingById(deps.db, FindingId.parse(thread.findingId));
  return finding !== null && repoConfig(deps.config, finding.repo)?.relay === "both";
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
  /** When it became so, microseconds since 1970 by GitHub's clock. */
  version: number;
  /** It stays on GitHub: it holds commands. */
  withheld: boolean;
  /** It was read from GitHub just now. */
  certain: boolean;
}

/**
 * Takes a person's comment over to the finding's thread, as it is said first and as it is edited later. Our own
 * writing is known by its mark and id, and what carries our mark in another's name is a copy that some other bot made.
 */
export async function relayFromGitHub(deps: Deps, comment: Commented): Promise<Kept> {
  const ref = { kind: "number", number: comment.issue, repo: comment.repo } as const;
  const finding = await resolveFinding(deps.db, ref, []);
  if (finding === null || (await isOurs(deps, comment)) || hasKey(comment.body)) return "let be";
  const thread = await threadOf(deps.db, finding.id);
  const relay = repoConfig(deps.config, finding.repo)?.relay ?? "off";
  const { author, url, trusted, version, withheld, certain } = comment;
  return keep(deps, {
    finding: finding.id,
    forge: deps.forge.name(comment.repo),
    from: "github",
    source: `comment/${comment.id}`,
    facts: { author, name: "", url, trusted },
    told: { kind: "said", version, text: withheld ? "" : redact(comment.body), withheld },
    certain,
    mirror: relay !== "off" && thread?.muted !== true,
    thread: relay === "off" ? null : thread,
  });
}

/** A comment was deleted on GitHub: its copy goes, or, when it was a copy of ours that somebody took away, stays away. */
export async function unsayFromGitHub(
  deps: Deps,
  gone: { repo: RepoName; issue: IssueNumber; id: number; version: number; byBot: boolean },
): Promise<void> {
  const source = `comment/${gone.id}`;
  const finding = await resolveFinding(deps.db, { kind: "number", number: gone.issue, repo: gone.repo }, []);
  if (finding === null) return;
  const place = { finding: finding.id, from: "github", target: source } as const;
  if (await isCopy(deps.db, place)) return markGone(deps.db, place);
  if (gone.byBot || (await isOurAnalysis(deps.db, gone.repo, gone.id))) return;
  const relay = repoConfig(deps.config, finding.repo)?.relay ?? "off";
  await keep(deps, {
    finding: finding.id,
    forge: deps.forge.name(gone.repo),
    from: "github",
    source,
    facts: null,
    told: { kind: "deleted", version: gone.version },
    certain: true,
    mirror: true,
    thread: relay === "off" ? null : await threadOf(deps.db, finding.id),
  });
}

/** Our own comment: one whose id we keep, or under our own login one with our mark or a command for another bot. */
export async function isOurs(
  deps: Pick<Deps, "db" | "forge">,
  comment: Pick<Commented, "repo" | "issue" | "id" | "author" | "body">,
): Promise<boolean> {
  const { author, body, repo, issue: number } = comment;
  const finding = await resolveFinding(deps.db, { kind: "number", number, repo }, []);
  const place = { from: "github", target: `comment/${comment.id}` } as const;
  if (finding !== null && (await isCopy(deps.db, { finding: finding.id, ...place }))) return true;
  if (await isOurAnalysis(deps.db, repo, comment.id)) return true;
  if (author !== (await deps.forge.whoAmI(repo))) return false;
  return hasMark(body) || isCommandOfOurs(deps.db, { repo, number, body });
}

interface News {
  finding: FindingId;
  /** The name of where its issue is, for a comment that was made there. */
  forge?: string;
  from: Relayed["from"];
  source: string;
  /** Null where nothing but the deletion is known. */
  facts: Pick<Relayed, "author" | "name" | "url" | "trusted"> | null;
  told: Told;
  certain: boolean;
  /** Whether what is said now is to stand on the other side. */
  mirror: boolean;
  /** Null where nothing is to be written. */
  thread: Thread | null;
}

const NOBODY = { author: "", name: "", url: "", trusted: false };

/** Takes news of a message in, with the writes that follow from it, in one transaction. */
async function keep(deps: Deps, news: News): Promise<Kept> {
  return deps.db.transaction(async (tx) => {
    const held = await relayedOf(tx, news, { lock: true });
    const judged = judge(held, news.told, news.certain);
    if (judged !== "take") return judged === "ask" ? "ask" : "let be";
    const row = held === null ? await begin(tx, deps, news) : await change(tx, deps, news, held);
    const partsNow = (one: Relayed) => partsOf(one, news.forge ?? "");
    const parts = changedParts(held === null ? [] : partsNow(held), partsNow(row));
    // in a muted thread only what is taken back goes over
    const quiet = !news.mirror && row.state === "said";
    if (news.thread !== null && !quiet)
      await enqueueParts(tx, deps.clock, { row, parts, thread: news.thread });
    return "kept";
  });
}

async function begin(tx: Db, deps: Deps, news: News): Promise<Relayed> {
  const { finding: findingId, from, source, facts, told, mirror } = news;
  const at = deps.clock.now();
  const known = { ...(facts ?? NOBODY), ...after(null, told), mirror, at, changedAt: at };
  const row = await addRelayed(tx, { findingId, from, source, ...known });
  if (row === null) throw new TransientError(`${source} is being taken in by somebody else`);
  return row;
}

async function change(tx: Db, deps: Deps, news: News, held: Relayed): Promise<Relayed> {
  const row = await updateRelayed(tx, held.id, {
    ...(news.facts ?? {}),
    ...after(held, news.told),
    // in a thread that is muted what stands on the other side stays as it is
    mirror: news.mirror || held.mirror,
    revision: held.revision + 1,
    changedAt: deps.clock.now(),
  });
  if (row === null) throw new Error(`${news.source} is gone while it was changed`);
  return row;
}
