/** @jsxImportSource hono/jsx */
import type { Ephemeral, Message } from "../model.ts";
import { Avatar, authorOf, Time, type Viewer } from "./author.tsx";
import { BlocksView } from "./blocks.tsx";
import { Reactions, Replies, Toolbar } from "./message-tools.tsx";
import { Mrkdwn } from "./mrkdwn.tsx";

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
