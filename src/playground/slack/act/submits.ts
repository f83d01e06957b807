import { z } from "zod";
import { ApiError } from "../api/error.ts";
import type { Outcome } from "../deliver/sender.ts";
import type { Answer, View } from "../model.ts";
import { dropViews, openView, shownView, updateView } from "../views.ts";
import { type Picks, pickKey } from "./clicks.ts";
import type { Acting } from "./commands.ts";
import { payloadBase } from "./payload.ts";
import { type Given, type StateValues, stateValues } from "./state.ts";

const ResponseAction = z.discriminatedUnion("response_action", [
  z.object({ response_action: z.literal("errors"), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal("update"), view: z.unknown() }),
  z.object({ response_action: z.literal("push"), view: z.unknown() }),
  z.object({ response_action: z.literal("clear") }),
]);

const TROUBLE = "We had some trouble connecting. Try again?";

/**
 * Submits a modal with values by action id or block id. Slack's own checks (required, length) come first and
 * send nothing. Throws when this person has no such modal.
 */
export async function submitView(
  acting: Acting,
  picks: Picks,
  userId: string,
  viewId: string,
  values: Record<string, Given>,
): Promise<Answer> {
  const { world } = acting;
  const view = ownView(acting, userId, viewId);
  const state = stateValues(
    view.blocks,
    (block, action) => values[action] ?? values[block] ?? picks.get(pickKey(viewId, block, action)),
  );
  view.errors = missing(view, state);
  if (Object.keys(view.errors).length > 0) {
    world.onChange();
    return { status: 0, body: JSON.stringify({ errors: view.errors }), ms: 0 };
  }
  const payload = {
    type: "view_submission",
    ...payloadBase(world, acting.triggers, userId),
    view: shownView(world, view, state),
    response_urls: [],
  };
  const outcome = await acting.sender.send({ kind: "view", type: "view_submission", payload });
  // The app may have closed or changed it meanwhile.
  const now = world.views.find((one) => one.id === viewId);
  if (now) settle(acting, now, outcome);
  world.onChange();
  return { status: outcome.status, body: outcome.body, ms: outcome.ms };
}

/** Does with the modal what the app answered. */
function settle({ world }: Acting, view: View, outcome: Outcome): void {
  if (outcome.error) {
    view.errors = { "": TROUBLE };
    return;
  }
  if (outcome.body.trim() === "" || outcome.body.trim() === "{}") {
    dropViews(world, view, false);
    return;
  }
  try {
    const action = ResponseAction.parse(JSON.parse(outcome.body));
    if (action.response_action === "errors") view.errors = action.errors;
    else if (action.response_action === "clear") dropViews(world, view, true);
    else if (action.response_action === "update") updateView(world, view, action.view);
    else openView(world, view.user, action.view, view);
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof z.ZodError || error instanceof SyntaxError))
      throw error;
    view.errors = { "": TROUBLE };
  }
}

/** Closes a modal without submitting; the app hears of it when it asked to. */
export async function closeView(acting: Acting, userId: string, viewId: string): Promise<void> {
  const { world } = acting;
  const view = ownView(acting, userId, viewId);
  dropViews(world, view, view.clearOnClose);
  if (!view.notifyOnClose) return;
  const { trigger_id: _none, ...base } = payloadBase(world, acting.triggers, userId);
  const payload = {
    type: "view_closed",
    ...base,
    view: shownView(world, view),
    is_cleared: view.clearOnClose,
  };
  await acting.sender.send({ kind: "view", type: "view_closed", payload });
}

function ownView({ world }: Acting, userId: string, viewId: string): View {
  const view = world.views.find((one) => one.id === viewId && one.user === userId);
  if (!view) throw new Error(`${userId} has no open modal ${viewId}`);
  return view;
}

function missing(view: View, state: StateValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of view.blocks) {
    if (block.type !== "input") continue;
    const { element } = block;
    const value = state[block.block_id ?? ""]?.[element.action_id ?? ""];
    const picked = value?.value ?? value?.selected_option ?? value?.selected_options;
    const empty = !picked || (Array.isArray(picked) && picked.length === 0);
    const id = block.block_id ?? "";
    if (empty && !block.optional) errors[id] = "Please complete this required field.";
    else if (element.type === "plain_text_input" && typeof picked === "string") {
      const { min_length: least = 0, max_length: most = 3000 } = element;
      if (picked.length < least) errors[id] = `Please enter at least ${least} characters.`;
      if (picked.length > most) errors[id] = `Please enter at most ${most} characters.`;
    }
  }
  return errors;
}
