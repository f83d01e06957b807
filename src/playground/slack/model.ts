import type { Clock } from "../../kernel/clock.ts";
import type { Block, Plain } from "./blocks/schema.ts";

/** Somebody in the workspace; `title` says in words what they may do. `color` is a CSS hex colour. */
export interface ChatPerson {
  id: string;
  name: string;
  realName: string;
  title: string;
  color: string;
}

/** A channel to start with; the app is a member unless `botJoined` is false. */
export interface ChannelSpec {
  id: string;
  name: string;
  topic?: string;
  botJoined?: boolean;
}

/** A channel or a direct message (`dmWith` is the person at the other end). */
export interface Channel {
  id: string;
  name: string;
  topic: string;
  created: number;
  botJoined: boolean;
  dmWith?: string;
}

export interface Reaction {
  name: string;
  users: string[];
  count: number;
}

export interface Metadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

/** A file that somebody shared with a message, as far as apps are told of it. */
export interface SharedFile {
  id: string;
  name: string;
  title: string;
  mode: "hosted";
  user: string;
  permalink: string;
}

/** A message in the shape the Web API shows; what depends on the thread is worked out when read. */
export interface Message {
  type: "message";
  ts: string;
  text: string;
  team: string;
  subtype?: string;
  user?: string;
  bot_id?: string;
  app_id?: string;
  username?: string;
  icons?: { emoji?: string; image_48?: string };
  client_msg_id?: string;
  blocks?: Block[];
  attachments?: unknown[];
  files?: SharedFile[];
  thread_ts?: string;
  parent_user_id?: string;
  edited?: { user: string; ts: string };
  reactions?: Reaction[];
  metadata?: Metadata;
}

/** A message only one person sees. `from` is "app" or "slackbot". */
export interface Ephemeral {
  ts: string;
  channel: string;
  user: string;
  from: "app" | "slackbot";
  text: string;
  blocks?: Block[];
  threadTs?: string;
}

/** An open modal; a person's last one in the list is on top. `errors` are by block id. */
export interface View {
  id: string;
  rootId: string;
  previousId: string | null;
  hash: string;
  user: string;
  callbackId: string;
  privateMetadata: string;
  externalId: string;
  title: Plain;
  submit?: Plain;
  close?: Plain;
  notifyOnClose: boolean;
  clearOnClose: boolean;
  blocks: Block[];
  errors: Record<string, string>;
}

/** What the app answered to a command or a click. `status` is 0 when nothing answered. */
export interface Answer {
  status: number;
  body: string;
  ms: number;
}

/** One call of the Web API, as kept in the log. */
export interface ApiCall {
  at: Date;
  method: string;
  args: Record<string, unknown>;
  ok: boolean;
  error?: string;
  status: number;
}

/** One attempt to hand something to the app. */
export interface Delivery {
  at: Date;
  kind: "event" | "command" | "action" | "view" | "shortcut";
  eventId?: string;
  type: string;
  attempt: number;
  over: "http" | "socket";
  status: number;
  ms: number;
  error?: "connection_failed" | "http_timeout" | "http_error";
}

/** A fault to inject into the next `times` (1) calls of a method. */
export interface Fault {
  method: string;
  error?: string;
  /** Seconds, sent as Retry-After with `error: "ratelimited"`. */
  retryAfter?: number;
  /** Answer with this HTTP status and no JSON. */
  status?: number;
  /** Do the work, then cut the connection before the answer. */
  dropAfterCommit?: true;
  /** Do the work and never answer, so that the caller can be killed just there. */
  holdAfterCommit?: true;
  times?: number;
}

export interface MessageShortcut {
  callbackId: string;
  name: string;
}

export interface Link {
  label: string;
  url: string;
}

export interface SlackOptions {
  clock: Clock;
  random: () => number;
  port?: number;
  hostname?: string;
  /** Events, commands and actions go to `appUrl() + "/slack/events"`. */
  appUrl: () => string;
  signingSecret: string;
  botToken: string;
  /** Enables `apps.connections.open`; while a socket is connected, deliveries go over it. */
  appToken?: string;
  people: ChatPerson[];
  channels: ChannelSpec[];
  /** Milliseconds before each retry of an event; default at once, 1 and 5 minutes. */
  retryDelaysMs?: number[];
  /** Real milliseconds the app has to answer; default 3,000. */
  answerWithinMs?: number;
  /** `messagesPerPage`: Slack may give fewer messages at once than were asked for. */
  limits?: { postsPerSecondPerChannel?: number; messagesPerPage?: number };
  bot?: { name: string; realName: string };
  /** The slash command of the app; default "/flaky". */
  command?: string;
  shortcuts?: MessageShortcut[];
  links?: Link[];
}
