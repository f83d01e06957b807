import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { findings } from "../../../db/schema.ts";
import { type FindingId, Fingerprint, type RepoName } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { Context } from "../context.ts";
import { createFinding } from "../findings/service.ts";
import { findingByFingerprint } from "../findings/store.ts";
import { normalise } from "./normalise.ts";

/** An error that a running service logged. */
export interface RuntimeError {
  repo: RepoName;
  type: string;
  message: string;
  stack: string;
  environment: string;
  at: Date;
}

const FRAMES = 3;

/** Counts a runtime error to the finding of its kind, or makes one: same type, normalised message, first frames. */
export async function keepRuntimeError(
  deps: Pick<Context, "db" | "queue" | "clock">,
  error: RuntimeError,
): Promise<FindingId> {
  const frames = error.stack
    .split("\n")
    .slice(0, FRAMES + 1)
    .map(normalise)
    .join("\n");
  const signature = redact(clamp(normalise(`${error.type}: ${error.message}`), 1000));
  const digest = createHash("sha256")
    .update([error.repo, "runtime_error", signature, frames].join("\n"))
    .digest("hex");
  const fingerprint = Fingerprint.parse(digest);
  return deps.db.transaction(async (tx) => {
    const known = await findingByFingerprint(tx, fingerprint);
    if (known !== null) {
      const at = error.at.toISOString();
      const lastSeen = sql`greatest(${findings.lastSeen}, ${at}::timestamptz)`;
      await tx.update(findings).set({ lastSeen }).where(eq(findings.id, known.id));
      return known.id;
    }
    const made = await createFinding(
      deps,
      tx,
      {
        kind: "runtime_error",
        repo: error.repo,
        test: redact(clamp(`${error.type}: ${error.message}`, 300)),
        framework: "runtime",
        signature,
        class: "unknown",
        confidence: 0,
        reasons: [],
        firstSeen: error.at,
        lastSeen: error.at,
      },
      fingerprint,
    );
    return made.id;
  });
}
