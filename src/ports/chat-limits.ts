import type {
  ActionsBlockElement,
  KnownBlock,
  SectionBlock,
  SectionBlockAccessory,
  TextObject,
} from "@slack/types";
import { clamp } from "../kernel/text/clamp.ts";
import type { ChatMessage } from "./chat.ts";

/** What Slack takes at most, in UTF-16 units and items. */
const LIMITS = {
  text: 4000,
  blocks: 50,
  section: 3000,
  header: 150,
  button: 75,
  field: 2000,
  fields: 10,
  contextElements: 10,
  actions: 25,
  value: 2000,
  options: 100,
  option: 75,
  placeholder: 150,
  markdown: 12_000,
  /** All texts of the blocks; Slack refuses from about 13,000 on. */
  all: 12_500,
} as const;

/** Tried one after the other until all texts together are short enough: the longest lose first. */
const CAPS = [LIMITS.section, 2000, 1400, 1000, 700, 450, 300, 200];

/** The message within Slack's limits; one that is within them already stays as it is. */
export function clampMessage(message: ChatMessage): ChatMessage {
  const text = clampMarkup(message.text, LIMITS.text);
  if (message.blocks === undefined) return { text };
  const blocks = fewer(message.blocks);
  for (const cap of CAPS) {
    const tried = blocks.map((block) => clampBlock(block, cap));
    if (characters(tried) <= LIMITS.all) return { text, blocks: tried };
  }
  let left: number = LIMITS.all;
  const fitting = blocks
    .map((block) => clampBlock(block, CAPS.at(-1) ?? LIMITS.section))
    .filter((block) => {
      const size = characters(block);
      const fits = size <= left;
      if (fits) left -= size;
      return fits;
    });
  return { text, blocks: fitting };
}

/** Keeps the first ones and the last, where the buttons are, and says in between how many went. */
function fewer(blocks: KnownBlock[]): KnownBlock[] {
  const last = blocks.at(-1);
  if (blocks.length <= LIMITS.blocks || last === undefined) return blocks;
  const kept = LIMITS.blocks - 2;
  const note = `… ${blocks.length - kept - 1} parts left out …`;
  return [
    ...blocks.slice(0, kept),
    { type: "context", elements: [{ type: "plain_text", text: note }] },
    last,
  ];
}

function clampBlock(block: KnownBlock, cap: number): KnownBlock {
  switch (block.type) {
    case "section":
      return clampSection(block, cap);
    case "header":
      return { ...block, text: cut(block.text, LIMITS.header) };
    case "context":
      return {
        ...block,
        elements: block.elements
          .slice(0, LIMITS.contextElements)
          .map((element) => (element.type === "image" ? element : cut(element, Math.min(cap, LIMITS.field)))),
      };
    case "actions":
      return { ...block, elements: block.elements.slice(0, LIMITS.actions).map(clampElement) };
    case "markdown":
      return { ...block, text: clampMarkup(block.text, cap < LIMITS.section ? cap : LIMITS.markdown) };
    default:
      return block;
  }
}

function clampSection(block: SectionBlock, cap: number): SectionBlock {
  const field = Math.min(cap, LIMITS.field);
  return {
    ...block,
    ...(block.text === undefined ? {} : { text: cut(block.text, Math.min(cap, LIMITS.section)) }),
    ...(block.fields === undefined
      ? {}
      : { fields: block.fields.slice(0, LIMITS.fields).map((text) => cut(text, field)) }),
    ...(block.accessory === undefined ? {} : { accessory: clampElement(block.accessory) }),
  };
}

function clampElement<T extends ActionsBlockElement | SectionBlockAccessory>(element: T): T {
  if (element.type === "button") {
    const value = element.value === undefined ? {} : { value: clamp(element.value, LIMITS.value) };
    return { ...element, text: cut(element.text, LIMITS.button), ...value };
  }
  if (element.type !== "static_select") return element;
  const { placeholder, options } = element;
  return {
    ...element,
    ...(placeholder === undefined ? {} : { placeholder: cut(placeholder, LIMITS.placeholder) }),
    ...(options === undefined
      ? {}
      : {
          options: options
            .slice(0, LIMITS.options)
            .map((option) => ({ ...option, text: cut(option.text, LIMITS.option) })),
        }),
  };
}

const cut = <T extends TextObject>(object: T, max: number): T => ({
  ...object,
  text: object.type === "mrkdwn" ? clampMarkup(object.text, max) : clamp(object.text, max),
});

const FENCE = "```";

/** Cuts mrkdwn so that no entity or link is torn, and closes a code block that the cut left open. */
export function clampMarkup(text: string, max: number): string {
  if (text.length <= max) return text;
  const closing = `\n${FENCE}`;
  const whole = clamp(text, max - closing.length)
    .slice(0, -1)
    .replace(/&[a-z]{0,4}$/i, "")
    .replace(/<[^<>\n]*$/, "")
    .replace(/(?<!`)`{1,2}$/, "");
  const open = whole.split(FENCE).length % 2 === 0;
  return `${whole}…${open ? closing : ""}`;
}

/** Units of all texts that people see. */
function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + characters(each), 0);
  if (value === null || typeof value !== "object") return 0;
  return Object.entries(value).reduce(
    (sum, [key, each]) => sum + (key === "text" && typeof each === "string" ? each.length : characters(each)),
    0,
  );
}
