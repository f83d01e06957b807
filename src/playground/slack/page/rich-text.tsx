/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { z } from "zod";
import { emoji } from "../emoji.ts";
import type { World } from "../world.ts";
import { Anchor } from "./mrkdwn.tsx";

const Style = z.object({
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  strike: z.boolean().optional(),
  code: z.boolean().optional(),
});
const Leaf = z.object({
  type: z.string(),
  text: z.string().optional(),
  url: z.string().optional(),
  name: z.string().optional(),
  user_id: z.string().optional(),
  channel_id: z.string().optional(),
  range: z.string().optional(),
  style: Style.optional(),
});
type Leaf = z.infer<typeof Leaf>;
const Leaves = z.object({ type: z.string(), elements: z.array(Leaf).default([]) });
const List = z.object({
  type: z.literal("rich_text_list"),
  style: z.string().optional(),
  elements: z.array(Leaves),
});
const Part = z.union([List, Leaves]);

/** A rich_text block; parts of a kind unknown here are left out. */
export function RichText({ world, elements }: { world: World; elements: unknown[] }) {
  const parts = elements.flatMap((raw) => {
    const parsed = Part.safeParse(raw);
    return parsed.success ? [parsed.data] : [];
  });
  return <div class="mrkdwn">{parts.map((part) => partView(world, part))}</div>;
}

function partView(world: World, part: z.infer<typeof Part>): Child {
  const list = List.safeParse(part);
  if (list.success) {
    const items = list.data.elements.map((item) => <li>{leaves(world, item.elements)}</li>);
    return list.data.style === "ordered" ? <ol>{items}</ol> : <ul>{items}</ul>;
  }
  const inside = leaves(world, Leaves.parse(part).elements);
  if (part.type === "rich_text_preformatted") return <pre>{inside}</pre>;
  if (part.type === "rich_text_quote") return <blockquote>{inside}</blockquote>;
  return <p class="plain">{inside}</p>;
}

const leaves = (world: World, all: Leaf[]): Child[] =>
  all.map((leaf) => dressed(leaf, leafView(world, leaf)));

function leafView(world: World, leaf: Leaf): Child {
  if (leaf.type === "link") return <Anchor href={leaf.url ?? ""} label={leaf.text ?? ""} />;
  if (leaf.type === "emoji") return emoji(leaf.name ?? "") ?? `:${leaf.name}:`;
  if (leaf.type === "broadcast") return <span class="mention">@{leaf.range}</span>;
  if (leaf.type === "channel") {
    return <span class="mention">#{world.channels.get(leaf.channel_id ?? "")?.name ?? leaf.channel_id}</span>;
  }
  if (leaf.type === "user") {
    const person = world.people.find((one) => one.id === leaf.user_id);
    const name = leaf.user_id === world.app.userId ? world.app.name : person?.name;
    return <span class="mention">@{name ?? leaf.user_id}</span>;
  }
  return leaf.text ?? "";
}

function dressed({ style = {} }: Leaf, inside: Child): Child {
  let out = inside;
  if (style.code) out = <code>{out}</code>;
  if (style.bold) out = <b>{out}</b>;
  if (style.italic) out = <i>{out}</i>;
  if (style.strike) out = <s>{out}</s>;
  return out;
}
