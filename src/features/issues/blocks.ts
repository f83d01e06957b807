/** Names of the blocks that the bot keeps in an issue, in their order. */
export const BLOCKS = ["Summary", "Evidence", "Log excerpts", "Next actions", "Automation"] as const;
export type BlockName = (typeof BLOCKS)[number];

const begin = (name: BlockName) => `<!-- flaky:begin ${name} -->`;
const end = (name: BlockName) => `<!-- flaky:end ${name} -->`;

const block = (name: BlockName, content: string) => `${begin(name)}\n${content}\n${end(name)}`;

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
    const from = text.indexOf(begin(name));
    const to = from < 0 ? -1 : text.indexOf(end(name), from);
    text =
      from < 0 || to < 0
        ? `${text.trimEnd()}\n\n${block(name, blocks[name])}`
        : text.slice(0, from) + block(name, blocks[name]) + text.slice(to + end(name).length);
  }
  return text;
}
