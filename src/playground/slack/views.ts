import { z } from "zod";
import { ApiError } from "./api/error.ts";
import { checkBlocks } from "./blocks/check.ts";
import { plain } from "./blocks/schema.ts";
import type { View } from "./model.ts";
import type { World } from "./world.ts";

const Payload = z.strictObject({
  type: z.literal("modal"),
  title: plain(24),
  submit: plain(24).optional(),
  close: plain(24).optional(),
  blocks: z.unknown(),
  callback_id: z.string().max(255).default(""),
  private_metadata: z.string().max(3000).default(""),
  external_id: z.string().max(255).default(""),
  notify_on_close: z.boolean().default(false),
  clear_on_close: z.boolean().default(false),
});

const badView = (messages: string[]) =>
  new ApiError("invalid_arguments", { response_metadata: { messages } });

/** Checks a modal the app sent and reads it. Throws invalid_arguments with Slack's messages. */
export function readView(world: World, raw: unknown) {
  const parsed = Payload.safeParse(raw);
  if (!parsed.success) {
    throw badView(
      parsed.error.issues.map(
        (issue) => `[ERROR] ${issue.message} [json-pointer:/view/${issue.path.map(String).join("/")}]`,
      ),
    );
  }
  const { title, submit, close } = parsed.data;
  let blocks: View["blocks"];
  try {
    blocks = checkBlocks(parsed.data.blocks, "modal", world.ids);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const found = z.object({ messages: z.array(z.string()) }).safeParse(error.more.response_metadata);
    const messages = found.success ? found.data.messages : [`[ERROR] ${error.code} [json-pointer:/blocks]`];
    throw badView(messages.map((line) => line.replace(":/blocks", ":/view/blocks")));
  }
  if (!submit && blocks.some((block) => block.type === "input")) {
    throw badView(["[ERROR] missing required field: submit [json-pointer:/view]"]);
  }
  return {
    title,
    ...(submit ? { submit } : {}),
    ...(close ? { close } : {}),
    blocks,
    callbackId: parsed.data.callback_id,
    privateMetadata: parsed.data.private_metadata,
    externalId: parsed.data.external_id,
    notifyOnClose: parsed.data.notify_on_close,
    clearOnClose: parsed.data.clear_on_close,
  };
}

/** Opens a modal for a person, over `below` if given. At most three lie on each other. */
export function openView(world: World, user: string, raw: unknown, below?: View): View {
  if (below && world.views.filter((view) => view.user === user).length >= 3) {
    throw new ApiError("push_limit_reached");
  }
  const read = readView(world, raw);
  const id = world.ids.id("V");
  const view: View = {
    ...read,
    id,
    rootId: below?.rootId ?? id,
    previousId: below?.id ?? null,
    hash: `${world.ids.seconds()}.${world.ids.id("", 8)}`,
    user,
    errors: {},
  };
  world.views.push(view);
  world.onChange();
  return view;
}

/** Puts new content into an open modal. Throws hash_conflict when it has changed since `hash`. */
export function updateView(world: World, view: View, raw: unknown, hash?: string): View {
  if (hash !== undefined && hash !== view.hash) throw new ApiError("hash_conflict");
  const { submit: _submit, close: _close, ...kept } = view;
  const next: View = {
    ...kept,
    ...readView(world, raw),
    hash: `${world.ids.seconds()}.${world.ids.id("", 8)}`,
    errors: {},
  };
  world.views[world.views.indexOf(view)] = next;
  world.onChange();
  return next;
}

/** Takes views away: this one, or all of this person's. */
export function dropViews(world: World, view: View, all: boolean): void {
  const keep = world.views.filter((one) => (all ? one.user !== view.user : one !== view));
  world.views.splice(0, world.views.length, ...keep);
  world.onChange();
}

/** A view as the Web API and payloads show it. */
export function shownView(world: World, view: View, values: Record<string, unknown> = {}) {
  return {
    id: view.id,
    team_id: world.team.id,
    type: "modal",
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values },
    hash: view.hash,
    title: view.title,
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: world.app.id,
    external_id: view.externalId,
    app_installed_team_id: world.team.id,
    bot_id: world.app.botId,
  };
}
