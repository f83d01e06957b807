import { z } from "zod";
import { publicUrl, repoConfig } from "../../config/index.ts";
import { ChannelId, MessageTs } from "../../kernel/ids.ts";
import { textDigest } from "../../kernel/text/digest.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueRefresh } from "../../platform/outbox/store.ts";
import { readSetting, writeSetting } from "../../platform/settings.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import type { Context } from "../context.ts";
import { runsOf, type Waiting, waitingFindings } from "../issues/waiting.ts";
import { digestDone, digestMessage, MOST_NAMED } from "./digest-message.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "chat">;

/** The channel as the settings name it, and what its digest is of. */
const Payload = z.object({ channel: z.string(), of: z.enum(["issues", "reviews"]).default("issues") });
type Of = z.infer<typeof Payload>["of"];

/** What one kind of digest says; `render` gives null when there is nothing to tell. */
export interface Teller {
  render(deps: Deps, channel: string): Promise<ChatMessage | null>;
  /** What becomes of a message when nothing that it named waits any more, or a newer one took its place. */
  done(why: "over" | "newer"): ChatMessage;
}
export type Tellers = Record<Of, Teller>;

/** The digest that stands in a channel: of which day, where, and what it says. */
const Posted = z.object({ day: z.string(), channel: ChannelId, ts: MessageTs, said: z.string() });
type Posted = z.infer<typeof Posted>;

const nameOf = (channel: string, of: Of) => `digest:${of === "issues" ? "" : `${of}:`}${channel}`;
const today = ({ clock }: Pick<Deps, "clock">) => clock.now().toISOString().slice(0, 10);
const hash = (message: ChatMessage) => textDigest(JSON.stringify(message));

/** Decides to post or edit the digests of channels where something waits, or did when it was posted. */
export async function refreshDigests(deps: Deps, tellers: Tellers): Promise<void> {
  for (const of of Payload.shape.of.unwrap().options)
    for (const channel of new Set(deps.config.file.repos.map((repo) => repo.channel))) {
      const posted = await readSetting(deps.db, nameOf(channel, of), Posted);
      const over = posted === null || posted.said === hash(tellers[of].done("over"));
      if (over && (await tellers[of].render(deps, channel)) === null) continue;
      const write = {
        destination: "slack",
        lane: channel,
        kind: "channel.digest",
        payload: { channel, of },
      } as const;
      await enqueueRefresh(deps.db, deps.clock, { ...write, finding: null });
    }
}

const waitingIn = async (deps: Deps, channel: string): Promise<Waiting[]> =>
  (await waitingFindings(deps)).filter(
    ({ finding }) => repoConfig(deps.config, finding.repo)?.channel === channel,
  );

async function renderIssues(deps: Deps, channel: string): Promise<ChatMessage | null> {
  const here = await waitingIn(deps, channel);
  if (here.length === 0) return null;
  const first = [];
  for (const { finding, failed } of here.slice(0, MOST_NAMED)) {
    first.push({ finding, failed, runs: await runsOf(deps.db, finding) });
  }
  const { issues_per_scan: scan, issues_per_day: day } = deps.config.file.limits;
  return digestMessage({
    total: here.length,
    first,
    limits: { scan, day },
    console: publicUrl(deps.config.env),
  });
}

/** The digest of findings that wait for an issue. */
export const issueTeller: Teller = { render: renderIssues, done: digestDone };

/** Posts a channel's digest once a day and edits it after; the one of an earlier day says that it is over. */
export const digestSender = (deps: Deps, tellers: Tellers) =>
  sender<z.infer<typeof Payload>, Posted>({
    payload: Payload,
    async find({ channel: name }, row) {
      const channel = await deps.chat.channel(name);
      const oldest = MessageTs.parse(String(row.createdAt.getTime() / 1000 - 60));
      const found = (await deps.chat.messages(channel, { oldest })).find(({ key }) => key === row.key);
      return found === undefined ? null : { day: today(deps), channel, ts: found.ts, said: "found again" };
    },
    async send({ channel: name, of }, row) {
      const { render, done } = tellers[of];
      const posted = await readSetting(deps.db, nameOf(name, of), Posted);
      const message = await render(deps, name);
      if (posted !== null && (message === null || posted.day === today(deps)))
        return edit(deps, posted, message ?? done("over"), row.key);
      if (message === null) return null;
      if (posted !== null) await edit(deps, posted, done("newer"), `${row.key}:before`);
      const channel = await deps.chat.channel(name);
      const ts = await deps.chat.post(channel, message, { key: row.key });
      return { day: today(deps), channel, ts, said: hash(message) };
    },
    settled: (tx, posted, { channel, of }) => writeSetting(tx, deps.clock, nameOf(channel, of), posted),
    // somebody may have deleted it: the next one is posted anew
    refused: (tx, _, { channel, of }) => writeSetting(tx, deps.clock, nameOf(channel, of), null),
  });

async function edit(deps: Deps, posted: Posted, message: ChatMessage, key: string): Promise<Posted | null> {
  const said = hash(message);
  if (said === posted.said) return null;
  await deps.chat.update(posted.channel, posted.ts, message, key);
  return { ...posted, said };
}
