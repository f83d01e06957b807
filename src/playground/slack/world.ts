import { ApiError } from "./api/error.ts";
import { compareTs, type Ids } from "./ids.ts";
import type { Channel, ChatPerson, Ephemeral, Message, SlackOptions, View } from "./model.ts";

/** Something that happened and that the Events API tells of: the inner `event` object. */
export type ChatEvent = { type: string; channel?: string } & Record<string, unknown>;

const SCOPES = [
  ...["app_mentions:read", "channels:history", "channels:read", "chat:write", "commands"],
  ...["groups:history", "groups:read", "im:history", "im:write", "reactions:write", "users:read"],
];

const MAX_MESSAGES = 5000;

/** The workspace: who and what is in it. Every change is told to `onChange`, what apps hear to `onEvent`. */
export class World {
  readonly channels = new Map<string, Channel>();
  readonly people: ChatPerson[];
  readonly messages = new Map<string, Message[]>();
  readonly ephemerals: Ephemeral[] = [];
  readonly views: View[] = [];
  readonly team = { id: "T0PLAYGRND", name: "Playground", domain: "playground" };
  readonly app: { id: string; botId: string; userId: string; name: string; realName: string; token: string };
  readonly command: string;
  readonly shortcuts: NonNullable<SlackOptions["shortcuts"]>;
  banner = "";
  /** What the bot's token may do, as each answer of the Web API names it. */
  readonly scopes = new Set(SCOPES);
  links: NonNullable<SlackOptions["links"]>;
  origin = "";
  onEvent: (event: ChatEvent) => void = () => {};
  onChange: () => void = () => {};

  constructor(
    options: SlackOptions,
    readonly ids: Ids,
  ) {
    this.people = options.people;
    this.command = options.command ?? "/flaky";
    this.shortcuts = options.shortcuts ?? [];
    this.links = options.links ?? [];
    const bot = options.bot ?? { name: "flaky", realName: "Flaky Test Cleaner" };
    this.app = { id: "A0PLAYGRND", botId: "B0PLAYGRND", userId: "U0PLAYBOT0", token: ids.hex(), ...bot };
    for (const spec of options.channels) {
      const { id, name, topic = "", botJoined = true } = spec;
      this.channels.set(id, { id, name, topic, botJoined, created: ids.seconds() });
    }
  }

  /** A channel by id or name, with or without `#`. */
  channel(idOrName: string): Channel | undefined {
    const name = idOrName.replace(/^#/, "");
    return this.channels.get(idOrName) ?? [...this.channels.values()].find((one) => one.name === name);
  }

  /** As `channel`, for callers inside the playground. Throws when there is none. */
  mustChannel(idOrName: string): Channel {
    const channel = this.channel(idOrName);
    if (!channel) throw new ApiError("channel_not_found");
    return channel;
  }

  /** The person with this id. Throws ApiError user_not_found. */
  person(id: string): ChatPerson {
    const person = this.people.find((one) => one.id === id);
    if (!person) throw new ApiError("user_not_found");
    return person;
  }

  /** The direct message channel between the app and a person; made when there is none. */
  openDm(userId: string): Channel {
    const person = this.person(userId);
    const found = [...this.channels.values()].find((one) => one.dmWith === userId);
    if (found) return found;
    const id = this.ids.id("D");
    const dm = {
      id,
      name: person.name,
      topic: "",
      botJoined: true,
      created: this.ids.seconds(),
      dmWith: userId,
    };
    this.channels.set(id, dm);
    return dm;
  }

  /** All messages of a channel, oldest first. */
  list(channelId: string): Message[] {
    return this.messages.get(channelId) ?? [];
  }

  find(channelId: string, ts: string): Message | undefined {
    return this.list(channelId).find((message) => message.ts === ts);
  }

  /** The channel that holds a message, with the message. */
  locate(ts: string): { channel: Channel; message: Message } | undefined {
    for (const [channelId, list] of this.messages) {
      const message = list.find((one) => one.ts === ts);
      if (message) return { channel: this.mustChannel(channelId), message };
    }
    return undefined;
  }

  /** Replies of a thread, oldest first, without its first message. */
  replies(channelId: string, threadTs: string): Message[] {
    return this.list(channelId).filter((one) => one.thread_ts === threadTs && one.ts !== threadTs);
  }

  /** Adds a message and tells the app. The oldest go when there are too many. */
  add(channel: Channel, message: Message): void {
    const list = this.list(channel.id);
    const parent = message.thread_ts ? this.find(channel.id, message.thread_ts) : undefined;
    if (parent) {
      parent.thread_ts = parent.ts;
      if (parent.user !== undefined) message.parent_user_id = parent.user;
    }
    list.push(message);
    list.sort((a, b) => compareTs(a.ts, b.ts));
    if (list.length > MAX_MESSAGES) list.shift();
    this.messages.set(channel.id, list);
    const { metadata: _metadata, ...shown } = message;
    this.tell(channel, { ...structuredClone(shown), type: "message", event_ts: message.ts });
    this.onChange();
  }

  /** Changes a message with `change` and tells the app. `editor` leaves the mark "edited". */
  alter(channel: Channel, message: Message, editor: string | null, change: (message: Message) => void): void {
    const previous = structuredClone(message);
    change(message);
    const ts = this.ids.ts();
    if (editor) message.edited = { user: editor, ts };
    this.tell(channel, {
      type: "message",
      subtype: "message_changed",
      hidden: true,
      message: structuredClone(message),
      previous_message: previous,
      ts,
      event_ts: ts,
    });
    this.onChange();
  }

  /** Takes a message away; one with replies leaves a tombstone, as in Slack. */
  drop(channel: Channel, message: Message): void {
    const list = this.list(channel.id);
    const previous = structuredClone(message);
    const ts = this.ids.ts();
    if (message.thread_ts === message.ts && this.replies(channel.id, message.ts).length > 0) {
      const grave: Message = {
        type: "message",
        subtype: "tombstone",
        ts: message.ts,
        thread_ts: message.ts,
        team: message.team,
        user: "USLACKBOT",
        text: "This message was deleted.",
      };
      list[list.indexOf(message)] = grave;
    } else {
      list.splice(list.indexOf(message), 1);
    }
    this.tell(channel, {
      type: "message",
      subtype: "message_deleted",
      hidden: true,
      deleted_ts: message.ts,
      previous_message: previous,
      ts,
      event_ts: ts,
    });
    this.onChange();
  }

  /** Shows a message to one person only. */
  whisper(note: Omit<Ephemeral, "ts">): Ephemeral {
    const full = { ...note, ts: this.ids.ts() };
    this.ephemerals.push(full);
    if (this.ephemerals.length > MAX_MESSAGES) this.ephemerals.shift();
    this.onChange();
    return full;
  }

  /** Hands an event of a channel to the app, if the app is a member. */
  tell(channel: Channel, event: ChatEvent): void {
    if (!channel.botJoined) return;
    const kind = event.type === "message" ? { channel_type: channel.dmWith ? "im" : "channel" } : {};
    const where = event.type.startsWith("reaction") ? {} : { channel: channel.id };
    this.onEvent({ ...event, ...where, ...kind });
  }
}
