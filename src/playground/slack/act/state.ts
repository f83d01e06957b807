import { controlsOf } from "../blocks/check.ts";
import type { Block, Control, Option } from "../blocks/schema.ts";

/** What a person gave for a control: text, an option's value, or several. */
export type Given = string | string[];
/** `state.values` of an interaction: by block id, then by action id. */
export type StateValues = Record<string, Record<string, Record<string, unknown>>>;

const pick = (options: Option[], value: string | undefined): Option | null =>
  options.find((option) => option.value === value) ?? null;

/** The value of one control as Slack sends it; null for one that keeps none, like a button. */
export function stateOf(control: Control, given: Given | undefined): Record<string, unknown> | null {
  const one = Array.isArray(given) ? given[0] : given;
  switch (control.type) {
    case "plain_text_input":
      return { type: control.type, value: (one ?? control.initial_value) || null };
    case "static_select":
    case "radio_buttons":
      return {
        type: control.type,
        selected_option: one ? pick(control.options, one) : (control.initial_option ?? null),
      };
    case "checkboxes": {
      const values = given === undefined ? undefined : [given].flat();
      const picked = values ? control.options.filter((option) => values.includes(option.value)) : undefined;
      return { type: control.type, selected_options: picked ?? control.initial_options ?? [] };
    }
    default:
      return null;
  }
}

/** All values of the blocks; `given` finds what a person gave for a control. */
export function stateValues(
  blocks: Block[],
  given: (blockId: string, actionId: string) => Given | undefined,
): StateValues {
  const values: StateValues = {};
  for (const block of blocks) {
    for (const control of controlsOf(block)) {
      const [blockId, actionId] = [block.block_id ?? "", control.action_id ?? ""];
      const state = stateOf(control, given(blockId, actionId));
      if (state) values[blockId] = { ...values[blockId], [actionId]: state };
    }
  }
  return values;
}

/** The entry for `actions` of a block_actions payload. */
export function actionOf(block: Block, control: Control, given: Given | undefined, ts: string) {
  const base = {
    action_id: control.action_id ?? "",
    block_id: block.block_id ?? "",
    type: control.type,
    action_ts: ts,
  };
  if (control.type === "button") {
    const { text, value, style } = control;
    return { ...base, text, ...(value ? { value } : {}), ...(style ? { style } : {}) };
  }
  if (control.type === "overflow") {
    return { ...base, selected_option: pick(control.options, [given].flat()[0]) };
  }
  return { ...base, ...stateOf(control, given) };
}
