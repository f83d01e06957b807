import { integer } from "drizzle-orm/pg-core";
import { findings } from "./findings.ts";

/** The finding that a row belongs to. */
export const finding = () =>
  integer("finding_id")
    .notNull()
    .references(() => findings.id);
