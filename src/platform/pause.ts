import { z } from "zod";
import type { Db } from "../../db/client.ts";
import type { Clock } from "../kernel/clock.ts";
import { readSetting, writeSetting } from "./settings.ts";

const Pause = z.object({ by: z.string(), reason: z.string().nullable(), at: z.string() }).nullable();
export type Pause = NonNullable<z.infer<typeof Pause>>;

/** Who paused the service and why; null while it goes. `READ_ONLY` does the same from outside. */
export const readPause = async (db: Db): Promise<Pause | null> => readSetting(db, "pause", Pause);

export const writePause = (db: Db, clock: Clock, pause: Pause | null): Promise<void> =>
  writeSetting(db, clock, "pause", pause);
