/** Names of the blocks that the bot keeps in an issue, in their order. */
export const BLOCKS = ["Summary", "Evidence", "Log excerpts", "Next actions", "Automation"] as const;
export type BlockName = (typeof BLOCKS)[number];

const begin = (name: BlockName) => `<!-- flaky:begin ${name} -->`;
const end = (name: BlockName) => `<!-- flaky:end ${name} -->`;

/** A mark inside the content, from somebody's log or name, would end the block too early: it loses its form. */
const block = (name: BlockName, content: string) =>
  `${begin(name)}\n${content.replace(/<!--(?=\s*flaky:)/g, "<!-")}\n${end(name)}`;

/** The text of a new issue: all blocks. */
export const composeBody = (blocks: Record<BlockName, string>): string =>
  BLOCKS.map((name) => block(name, blocks[name])).join("\n\n");

/**
 * Puts new content into the blocks of a text and leaves all else, which people wrote, as it is. A block that
 * somebody took out comes back at the end. Doing it twice changes nothing more.
 */
export function replaceBlocks(body: string, blocks: Record<BlockName, string>): string {
  let text = body.replaceAll("\r\n", "\n");
  for (const name of BLOCKS) {
    const place = placeOf(text, name);
    text =
      place === null
        ? `${text.trimEnd()}\n\n${block(name, blocks[name])}`.trimStart()
        : text.slice(0, place.from) + block(name, blocks[name]) + text.slice(place.to);
  }
  return text;
}

/** The first whole block of a name; marks whose counterpart is gone are passed over. */
function placeOf(text: string, name: BlockName): { from: number; to: number } | null {
  for (let at = text.indexOf(end(name)); at >= 0; at = text.indexOf(end(name), at + 1)) {
    const from = text.lastIndexOf(begin(name), at);
    if (from >= 0) return { from, to: at + end(name).length };
  }
  return null;
}
