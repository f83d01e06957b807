/** @jsxImportSource hono/jsx */
import { emoji } from "../emoji.ts";
import type { Message } from "../model.ts";
import { untypedText } from "../text.ts";
import { Avatar, authorOf, Time, type Viewer } from "./author.tsx";

/** The reactions under a message, each a button. */
export function Reactions({ viewer, message }: { viewer: Viewer; message: Message }) {
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

/** The line under a message that leads to its thread. */
export function Replies({ viewer, message }: { viewer: Viewer; message: Message }) {
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

/** What one can do with a message: on hover with a mouse, behind one button on a touch screen. */
export function Toolbar({
  viewer,
  message,
  pane,
}: {
  viewer: Viewer;
  message: Message;
  pane: "main" | "thread";
}) {
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
          {own
            ? item("edit", "Edit message", { "data-text": untypedText(viewer.world, message.text) })
            : null}
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
