import { z } from "zod";
import { Fingerprint } from "../../kernel/ids.ts";

/** How a test failed; `crash` is the process dying under it, `leak` something left behind at exit. */
export const FailureKind = z.enum(["assert", "error", "panic", "race", "timeout", "leak", "crash"]);
export type FailureKind = z.infer<typeof FailureKind>;

/** One failed leaf test of one log, as `extract` prints it. */
export const Failure = z.object({
  test: z.string().min(1),
  suite: z.string().optional(),
  package: z.string().optional(),
  file: z.string().optional(),
  framework: z.string().min(1),
  kind: FailureKind,
  message: z.string(),
  /** The normalised part of the message that tells one way of failing from another. */
  signature: z.string(),
  fingerprint: Fingerprint,
  /** Line of the log, from 1, that says the test failed; 0 where a report file has no lines of use. */
  line: z.int().nonnegative(),
  /** The test passed later in the same job. */
  retried_ok: z.literal(true).optional(),
  /** Name of the test whose crash felled this one. */
  cascade_of: z.string().optional(),
});
export type Failure = z.infer<typeof Failure>;

/** What kept a job from running its tests at all. */
export const InfraKind = z.enum([
  "runner_lost",
  "disk_full",
  "registry",
  "network",
  "cancelled",
  "out_of_memory",
  "image_pull",
  "job_timeout",
  "build",
]);
export type InfraKind = z.infer<typeof InfraKind>;

export const InfraSign = z.object({ kind: InfraKind, line: z.int().nonnegative(), message: z.string() });
export type InfraSign = z.infer<typeof InfraSign>;

/** Lines of the log around a failure; `from` is the number of the first one. */
export const Excerpt = z.object({ text: z.string(), from: z.int().nonnegative() });
export type Excerpt = z.infer<typeof Excerpt>;

export const SeenTest = z.object({ name: z.string(), passed: z.boolean() });
export type SeenTest = z.infer<typeof SeenTest>;

/** All that one log told; `excerpts` is keyed by the index in `failures`. */
export const Extraction = z.object({
  failures: z.array(Failure),
  infra: z.array(InfraSign),
  lines: z.int().nonnegative(),
  tests: z.array(SeenTest),
  excerpts: z.map(z.int().nonnegative(), Excerpt),
});
export type Extraction = z.infer<typeof Extraction>;

/** What a caller knows about the log before reading it. */
export interface ExtractOptions {
  /** `owner/name`; part of every fingerprint. Empty when unknown. */
  readonly repo: string;
  /** Operating system of the runner in any spelling, where known. */
  readonly platform?: string;
  /** `failed` where nobody will ask for tests that passed: large logs name very many of them. */
  readonly tests?: "failed";
}
