import { click, messageShortcut, type Picks } from "./act/clicks.ts";
import { type Acting, runCommand } from "./act/commands.ts";
import type { Given } from "./act/state.ts";
import { closeView, submitView } from "./act/submits.ts";
import type { ApiOptions } from "./api/router.ts";
import type { EventQueue } from "./deliver/events.ts";
import type { Sender } from "./deliver/sender.ts";
import type { Sockets } from "./deliver/sockets.ts";
import type { Answer, ApiCall, Channel, Delivery, Ephemeral, Fault, Link, Message, View } from "./model.ts";
import { postAsPerson, setReaction } from "./posting.ts";
import { channelTimeline } from "./reading.ts";
import { escapeText, typedText } from "./text.ts";
import type { World } from "./world.ts";

export interface Parts {
  acting: Acting;
  api: ApiOptions;
  events: EventQueue;
  sender: Sender;
  sockets: Sockets;
  listeners: Set<() => void>;
  stop: () => Promise<void>;
}

/** Where something is said; without `threadTs`, in the channel itself. */
interface In {
  threadTs?: string;
}

/** What is shared along with a message: names of files. */
interface With {
  files?: readonly string[];
  /** A reply that stands in the channel as well. */
  broadcast?: boolean;
}

/** What tests, the demo and the page can do. Channels go by id or name; unknown ids throw. */
export class SlackPlayground {
  readonly world: World;
  /** What people picked in messages and modals that have not been sent yet. */
  readonly picks: Picks = new Map();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.world = parts.acting.world;
  }

  get origin(): string {
    return this.world.origin;
  }

  /** The base that WebClient takes as `slackApiUrl`. */
  get apiUrl(): string {
    return `${this.origin}/api/`;
  }

  get pageUrl(): string {
    return `${this.origin}/`;
  }

  /** Ids of the app and its team. */
  get ids(): { botUserId: string; botId: string; appId: string; teamId: string } {
    const { app, team } = this.world;
    return { botUserId: app.userId, botId: app.botId, appId: app.id, teamId: team.id };
  }

  /** A person writes `text` as typed: `@handle` and `#channel` become links. Returns the message's ts. */
  say(userId: string, channel: string, text: string, { threadTs, ...shared }: In & With = {}): string {
    const place = this.world.mustChannel(channel);
    return postAsPerson(this.world, place, userId, typedText(this.world, text), threadTs, shared).ts;
  }

  /** What a person enters on the page: a command when it begins with a slash and a letter, else a message. */
  async type(userId: string, channel: string, text: string, options: In = {}): Promise<void> {
    const [, word, rest = ""] = /^(\/[a-z][\w-]*)\s*([\s\S]*)$/i.exec(text.trim()) ?? [];
    if (!word) {
      this.say(userId, channel, text, options);
    } else if (word === this.world.command) {
      await this.command(userId, channel, rest, options);
    } else {
      const words = `\`${escapeText(word)}\` is not a valid command. This workspace knows \`${this.world.command}\`.`;
      const place = this.world.mustChannel(channel).id;
      this.world.whisper({ channel: place, user: userId, from: "slackbot", text: words, ...options });
    }
  }

  /** The author changes a message. */
  edit(userId: string, ts: string, text: string): void {
    const { channel, message } = this.#own(userId, ts);
    this.world.alter(channel, message, userId, (target) => {
      target.text = typedText(this.world, text);
    });
  }

  /** The author deletes a message. */
  remove(userId: string, ts: string): void {
    const { channel, message } = this.#own(userId, ts);
    this.world.drop(channel, message);
  }

  /** A person's reaction is added, or taken away when it is there. */
  react(userId: string, ts: string, name: string): void {
    const { channel, message } = this.#held(ts);
    const on = !message.reactions?.some((one) => one.name === name && one.users.includes(userId));
    setReaction(this.world, channel, message, { name, user: this.world.person(userId).id, on });
  }

  /** Runs the app's slash command with `text`; resolves with what the app answered over HTTP. */
  command(userId: string, channel: string, text: string, { threadTs }: In = {}): Promise<Answer> {
    return runCommand(this.#parts.acting, userId, this.world.mustChannel(channel), text, threadTs);
  }

  /** Presses a button or picks `value`, in a message (ts) or modal (view id), by action id or button text. */
  click(userId: string, target: string, control: string, value?: Given): Promise<Answer> {
    return click(this.#parts.acting, this.picks, userId, target, control, value);
  }

  /** Submits a modal; values by action id or block id. */
  submitView(userId: string, viewId: string, values: Record<string, Given>): Promise<Answer> {
    return submitView(this.#parts.acting, this.picks, userId, viewId, values);
  }

  closeView(userId: string, viewId: string): Promise<void> {
    return closeView(this.#parts.acting, userId, viewId);
  }

  /** Chooses a message shortcut. */
  shortcut(userId: string, messageTs: string, callbackId: string): Promise<Answer> {
    return messageShortcut(this.#parts.acting, userId, messageTs, callbackId);
  }

  /** Takes a note that only this person sees off their page. */
  dismiss(userId: string, ts: string): void {
    const index = this.world.ephemerals.findIndex((note) => note.ts === ts && note.user === userId);
    if (index >= 0) this.world.ephemerals.splice(index, 1);
    this.world.onChange();
  }

  /** A channel's messages outside threads, oldest first. */
  messages(channel: string): Message[] {
    return channelTimeline(this.world, this.world.mustChannel(channel).id).reverse();
  }

  /** A thread: its first message and the replies; empty when there is none. */
  thread(channel: string, ts: string): Message[] {
    const place = this.world.mustChannel(channel).id;
    const root = this.world.find(place, ts);
    return root ? [root, ...this.world.replies(place, ts)] : [];
  }

  /** What only this person sees, oldest first. */
  ephemerals(userId: string): Ephemeral[] {
    return this.world.ephemerals.filter((note) => note.user === userId);
  }

  /** A person's open modals, the topmost last. */
  views(userId: string): View[] {
    return this.world.views.filter((view) => view.user === userId);
  }

  /** Direct messages between the app and a person. */
  dms(userId: string): Message[] {
    const dm = [...this.world.channels.values()].find((channel) => channel.dmWith === userId);
    return dm ? this.world.list(dm.id) : [];
  }

  /** Resolves when all event deliveries are answered; retries that wait for later do not count. */
  idle(): Promise<void> {
    return this.#parts.events.idle();
  }

  /** Puts faults in the way of the next calls of a method. */
  get faults(): { next: (fault: Fault) => void; clear: () => void } {
    return this.#parts.api.faults;
  }

  /** Calls of the Web API, oldest first; the last 2,000. */
  get calls(): readonly ApiCall[] {
    return this.#parts.api.calls;
  }

  /** Attempts to reach the app, oldest first; the last 2,000. */
  get deliveries(): readonly Delivery[] {
    return this.#parts.sender.log;
  }

  /** Sends an event again under its id; resolves with the HTTP status. */
  redeliver(eventId: string): Promise<number> {
    return this.#parts.events.redeliver(eventId);
  }

  /** Whether a Socket Mode client is connected; then everything goes over it. */
  get socketConnected(): boolean {
    return this.#parts.sockets.connected;
  }

  /** Asks Socket Mode clients to reconnect. */
  refreshSockets(): void {
    this.#parts.sockets.refresh();
  }

  /** Calls `listener` after every change; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#parts.listeners.add(listener);
    return () => this.#parts.listeners.delete(listener);
  }

  /** The line above the page that says what happens now; empty takes it away. */
  setBanner(text: string): void {
    this.world.banner = text;
    this.world.onChange();
  }

  /** The links shown on the page. */
  setLinks(links: Link[]): void {
    this.world.links = links;
    this.world.onChange();
  }

  /** Ends the server, all connections and all retries. */
  stop(): Promise<void> {
    return this.#parts.stop();
  }

  #held(ts: string): { channel: Channel; message: Message } {
    const located = this.world.locate(ts);
    if (!located) throw new Error(`There is no message ${ts}`);
    return located;
  }

  #own(userId: string, ts: string): { channel: Channel; message: Message } {
    const located = this.#held(ts);
    if (located.message.user !== userId) throw new Error(`${userId} did not write ${ts}`);
    return located;
  }
}
