import { z } from "zod";
import { type Clock, HOUR, MINUTE } from "../../kernel/clock.ts";
import { RefusedError } from "../../kernel/errors.ts";
import { ChannelId, ChatUserId } from "../../kernel/ids.ts";
import type { Chat, ChatPerson } from "../../ports/chat.ts";
import { Lru } from "../http/lru.ts";
import type { Call } from "./client.ts";

type Directory = Pick<Chat, "whoAmI" | "channel" | "direct" | "person">;

const MOST_PAGES = 50;
const MOST_PEOPLE = 5000;
/** A name that is not in the kept list is looked for again when the list is at least this old. */
const STALE_MS = 30_000;

const Identity = z
  .object({ user_id: ChatUserId, bot_id: z.string(), team_id: z.string() })
  .transform((who) => ({ user: who.user_id, botId: who.bot_id, team: who.team_id }));

const Channels = z.object({
  channels: z.array(z.object({ id: ChannelId, name: z.string().optional() })),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

const Opened = z.object({ channel: z.object({ id: ChannelId }) });

const filled = (text: string | undefined): string | undefined => text?.trim() || undefined;

const User = z
  .object({
    user: z.object({
      id: ChatUserId,
      name: z.string().optional(),
      real_name: z.string().optional(),
      is_bot: z.boolean().default(false),
      profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
    }),
  })
  .transform(({ user }): ChatPerson => {
    const name = filled(user.profile?.display_name) ?? filled(user.profile?.real_name);
    return {
      id: user.id,
      name: name ?? filled(user.real_name) ?? filled(user.name) ?? user.id,
      isBot: user.is_bot,
    };
  });

/** Who and what there is in the workspace, kept for a while. */
export function createDirectory(call: Call, clock: Clock): Directory {
  let identity: ReturnType<Chat["whoAmI"]> | null = null;
  let channels: { byName: Map<string, ChannelId>; at: number } | null = null;
  const people = new Lru<{ person: ChatPerson; at: number }>(MOST_PEOPLE);

  const lookUp = async (name: string): Promise<ChannelId | undefined> => {
    const age = channels === null ? Number.POSITIVE_INFINITY : clock.now().getTime() - channels.at;
    const kept = age < 10 * MINUTE ? channels?.byName.get(name) : undefined;
    if (kept !== undefined || age < STALE_MS) return kept;
    channels = { byName: await listChannels(call), at: clock.now().getTime() };
    return channels.byName.get(name);
  };
  return {
    async whoAmI() {
      identity ??= call("auth.test", Identity, (client) => client.auth.test());
      try {
        return await identity;
      } catch (error) {
        identity = null;
        throw error;
      }
    },
    async channel(nameOrId) {
      if (/^[CGD][A-Z0-9]{2,}$/.test(nameOrId)) return ChannelId.parse(nameOrId);
      const name = nameOrId.replace(/^#/, "").toLowerCase();
      const id = await lookUp(name);
      if (id !== undefined) return id;
      throw new RefusedError(
        `conversations.list: no channel #${name} that the bot can see; a private one has to invite it`,
      );
    },
    async direct(user) {
      const opened = await call("conversations.open", Opened, (client) =>
        client.conversations.open({ users: user }),
      );
      return opened.channel.id;
    },
    async person(user) {
      const now = clock.now().getTime();
      const kept = people.get(user);
      if (kept !== undefined && now - kept.at < HOUR) return kept.person;
      const person = await call("users.info", User, (client) => client.users.info({ user }));
      people.set(user, { person, at: now });
      return person;
    },
  };
}

async function listChannels(call: Call): Promise<Map<string, ChannelId>> {
  const byName = new Map<string, ChannelId>();
  let cursor = "";
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { channels, response_metadata } = await call("conversations.list", Channels, (client) =>
      client.conversations.list({
        types: "public_channel,private_channel",
        exclude_archived: true,
        limit: 1000,
        ...(cursor === "" ? {} : { cursor }),
      }),
    );
    for (const { id, name } of channels) if (name !== undefined) byName.set(name, id);
    cursor = response_metadata?.next_cursor ?? "";
    if (cursor === "") break;
  }
  return byName;
}
