/** @jsxImportSource hono/jsx */
import { compareTs } from "../ids.ts";
import type { Channel, ChatPerson, Ephemeral, Message, View } from "../model.ts";
import { channelTimeline } from "../reading.ts";
import type { World } from "../world.ts";
import { Avatar, authorOf, type Viewer } from "./author.tsx";
import { BlocksView } from "./blocks.tsx";
import { EphemeralView, MessageView } from "./message.tsx";

const JOIN_SECONDS = 300;

type Entry = { ts: string; message?: Message; note?: Ephemeral };

/** Messages and the viewer's own notes of one place, in order. */
function entries(viewer: Viewer, messages: Message[], threadTs: string | undefined): Entry[] {
  const notes = viewer.world.ephemerals.filter(
    (note) => note.user === viewer.userId && note.channel === viewer.channelId && note.threadTs === threadTs,
  );
  return [
    ...messages.map((message) => ({ ts: message.ts, message })),
    ...notes.map((note) => ({ ts: note.ts, note })),
  ].sort((a, b) => compareTs(a.ts, b.ts));
}

function joins(before: Entry | undefined, entry: Entry): boolean {
  const [a, b] = [before?.message, entry.message];
  if (!a || !b || a.subtype || b.subtype || a.thread_ts === a.ts) return false;
  return a.user === b.user && a.username === b.username && Number(b.ts) - Number(a.ts) < JOIN_SECONDS;
}

const dayOf = (ts: string): string => new Date(Number(ts) * 1000).toDateString();

function Entries({ viewer, list, pane }: { viewer: Viewer; list: Entry[]; pane: "main" | "thread" }) {
  return (
    <>
      {list.map((entry, index) => {
        const before = list[index - 1];
        const newDay = pane === "main" && (!before || dayOf(before.ts) !== dayOf(entry.ts));
        return (
          <>
            {newDay ? (
              <div class="day" id={`day-${entry.ts}`}>
                <time datetime={new Date(Number(entry.ts) * 1000).toISOString()} data-day="1">
                  {dayOf(entry.ts)}
                </time>
              </div>
            ) : null}
            {entry.message ? (
              <MessageView
                viewer={viewer}
                message={entry.message}
                joined={!newDay && joins(before, entry)}
                pane={pane}
              />
            ) : null}
            {entry.note ? <EphemeralView viewer={viewer} note={entry.note} /> : null}
          </>
        );
      })}
    </>
  );
}

/** The channel's messages. */
export function Timeline({ viewer }: { viewer: Viewer }) {
  const channel = viewer.world.mustChannel(viewer.channelId);
  const list = entries(viewer, channelTimeline(viewer.world, channel.id).reverse(), undefined);
  return (
    <>
      <div class="start" id="start">
        <h2>{channel.dmWith ? viewer.world.app.realName : `# ${channel.name}`}</h2>
        <p>{channel.topic || "This is the very beginning. Write something, or wait for the bot."}</p>
      </div>
      <Entries viewer={viewer} list={list} pane="main" />
    </>
  );
}

/** One thread: its first message, a line with the number of replies, the replies. */
export function Thread({ viewer, ts }: { viewer: Viewer; ts: string }) {
  const root = viewer.world.find(viewer.channelId, ts);
  if (!root) return <p class="empty">This thread is gone.</p>;
  const replies = viewer.world.replies(viewer.channelId, ts);
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return (
    <>
      <MessageView viewer={viewer} message={root} joined={false} pane="thread" />
      <div class="count" id="count">
        <span>{count}</span>
      </div>
      <Entries viewer={viewer} list={entries(viewer, replies, ts)} pane="thread" />
    </>
  );
}

/** Channels, direct messages with the app, and who one is. */
export function Sidebar({ viewer }: { viewer: Viewer }) {
  const { world } = viewer;
  const channels = [...world.channels.values()].filter((one) => !one.dmWith);
  const dm = channelOf(world, "dm", viewer.userId);
  return (
    <>
      <nav aria-label="Channels">
        <h2>Channels</h2>
        {channels.map((channel) => (
          <ChannelLink viewer={viewer} id={channel.id} channel={channel} mark="#" label={channel.name} />
        ))}
        <h2>Apps</h2>
        <ChannelLink viewer={viewer} id="dm" channel={dm} mark="⚙" label={world.app.realName} />
      </nav>
      <section class="people" aria-label="You are">
        <h2>You are</h2>
        {world.people.map((person) => (
          <PersonButton world={world} person={person} current={person.id === viewer.userId} />
        ))}
      </section>
    </>
  );
}

/** A channel by id, or for "dm" the direct message with the app once there is one. */
export function channelOf(world: World, id: string, userId: string): Channel | undefined {
  if (id !== "dm") return world.channel(id);
  return [...world.channels.values()].find((one) => one.dmWith === userId);
}

interface LinkProps {
  viewer: Viewer;
  id: string;
  channel: Channel | undefined;
  mark: string;
  label: string;
}

function ChannelLink({ viewer, id, channel, mark, label }: LinkProps) {
  return (
    <button
      type="button"
      class={`channel ${channel?.id === viewer.channelId ? "current" : ""}`}
      data-do="channel"
      data-channel={id}
      data-latest={channel ? (channelTimeline(viewer.world, channel.id)[0]?.ts ?? "") : ""}
    >
      <span class="mark">{mark}</span> {label}
    </button>
  );
}

function PersonButton({ world, person, current }: { world: World; person: ChatPerson; current: boolean }) {
  return (
    <button
      type="button"
      class={`person ${current ? "current" : ""}`}
      data-do="person"
      data-person={person.id}
      aria-pressed={current}
    >
      <Avatar author={authorOf(world, { user: person.id })} />
      <span>
        <b>{person.realName}</b>
        <small>{person.title}</small>
      </span>
    </button>
  );
}

/** The person's topmost modal. */
export function Modal({ viewer, view }: { viewer: Viewer; view: View }) {
  const surface = { world: viewer.world, picks: viewer.picks, target: view.id, form: true };
  const general = view.errors[""];
  return (
    <form class="modal" id={`modal-${view.id}`} data-view={view.id} aria-label={view.title.text}>
      <header>
        <h2>{view.title.text}</h2>
        <button type="button" data-do="close-view" data-target={view.id} aria-label="Close">
          ×
        </button>
      </header>
      <div class="modal-body">
        {general ? <p class="error">{general}</p> : null}
        <BlocksView surface={surface} blocks={view.blocks} errors={view.errors} />
      </div>
      <footer>
        <button type="button" class="button" data-do="close-view" data-target={view.id}>
          {view.close?.text ?? "Cancel"}
        </button>
        {view.submit ? (
          <button type="submit" class="button primary">
            {view.submit.text}
          </button>
        ) : null}
      </footer>
    </form>
  );
}
