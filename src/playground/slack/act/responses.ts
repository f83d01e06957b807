import { z } from "zod";
import { ApiError } from "../api/error.ts";
import { checkBlocks } from "../blocks/check.ts";
import type { Channel } from "../model.ts";
import { postAsApp } from "../posting.ts";
import type { World } from "../world.ts";

const LIFE_MS = 30 * 60 * 1000;
const MAX_USES = 5;

const Reply = z.object({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(["ephemeral", "in_channel"]).optional(),
  replace_original: z.coerce.boolean().optional(),
  delete_original: z.coerce.boolean().optional(),
  thread_ts: z.string().optional(),
});
export type Reply = z.infer<typeof Reply>;

/** Where an answer goes: the place of the act, and the message that was acted on. */
export interface ReplyPlace {
  channel: Channel;
  user: string;
  threadTs?: string | undefined;
  messageTs?: string;
}

/** Response urls: each takes five answers within 30 minutes by the clock. */
export class Responses {
  readonly #open = new Map<string, ReplyPlace & { uses: number; at: number }>();

  constructor(readonly world: World) {}

  /** A url for answers to an act at this place. */
  create(place: ReplyPlace, kind: "commands" | "actions"): string {
    const { ids, origin, team } = this.world;
    const path = `/response/${kind}/${team.id}/${ids.id("", 10)}/${ids.hex()}`;
    this.#open.set(path, { ...place, uses: 0, at: ids.clock.now().getTime() });
    return `${origin}${path}`;
  }

  /** Handles a post to a url by its path. Throws ApiError with Slack's HTTP status. */
  take(path: string, body: unknown): void {
    const place = this.#open.get(path);
    if (!place) throw new ApiError("no_service", {}, 404);
    if (this.world.ids.clock.now().getTime() - place.at > LIFE_MS) throw new ApiError("expired_url", {}, 404);
    if (place.uses >= MAX_USES) throw new ApiError("used_url", {}, 404);
    const reply = Reply.safeParse(body);
    if (!reply.success) throw new ApiError("invalid_payload", {}, 400);
    this.post(place, reply.data);
    place.uses += 1;
  }

  /** Reads an answer given in the body of the app's HTTP response; null when it is none. */
  read(body: string): Reply | null {
    if (!body.trimStart().startsWith("{")) return { text: body };
    try {
      return Reply.parse(JSON.parse(body));
    } catch {
      return null;
    }
  }

  /** Does what an answer asks for: a message for all, one for the person, or a change of the original. */
  post(place: ReplyPlace, reply: Reply): void {
    if ((reply.replace_original || reply.delete_original) && place.messageTs) {
      this.#original(place.channel, place.messageTs, reply);
      return;
    }
    const content = this.#content(reply);
    const threadTs = reply.thread_ts ?? place.threadTs;
    if (reply.response_type === "in_channel") {
      postAsApp(this.world, place.channel, { ...content, threadTs });
      return;
    }
    const where = threadTs ? { threadTs } : {};
    this.world.whisper({ channel: place.channel.id, user: place.user, from: "app", ...content, ...where });
  }

  #original(channel: Channel, ts: string, reply: Reply): void {
    const { world } = this;
    const message = world.find(channel.id, ts);
    const index = world.ephemerals.findIndex((note) => note.ts === ts);
    if (reply.delete_original) {
      if (message) world.drop(channel, message);
      else if (index >= 0) world.ephemerals.splice(index, 1);
      world.onChange();
      return;
    }
    const content = this.#content(reply);
    const change = (target: { text: string; blocks?: unknown }) => {
      delete target.blocks;
      Object.assign(target, content);
    };
    if (message) {
      world.alter(channel, message, content.blocks ? null : world.app.userId, change);
      return;
    }
    const note = world.ephemerals[index];
    if (note) change(note);
    world.onChange();
  }

  #content(reply: Reply) {
    const blocks =
      reply.blocks === undefined ? undefined : checkBlocks(reply.blocks, "message", this.world.ids);
    if (!reply.text && !blocks?.length) throw new ApiError("no_text", {}, 400);
    return { text: reply.text ?? "", ...(blocks ? { blocks } : {}) };
  }
}
