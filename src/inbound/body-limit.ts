import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";

/** Answers 413 to a body above so many MiB, with what to do instead where there is something. */
export const noLarger = (mebibytes: number, advice?: string): MiddlewareHandler =>
  bodyLimit({
    maxSize: mebibytes * 1024 * 1024,
    onError: (c) =>
      c.json({ error: `larger than ${mebibytes} MiB${advice === undefined ? "" : `: ${advice}`}` }, 413),
  });
