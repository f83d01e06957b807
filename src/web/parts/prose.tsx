/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { clamp } from "../../kernel/text/clamp.ts";
import { Out } from "./basics.tsx";
import { type Block, type Inline, parseMarkdown } from "./markdown.ts";

const MOST = 60_000;
/** The page itself uses the first two levels. */
const HEADINGS = ["h3", "h4", "h5"] as const;

/** Text in Markdown from a model or a person; nothing in it can become an element that is not made here. */
export const Prose: FC<{ text: string }> = ({ text }) => (
  <div class="prose">
    {parseMarkdown(clamp(text, MOST)).map((block) => (
      <BlockOf block={block} />
    ))}
  </div>
);

const BlockOf: FC<{ block: Block }> = ({ block }) => {
  if (block.kind === "code") return <pre tabindex={0}>{block.text}</pre>;
  if (block.kind === "heading") {
    const Heading = HEADINGS[Math.min(block.level, 3) - 1] ?? "h5";
    return (
      <Heading>
        <Line inline={block.inline} />
      </Heading>
    );
  }
  if (block.kind === "list") {
    const items = block.items.map((inline) => (
      <li>
        <Line inline={inline} />
      </li>
    ));
    return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
  }
  const line = <Line inline={block.inline} />;
  return block.kind === "quote" ? <blockquote>{line}</blockquote> : <p>{line}</p>;
};

const Line: FC<{ inline: readonly Inline[] }> = ({ inline }) => (
  <>
    {inline.map((piece) => {
      if (piece.kind === "code") return <code>{piece.text}</code>;
      if (piece.kind === "strong") return <strong>{piece.text}</strong>;
      if (piece.kind === "em") return <em>{piece.text}</em>;
      if (piece.kind === "link") return <Out href={piece.href}>{piece.text}</Out>;
      return piece.text;
    })}
  </>
);
