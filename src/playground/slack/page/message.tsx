import type { Picks } from "../act/clicks.ts";
import { emoji } from "../emoji.ts";
import type { Ephemeral, Message } from "../model.ts";
import type { World } from "../world.ts";
import { BlocksView } from "./blocks.tsx";
import { Mrkdwn } from "./mrkdwn.tsx";

/** Who looks, and at what. */
export interface Viewer {
  world: World;
  picks: Picks;
  userId: string;
  channelId: string;
  focus: string;
}

interface Author {
  name: string;
  initials: string;
  color: string;
  app: boolean;
}

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();

/** How the writer of a message is shown. */
export function authorOf(
  world: World,
  message: Pick<Message, "user" | "bot_id" | "username" | "icons">,
): Author {
  if (message.bot_id || message.user === world.app.userId) {
    const name = message.username ?? world.app.realName;
    const icon = emoji((message.icons?.emoji ?? "").replaceAll(":", ""));
    return { name, initials: icon ?? initialsOf(name), color: "var(--app)", app: true };
  }
  const person = world.people.find((one) => one.id === message.user);
  if (!person) return { name: "Slackbot", initials: "S", color: "#6b7280", app: false };
  return { name: person.realName, initials: initialsOf(person.realName), color: person.color, app: false };
}

export const Avatar = ({ author, small }: { author: Author; small?: boolean }) => (
  <span
    class={`avatar ${small ? "small" : ""} ${author.app ? "app" : ""}`}
    style={`background:${author.color}`}
    aria-hidden="true"
  >
    {author.initials}
  </span>
);

/** A timestamp; the page's script writes it in the reader's time zone. */
export function Time({ ts, long }: { ts: string; long?: boolean }) {
  const date = new Date(Number(ts.split(".")[0]) * 1000);
  return (
    <time datetime={date.toISOString()} {...(long ? { "data-long": "1" } : {})}>
      {date.toISOString().slice(11, 16)}
    </time>
  );
}

interface Props {
  viewer: Viewer;
  message: Message;
  /** Follows a message of the same person within minutes: no avatar, no name. */
  joined: boolean;
  /** Where it is shown; ids on the page differ between the channel and its thread. */
  pane: "main" | "thread";
}

export function MessageView({ viewer, message, joined, pane }: Props) {
  const { world } = viewer;
  const author = authorOf(world, message);
  const grave = message.subtype === "tombstone";
  const focused = viewer.focus === message.ts ? "focus" : "";
  return (
    <article
      id={`${pane}-${message.ts}`}
      class={`message ${joined ? "joined" : ""} ${grave ? "grave" : ""} ${focused}`}
    >
      <div class="gutter">{joined ? <Time ts={message.ts} /> : <Avatar author={author} />}</div>
      <div class="body">
        {joined ? null : (
          <div class="who">
            <strong>{author.name}</strong>
            {author.app ? <span class="badge">APP</span> : null}
            <Time ts={message.ts} />
          </div>
        )}
        {message.subtype === "thread_broadcast" && pane === "main" ? (
          <button type="button" class="origin" data-do="thread" data-ts={message.thread_ts}>
            replied to a thread
          </button>
        ) : null}
        <Content viewer={viewer} message={message} />
        <Reactions viewer={viewer} message={message} />
        {pane === "main" ? <Replies viewer={viewer} message={message} /> : null}
      </div>
      {grave ? null : <Toolbar viewer={viewer} message={message} pane={pane} />}
    </article>
  );
}

function Content({
  viewer,
  message,
}: {
  viewer: Viewer;
  message: Pick<Message, "text" | "blocks" | "edited" | "ts">;
}) {
  const { world, picks } = viewer;
  const edited = message.edited ? <span class="edited">(edited)</span> : null;
  if (!message.blocks?.length) {
    return (
      <div class="content">
        <Mrkdwn world={world} text={message.text} />
        {edited}
      </div>
    );
  }
  return (
    <div class="content">
      <BlocksView surface={{ world, picks, target: message.ts }} blocks={message.blocks} />
      {edited}
    </div>
  );
}

