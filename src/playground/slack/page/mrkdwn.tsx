/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { emoji } from "../emoji.ts";
import { unescapeText } from "../text.ts";
import type { World } from "../world.ts";

const EDGE = "[\\p{L}\\p{N}]";
const styled = (mark: string) =>
  `(?<!${EDGE}|${mark})${mark}(?=\\S)([^${mark}\\n]*\\S)${mark}(?!${EDGE}|${mark})`;
/** Code, a link or mention, an emoji, bold, italic, struck: each in its own group. */
const INLINE = new RegExp(
  ["`([^`\\n]+)`", "<([^<>\\n]+)>", ":([a-z0-9_+'-]+):", styled("\\*"), styled("_"), styled("~")].join("|"),
  "gu",
);

/** Slack's mrkdwn as elements. The text is hostile: nothing of it becomes markup of its own. */
export function Mrkdwn({ world, text }: { world: World; text: string }) {
  const parts = text.split(/```\n?([\s\S]*?)```/);
  return (
    <div class="mrkdwn">
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <pre>{unescapeText(stripTokens(part)).replace(/\n$/, "")}</pre>
        ) : (
          prose(world, part)
        ),
      )}
    </div>
  );
}

/** Plain text with emoji, as in buttons and headers. */
export function PlainText({ text }: { text: string }) {
  return <>{unescapeText(text).replace(/:([a-z0-9_+'-]+):/g, (all, name: string) => emoji(name) ?? all)}</>;
}

type LineKind = "quote" | "item" | "text";

function lineKind(line: string): LineKind {
  if (/^(&gt;|>)/.test(line)) return "quote";
  return /^\s*[•◦-]\s+\S/.test(line) ? "item" : "text";
}

/** Everything outside code fences: runs of quoted lines, of list items, and of other lines. */
function prose(world: World, text: string): Child[] {
  const trimmed = text.replace(/^\n+|\n+$/g, "");
  if (trimmed === "") return [];
  const runs: { kind: LineKind; lines: string[] }[] = [];
  for (const line of trimmed.split("\n")) {
    const kind = lineKind(line);
    const last = runs.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  return runs.map(({ kind, lines }) => {
    if (kind === "item") {
      const items = lines.map((line) => <li>{inline(world, line.replace(/^\s*[•◦-]\s+/, ""))}</li>);
      return <ul>{items}</ul>;
    }
    if (kind === "text") return <p>{broken(world, lines)}</p>;
    return (
      <blockquote>
        {broken(
          world,
          lines.map((line) => line.replace(/^(&gt;|>)\s?/, "")),
        )}
      </blockquote>
    );
  });
}

const broken = (world: World, lines: string[]): Child[] =>
  lines.flatMap((line, index) => (index === 0 ? inline(world, line) : [<br />, ...inline(world, line)]));

function inline(world: World, text: string): Child[] {
  const out: Child[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [all, code, token, name, bold, italic, struck] = match;
    const shown = name ? emoji(name) : undefined;
    if (name && !shown) continue;
    out.push(unescapeText(text.slice(from, match.index)));
    from = match.index + all.length;
    if (code) out.push(<code>{unescapeText(stripTokens(code))}</code>);
    else if (token) out.push(link(world, token));
    else if (shown) out.push(<span title={`:${name}:`}>{shown}</span>);
    else if (bold) out.push(<b>{inline(world, bold)}</b>);
    else if (italic) out.push(<i>{inline(world, italic)}</i>);
    else if (struck) out.push(<s>{inline(world, struck)}</s>);
  }
  out.push(unescapeText(text.slice(from)));
  return out;
}

/** What stands between `<` and `>`: a person, a channel, a group or an address. */
function link(world: World, token: string): Child {
  const bar = token.indexOf("|");
  const target = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? "" : unescapeText(token.slice(bar + 1));
  if (target.startsWith("@")) {
    const id = target.slice(1);
    const name = id === world.app.userId ? world.app.name : world.people.find((one) => one.id === id)?.name;
    return <span class="mention">@{name ?? (label || id)}</span>;
  }
  if (target.startsWith("#")) {
    const channel = world.channels.get(target.slice(1));
    return (
      <a
        class="mention"
        data-do="channel"
        data-channel={target.slice(1)}
        href={`/archives/${target.slice(1)}`}
      >
        #{channel?.name ?? label}
      </a>
    );
  }
  if (target.startsWith("!date")) return label;
  if (target.startsWith("!")) return <span class="mention">{label || `@${target.slice(1)}`}</span>;
  return <Anchor href={unescapeText(target)} label={label} />;
}

/** A link that opens elsewhere; only web and mail addresses become one. */
export function Anchor({ href, label }: { href: string; label: string }) {
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return <>{label || href}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {label || href.replace(/^mailto:/, "")}
    </a>
  );
}

/** Code shows the address or label of a link, not its brackets. */
const stripTokens = (text: string): string =>
  text.replace(/<(?:[^<>|\n]+\|)?([^<>|\n]+)>/g, (_all, shown: string) => shown);
