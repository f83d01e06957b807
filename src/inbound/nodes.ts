import type { Context } from "../features/context.ts";
import { watchNodes } from "../features/fixes/nodes/watch.ts";
import { SECOND } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";

const BEAT_MS = 5 * SECOND;

/** Looks after the nodes as long as the service runs; one look at a time. @returns how to stop. */
export function startNodeWatch(deps: Context): { stop(): Promise<void> } {
  const since = deps.clock.now();
  let looking: Promise<void> | null = null;
  const look = () => {
    looking ??= watchNodes(deps, since)
      .catch((error: unknown) => deps.log.warn({ error: errorText(error) }, "the nodes could not be watched"))
      .finally(() => {
        looking = null;
      });
  };
  look();
  const timer = setInterval(look, BEAT_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
