import { z } from "zod";
import { toldChange } from "./changes.ts";
import { isPlain } from "./plain.ts";

const Told = z.looseObject({ event: z.looseObject({ type: z.string() }) });

/**
 * Whether anything may be made of an event of Slack, as far as it tells by itself. Most tell what the bot wrote itself
 * or how somebody reacted; one of another form is worth a look.
 */
export function isWorthWork(body: Record<string, unknown>): boolean {
  const parsed = Told.safeParse(body);
  if (!parsed.success) return true;
  const { event } = parsed.data;
  if (event.type === "app_mention") return isPlain(event);
  return event.type === "message" && (isPlain(event) || toldChange("", event) !== null);
}
