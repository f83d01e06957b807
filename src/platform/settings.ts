import { eq, inArray } from "drizzle-orm";
import type { z } from "zod";
import type { Db } from "../../db/client.ts";
import { settings } from "../../db/schema.ts";
import type { Clock } from "../kernel/clock.ts";

/** A small fact kept by name; null when it was never written. */
export async function readSetting<T>(db: Db, name: string, schema: z.ZodType<T>): Promise<T | null> {
  const [row] = await db.select().from(settings).where(eq(settings.name, name));
  return row === undefined ? null : schema.parse(row.value);
}

/** Takes small facts away. */
export async function dropSettings(db: Db, names: readonly string[]): Promise<void> {
  await db.delete(settings).where(inArray(settings.name, [...names]));
}

/** Writes a small fact over what was there; null takes it away. */
export async function writeSetting(db: Db, clock: Clock, name: string, value: unknown): Promise<void> {
  const updatedAt = clock.now();
  if (value === null) return dropSettings(db, [name]);
  await db
    .insert(settings)
    .values({ name, value, updatedAt })
    .onConflictDoUpdate({ target: settings.name, set: { value, updatedAt } });
}
