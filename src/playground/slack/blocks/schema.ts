import { z } from "zod";

const text = (max: number) => z.string().min(1).max(max);
const actionId = z.string().max(255).optional();

/** A plain text object of at most `max` characters. */
export const plain = (max: number) =>
  z.strictObject({ type: z.literal("plain_text"), text: text(max), emoji: z.boolean().optional() });
const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal("mrkdwn"), text: text(max), verbatim: z.boolean().optional() });
const either = (max: number) => z.discriminatedUnion("type", [plain(max), mrkdwn(max)]);

const confirm = z.strictObject({
  title: plain(100),
  text: either(300),
  confirm: plain(30),
  deny: plain(30),
  style: z.enum(["primary", "danger"]).optional(),
});
const option = z.strictObject({
  text: either(75),
  value: text(150),
  description: either(75).optional(),
  url: z.string().max(3000).optional(),
});
const options = (max: number) => z.array(option).min(1).max(max);

const button = z.strictObject({
  type: z.literal("button"),
  text: plain(75),
  action_id: actionId,
  url: z.string().max(3000).optional(),
  value: z.string().max(2000).optional(),
  style: z.enum(["primary", "danger"]).optional(),
  confirm: confirm.optional(),
  accessibility_label: z.string().max(75).optional(),
});
const select = z.strictObject({
  type: z.literal("static_select"),
  placeholder: plain(150).optional(),
  action_id: actionId,
  options: options(100),
  initial_option: option.optional(),
  confirm: confirm.optional(),
});
const overflow = z.strictObject({
  type: z.literal("overflow"),
  action_id: actionId,
  options: options(5),
  confirm: confirm.optional(),
});
const picture = {
  type: z.literal("image"),
  image_url: z.url({ protocol: /^https?$/ }).max(3000),
  alt_text: text(2000),
};
const input = z.strictObject({
  type: z.literal("plain_text_input"),
  action_id: actionId,
  multiline: z.boolean().optional(),
  placeholder: plain(150).optional(),
  initial_value: z.string().max(3000).optional(),
  focus_on_load: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
});
const choice = {
  action_id: actionId,
  options: options(10),
  confirm: confirm.optional(),
};
const radios = z.strictObject({
  type: z.literal("radio_buttons"),
  ...choice,
  initial_option: option.optional(),
});
const checkboxes = z.strictObject({
  type: z.literal("checkboxes"),
  ...choice,
  initial_options: z.array(option).optional(),
});

const id = { block_id: z.string().min(1).max(255).optional() };
const block = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("section"),
    ...id,
    text: either(3000).optional(),
    fields: z.array(either(2000)).min(1).max(10).optional(),
    accessory: z
      .discriminatedUnion("type", [button, select, overflow, z.strictObject(picture), radios, checkboxes])
      .optional(),
    expand: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal("header"), ...id, text: plain(150) }),
  z.strictObject({ type: z.literal("divider"), ...id }),
  z.strictObject({
    type: z.literal("context"),
    ...id,
    elements: z
      .array(z.discriminatedUnion("type", [plain(3000), mrkdwn(3000), z.strictObject(picture)]))
      .min(1)
      .max(10),
  }),
  z.strictObject({
    type: z.literal("actions"),
    ...id,
    elements: z
      .array(z.discriminatedUnion("type", [button, select, overflow, radios, checkboxes]))
      .min(1)
      .max(25),
  }),
  z.strictObject({ ...picture, ...id, title: plain(2000).optional() }),
  z.strictObject({
    type: z.literal("input"),
    ...id,
    label: plain(2000),
    hint: plain(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: z.discriminatedUnion("type", [input, select, radios, checkboxes]),
  }),
  z.strictObject({
    type: z.literal("rich_text"),
    ...id,
    elements: z.array(z.looseObject({ type: z.string() })),
  }),
]);

export const Blocks = z.array(block);
export type Block = z.infer<typeof block>;
export type Plain = { type: "plain_text"; text: string; emoji?: boolean | undefined };
export type TextObject = z.infer<ReturnType<typeof either>>;
export type Confirm = z.infer<typeof confirm>;
export type Option = z.infer<typeof option>;
/** Anything a person can press, pick or fill in. */
export type Control =
  | z.infer<typeof button>
  | z.infer<typeof select>
  | z.infer<typeof overflow>
  | z.infer<typeof input>
  | z.infer<typeof radios>
  | z.infer<typeof checkboxes>;