function Reactions({ viewer, message }: { viewer: Viewer; message: Message }) {
  if (!message.reactions) return null;
  const { world, userId } = viewer;
  const nameOf = (id: string) => authorOf(world, { user: id }).name;
  return (
    <div class="reactions">
      {message.reactions.map((one) => (
        <button
          type="button"
          class={one.users.includes(userId) ? "mine" : ""}
          data-do="react"
          data-ts={message.ts}
          data-name={one.name}
          title={`${one.users.map(nameOf).join(", ")} reacted with :${one.name}:`}
        >
          {emoji(one.name)} <span>{one.count}</span>
        </button>
      ))}
    </div>
  );
}

function Replies({ viewer, message }: { viewer: Viewer; message: Message }) {
  const replies = viewer.world.replies(viewer.channelId, message.ts);
  const last = replies.at(-1);
  if (!last) return null;
  const authors = [...new Map(replies.map((one) => [one.user ?? one.username, one])).values()].slice(0, 4);
  return (
    <button type="button" class="replies" data-do="thread" data-ts={message.ts}>
      {authors.map((one) => (
        <Avatar author={authorOf(viewer.world, one)} small />
      ))}
      <b>{replies.length === 1 ? "1 reply" : `${replies.length} replies`}</b>
      <span>
        Last at <Time ts={last.ts} />
      </span>
    </button>
  );
}

const QUICK = ["eyes", "white_check_mark", "+1"];

function Toolbar({ viewer, message, pane }: { viewer: Viewer; message: Message; pane: "main" | "thread" }) {
  const own = message.user === viewer.userId;
  const item = (act: string, label: string, extra: Record<string, string> = {}) => (
    <button type="button" data-do={act} data-ts={message.ts} {...extra}>
      {label}
    </button>
  );
  return (
    <div class="toolbar">
      {QUICK.map((name) => (
        <button
          type="button"
          class="quick"
          data-do="react"
          data-ts={message.ts}
          data-name={name}
          title={`React with :${name}:`}
        >
          {emoji(name)}
        </button>
      ))}
      {pane === "main" ? (
        <button
          type="button"
          class="quick"
          data-do="thread"
          data-ts={message.thread_ts ?? message.ts}
          title="Reply in thread"
        >
          💬
        </button>
      ) : null}
      <details class="menu">
        <summary aria-label="More actions">⋯</summary>
        <div class="menu-list">
          {pane === "main" ? item("thread", "Reply in thread") : null}
          {QUICK.map((name) => item("react", `React ${emoji(name)}`, { "data-name": name, class: "touch" }))}
          {viewer.world.shortcuts.map((one) =>
            item("shortcut", one.name, { "data-callback": one.callbackId }),
          )}
          {item("copy", "Copy link", { "data-link": permalink(viewer, message) })}
          {own ? item("edit", "Edit message", { "data-text": message.text }) : null}
          {own ? item("remove", "Delete message", { class: "danger" }) : null}
        </div>
      </details>
    </div>
  );
}

const permalink = ({ channelId }: Viewer, message: Message): string => {
  const thread =
    message.thread_ts && message.thread_ts !== message.ts ? `?thread_ts=${message.thread_ts}` : "";
  return `/archives/${channelId}/p${message.ts.replace(".", "")}${thread}`;
};

/** A message that only the viewer sees. */
export function EphemeralView({ viewer, note }: { viewer: Viewer; note: Ephemeral }) {
  const author =
    note.from === "app"
      ? authorOf(viewer.world, { user: viewer.world.app.userId })
      : authorOf(viewer.world, { user: "USLACKBOT" });
  return (
    <article id={`note-${note.ts}`} class="message ephemeral">
      <div class="gutter">
        <Avatar author={author} />
      </div>
      <div class="body">
        <div class="only">
          <span aria-hidden="true">👁</span> Only visible to you
          <button type="button" data-do="dismiss" data-ts={note.ts}>
            Dismiss
          </button>
        </div>
        <div class="who">
          <strong>{author.name}</strong>
          {author.app ? <span class="badge">APP</span> : null}
          <Time ts={note.ts} />
        </div>
        <Content viewer={viewer} message={note} />
      </div>
    </article>
  );
}
