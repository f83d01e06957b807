/** @jsxImportSource hono/jsx */
import type { Picks } from "../act/clicks.ts";
import type { Channel } from "../model.ts";
import type { World } from "../world.ts";
import { Avatar, authorOf, type Viewer } from "./author.tsx";
import { channelOf, Modal, Sidebar, Thread, Timeline } from "./panes.tsx";

/** What the page's address says: who looks at what. */
export interface Place {
  as: string;
  channel: string;
  thread: string;
  focus: string;
}

/** The parts of the page that change, each as HTML by the name of its region. */
export type Frame = Record<
  | "as"
  | "channel"
  | "banner"
  | "sidebar"
  | "title"
  | "timeline"
  | "thread"
  | "modal"
  | "placeholder"
  | "names",
  string
>;

/** Reads a place from query parameters; what is unknown falls back to the first person and channel. */
export function readPlace(world: World, query: Record<string, string>): Place {
  const person = world.people.find((one) => one.id === query.as) ?? world.people[0];
  if (query.channel === "dm" && person) world.openDm(person.id);
  const asked = channelOf(world, query.channel ?? "", person?.id ?? "");
  const allowed = asked && (!asked.dmWith || asked.dmWith === person?.id) ? asked : undefined;
  const channel = allowed ?? [...world.channels.values()].find((one) => !one.dmWith);
  return {
    as: person?.id ?? "",
    channel: channel?.id ?? "",
    thread: query.thread ?? "",
    focus: query.focus ?? "",
  };
}

const titleOf = (world: World, channel: Channel): string =>
  channel.dmWith ? world.app.realName : `# ${channel.name}`;

/** Renders all regions for one person's view. */
export function renderFrame(world: World, picks: Picks, place: Place): Frame {
  const channel = world.mustChannel(place.channel);
  const viewer: Viewer = { world, picks, userId: place.as, channelId: channel.id, focus: place.focus };
  const view = world.views.findLast((one) => one.user === place.as);
  const members = channel.dmWith
    ? "direct message"
    : `${world.people.length + (channel.botJoined ? 1 : 0)} members`;
  const names = [{ name: world.app.name, realName: world.app.realName }, ...world.people];
  return {
    as: place.as,
    channel: channel.id,
    banner: html(<Banner world={world} />),
    sidebar: html(<Sidebar viewer={viewer} />),
    title: html(
      <>
        <h1>{titleOf(world, channel)}</h1>
        <span class="members">{members}</span>
        <button type="button" class="me" data-do="list" aria-label="Be somebody else">
          <Avatar author={authorOf(world, { user: place.as })} />
        </button>
      </>,
    ),
    timeline: html(<Timeline viewer={viewer} />),
    thread: place.thread ? html(<Thread viewer={viewer} ts={place.thread} />) : "",
    modal: view ? html(<Modal viewer={viewer} view={view} />) : "",
    placeholder: channel.dmWith
      ? `Message ${world.app.realName}`
      : `Message #${channel.name} or ${world.command} help`,
    names: JSON.stringify(names.map(({ name, realName }) => ({ name, realName }))),
  };
}

/** The bar above everything: what happens now, and where else to look. */
function Banner({ world }: { world: World }) {
  return (
    <>
      <p class={world.banner ? "now" : "now quiet"}>
        {world.banner || "A Slack of your own: nothing leaves this machine."}
      </p>
      <div class="links">
        {world.links
          .filter((one) => /^https?:\/\//i.test(one.url))
          .map((one) => (
            <a href={one.url} target="_blank" rel="noopener">
              {one.label} ↗
            </a>
          ))}
      </div>
    </>
  );
}

// Elements without asynchronous parts turn into their text.
const html = (element: unknown): string => String(element);
