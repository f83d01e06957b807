import type { Block } from "../../src/playground/slack/blocks/schema.ts";

type Elements = Extract<Block, { type: "actions" }>["elements"];

/** Blocks as a person reads them: text as written, buttons in brackets, fields side by side. */
export const blocksAsText = (blocks: readonly Block[]): string =>
  blocks.map(blockAsText).filter(Boolean).join("\n");

function blockAsText(block: Block): string {
  switch (block.type) {
    case "section": {
      const fields = (block.fields ?? []).map((field) => field.text.replace("\n", ": ")).join(" | ");
      return [block.text?.text ?? "", fields].filter(Boolean).join("\n");
    }
    case "header":
      return block.text.text;
    case "divider":
      return "---";
    case "context":
      return block.elements
        .map((element) => (element.type === "image" ? element.alt_text : element.text))
        .join(" ");
    case "actions":
      return controls(block.elements);
    case "input":
      return `${block.label.text}: [          ]`;
    default:
      return JSON.stringify(block);
  }
}

const controls = (elements: Elements): string =>
  elements
    .map((element) => (element.type === "button" ? `[ ${element.text.text} ]` : `[ ${element.type} ]`))
    .join(" ");
