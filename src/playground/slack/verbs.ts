import { click, messageShortcut, type Picks } from "./act/clicks.ts";
import { type Acting, runCommand } from "./act/commands.ts";
import type { Given } from "./act/state.ts";
import { closeView, submitView } from "./act/submits.ts";
import type { ApiOptions } from "./api/router.ts";
import type { EventQueue } from "./deliver/events.ts";
import type { Sender } from "./deliver/sender.ts";
import type { Sockets } from "./deliver/sockets.ts";
import type { Answer, ApiCall, Delivery, Ephemeral, Fault, Link, Message, View } from "./model.ts";
import { postAsPerson, setReaction } from "./posting.ts";
import { channelTimeline } from "./reading.ts";
import { escapeText, typedText } from "./text.ts";

export interface Parts {
  acting: Acting;
  api: ApiOptions;
  events: EventQueue;
  sender: Sender;
  sockets: Sockets;
  listeners: Set<() => void>;
  stop: () => Promise<void>;
}

export type SlackPlayground = ReturnType<typeof makeVerbs>;

/** What tests, the demo and the page can do. Channels go by id or name; unknown ids throw. */
export function makeVerbs(parts: Parts) {
  const { acting, api, events, sender, sockets, listeners } = parts;
  const { world } = acting;
  const picks: Picks = new Map();
  const held = (ts: string) => {
    const located = world.locate(ts);
    if (!located) throw new Error(`There is no message ${ts}`);
    return located;
  };

  return {
    world,
    picks,
    get origin(): string {
      return world.origin;
    },
    get apiUrl(): string {
      return `${world.origin}/api/`;
    },
    get pageUrl(): string {
      return `${world.origin}/`;
    },
    /** Ids of the app: its bot user, bot and app id, and the team. */
    ids: {
      botUserId: world.app.userId,
      botId: world.app.botId,
      appId: world.app.id,
      teamId: world.team.id,
    },

    /** A person writes `text` as typed: `@handle` and `#channel` become links. Returns the message's ts. */
    say(userId: string, channel: string, text: string, options: { threadTs?: string } = {}): string {
      const place = world.mustChannel(channel);
      return postAsPerson(world, place, userId, typedText(world, text), options.threadTs).ts;
    },
    /** The author changes a message. */
    edit(userId: string, ts: string, text: string): void {
      const { channel, message } = held(ts);
      if (message.user !== userId) throw new Error(`${userId} did not write ${ts}`);
      world.alter(channel, message, userId, (target) => {
        target.text = typedText(world, text);
      });
    },
    /** The author deletes a message. */
    remove(userId: string, ts: string): void {
      const { channel, message } = held(ts);
      if (message.user !== userId) throw new Error(`${userId} did not write ${ts}`);
      world.drop(channel, message);
    },
    /** A person's reaction is added, or taken away when it is there. */
    react(userId: string, ts: string, name: string): void {
      const { channel, message } = held(ts);
      const on = !message.reactions?.some((one) => one.name === name && one.users.includes(userId));
      setReaction(world, channel, message, { name, user: world.person(userId).id, on });
    },
    /** Runs the app's slash command with `text`; resolves with what the app answered over HTTP. */
    command(
      userId: string,
      channel: string,
      text: string,
      options: { threadTs?: string } = {},
    ): Promise<Answer> {
      return runCommand(acting, userId, world.mustChannel(channel), text, options.threadTs);
    },
    /** What a person enters on the page: a command when it begins with a slash and a letter, else a message. */
    async type(
      userId: string,
      channel: string,
      text: string,
      options: { threadTs?: string } = {},
    ): Promise<void> {
      const place = world.mustChannel(channel);
      const [, word, rest = ""] = /^(\/[a-z][\w-]*)\s*([\s\S]*)$/i.exec(text.trim()) ?? [];
      if (word === world.command) await runCommand(acting, userId, place, rest, options.threadTs);
      else if (word) {
        world.whisper({
          channel: place.id,
          user: userId,
          from: "slackbot",
          text: `\`${escapeText(word)}\` is not a valid command. This workspace knows \`${world.command}\`.`,
          ...options,
        });
      } else postAsPerson(world, place, userId, typedText(world, text), options.threadTs);
    },
    /** Takes a note that only this person sees off their page. */
    dismiss(userId: string, ts: string): void {
      const index = world.ephemerals.findIndex((note) => note.ts === ts && note.user === userId);
      if (index >= 0) world.ephemerals.splice(index, 1);
      world.onChange();
    },
    /** Presses a button or picks `value`, in a message (ts) or modal (view id), by action id or button text. */
    click(userId: string, target: string, control: string, value?: Given): Promise<Answer> {
      return click(acting, picks, userId, target, control, value);
    },
    /** Submits a modal; values by action id or block id. */
    submitView(userId: string, viewId: string, values: Record<string, Given>): Promise<Answer> {
      return submitView(acting, picks, userId, viewId, values);
    },
    closeView(userId: string, viewId: string): Promise<void> {
      return closeView(acting, userId, viewId);
    },
    /** Chooses a message shortcut. */
    shortcut(userId: string, messageTs: string, callbackId: string): Promise<Answer> {
      return messageShortcut(acting, userId, messageTs, callbackId);
    },

    /** A channel's messages outside threads, oldest first. */
    messages: (channel: string): Message[] => channelTimeline(world, world.mustChannel(channel).id).reverse(),
    /** A thread: its first message and the replies. */
    thread(channel: string, ts: string): Message[] {
      const place = world.mustChannel(channel);
      const root = world.find(place.id, ts);
      return root ? [root, ...world.replies(place.id, ts)] : [];
    },
    /** What only this person sees, oldest first. */
    ephemerals: (userId: string): Ephemeral[] => world.ephemerals.filter((note) => note.user === userId),
    /** A person's open modals, the topmost last. */
    views: (userId: string): View[] => world.views.filter((view) => view.user === userId),
    /** Direct messages between the app and a person. */
    dms(userId: string): Message[] {
      const dm = [...world.channels.values()].find((channel) => channel.dmWith === userId);
      return dm ? world.list(dm.id) : [];
    },

    /** Resolves when all event deliveries are answered; retries that wait for later do not count. */
    idle: (): Promise<void> => events.idle(),
    faults: {
      next: (fault: Fault): void => api.faults.next(fault),
      clear: (): void => api.faults.clear(),
    },
    /** Calls of the Web API, oldest first; the last 2,000. */
    calls: api.calls as readonly ApiCall[], // read only for those outside
    /** Attempts to reach the app, oldest first; the last 2,000. */
    deliveries: sender.log as readonly Delivery[], // read only for those outside
    /** Sends an event again under its id; resolves with the HTTP status. */
    redeliver: (eventId: string): Promise<number> => events.redeliver(eventId),
    /** Whether a Socket Mode client is connected; then everything goes over it. */
    get socketConnected(): boolean {
      return sockets.connected;
    },
    /** Asks Socket Mode clients to reconnect. */
    refreshSockets: (): void => sockets.refresh(),
    /** Calls `listener` after every change; returns how to stop that. */
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** The line above the page that says what happens now; empty takes it away. */
    setBanner(text: string): void {
      world.banner = text;
      world.onChange();
    },
    /** The links shown on the page. */
    setLinks(links: Link[]): void {
      world.links = links;
      world.onChange();
    },
    stop: (): Promise<void> => parts.stop(),
  };
}
