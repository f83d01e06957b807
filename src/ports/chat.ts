import type { KnownBlock, ModalView } from "@slack/types";
import type { ChannelId, ChatUserId, MessageTs } from "../kernel/ids.ts";

/** A message as the stages write it; `text` is what notifications and screen readers show. */
export interface ChatMessage {
  text: string;
  blocks?: KnownBlock[];
}

/** A file that was shared; it stays in the chat, where `url` shows it to whoever may see it. */
export interface ChatFile {
  name: string;
  url: string | null;
}

export interface PostedMessage {
  ts: MessageTs;
  threadTs: MessageTs | null;
  user: ChatUserId | null;
  /** Set when a bot wrote it. */
  botId: string | null;
  text: string;
  files: ChatFile[];
  /** When it was edited last. */
  edited: MessageTs | null;
  /** The key we left on it, when it is ours. */
  key: string | null;
}

export interface ChatPerson {
  id: ChatUserId;
  name: string;
  isBot: boolean;
}

/** What the stages ask of the team's chat. Throws TransientError or RefusedError. */
export interface Chat {
  /** The bot's own identity and workspace. */
  whoAmI(): Promise<{ user: ChatUserId; botId: string; team: string }>;
  /** Id of a channel given as id or `#name`. */
  channel(nameOrId: string): Promise<ChannelId>;
  /** The channel of the bot's messages to one person, to read what stands there; posting takes the person's id as well. */
  direct(user: ChatUserId): Promise<ChannelId>;
  /** `key` is left in the message's metadata, so that an interrupted send can be found again. */
  post(
    channel: ChannelId,
    message: ChatMessage,
    options: { thread?: MessageTs; key: string },
  ): Promise<MessageTs>;
  update(channel: ChannelId, ts: MessageTs, message: ChatMessage, key: string): Promise<void>;
  remove(channel: ChannelId, ts: MessageTs): Promise<void>;
  /** Shown to one person only; sent at most once. */
  whisper(
    channel: ChannelId,
    user: ChatUserId,
    message: ChatMessage,
    thread: MessageTs | null,
  ): Promise<void>;
  /** Messages of a channel, or of a thread, at or after `oldest`, oldest first. */
  messages(channel: ChannelId, options: { thread?: MessageTs; oldest?: MessageTs }): Promise<PostedMessage[]>;
  permalink(channel: ChannelId, ts: MessageTs): Promise<string>;
  person(user: ChatUserId): Promise<ChatPerson>;
  react(channel: ChannelId, ts: MessageTs, emoji: string): Promise<void>;
  unreact(channel: ChannelId, ts: MessageTs, emoji: string): Promise<void>;
  openView(triggerId: string, view: ModalView): Promise<void>;
}
