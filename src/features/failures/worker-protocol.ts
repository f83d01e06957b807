import { z } from "zod";
import { Extraction } from "./model.ts";

/** What the extraction worker is sent: one `start`, any number of `chunk`s, one `end`; then the next `start`. */
export const ToWorker = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("start"),
    /** The bytes are a job's log, or an input of any form that can be read. */
    input: z.enum(["log", "any"]),
    repo: z.string(),
    platform: z.string().optional(),
  }),
  z.object({ kind: z.literal("chunk"), bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array) }),
  z.object({ kind: z.literal("end") }),
]);
export type ToWorker = z.infer<typeof ToWorker>;

/** What it answers: `taken` for each chunk, then `done`; or `failed`, after which it is of no use. */
export const FromWorker = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("taken") }),
  z.object({ kind: z.literal("done"), extraction: Extraction, faults: z.array(z.string()) }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
]);
export type FromWorker = z.infer<typeof FromWorker>;
