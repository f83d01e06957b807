import { z } from "zod";
import { openView, shownView, updateView } from "../views.ts";
import { parseArgs } from "./args.ts";
import type { ApiContext, Args } from "./context.ts";
import { ApiError } from "./error.ts";

const Triggered = z.object({ trigger_id: z.string(), view: z.unknown() });
const Updated = z.object({
  view_id: z.string().optional(),
  external_id: z.string().optional(),
  hash: z.string().optional(),
  view: z.unknown(),
});

/** views.open */
export function open({ world, triggers }: ApiContext, args: Args) {
  const asked = parseArgs(Triggered, args);
  const user = triggers.take(asked.trigger_id);
  return { view: shownView(world, openView(world, user, asked.view)) };
}

/** views.push: over the person's topmost modal. */
export function push({ world, triggers }: ApiContext, args: Args) {
  const asked = parseArgs(Triggered, args);
  const user = triggers.take(asked.trigger_id);
  const top = world.views.findLast((view) => view.user === user);
  if (!top) throw new ApiError("not_found");
  return { view: shownView(world, openView(world, user, asked.view, top)) };
}

/** views.update */
export function update({ world }: ApiContext, args: Args) {
  const asked = parseArgs(Updated, args);
  const found = world.views.find((view) =>
    asked.view_id ? view.id === asked.view_id : asked.external_id && view.externalId === asked.external_id,
  );
  if (!found) throw new ApiError("not_found");
  return { view: shownView(world, updateView(world, found, asked.view, asked.hash)) };
}
