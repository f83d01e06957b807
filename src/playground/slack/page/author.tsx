/** @jsxImportSource hono/jsx */
import type { Picks } from "../act/clicks.ts";
import { emoji } from "../emoji.ts";
import type { Message } from "../model.ts";
import type { World } from "../world.ts";

/** Who looks, and at what. */
export interface Viewer {
  world: World;
  picks: Picks;
  userId: string;
  channelId: string;
  focus: string;
}

export interface Author {
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
