import { createHash } from "node:crypto";
import { and, count, eq, gt, sql } from "drizzle-orm";
import type { Db } from "../../../../db/client.ts";
import { findings, runtimeErrors } from "../../../../db/schema.ts";
import { DAY, MINUTE } from "../../../kernel/clock.ts";
import { FindingId, Fingerprint, type RepoName, type Sha } from "../../../kernel/ids.ts";
import { clamp, firstLine } from "../../../kernel/text/clamp.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { Context } from "../../context.ts";
import { createFinding, refreshCard } from "../../findings/service.ts";
import { findingById, updateFacts } from "../../findings/store.ts";
import { normalise } from "../normalise.ts";
import { frameKey, framesOf, ownFrames, repoFile } from "./stack.ts";
import { addSample, countMinute } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock">;

/** An error that a running service logged. */
export interface RuntimeError {
  repo: RepoName;
  /** What the service calls itself. */
  project: string;
  type: string;
  message: string;
  stack: string;
  environment: string;
  /** The commit that ran; null where the service does not tell. */
  commit: Sha | null;
  at: Date;
}

/** What two errors of one kind have in common. */
export interface ErrorKind {
  fingerprint: Fingerprint;
  signature: string;
  /** File of the repository that the innermost own call is in. */
  file: string | null;
}

/** One kind: same repository, type, normalised message and first own calls. */
export function kindOf(error: Pick<RuntimeError, "repo" | "type" | "message" | "stack">): ErrorKind {
  const message = normalise(redact(error.message))
    .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, "<mail>")
    .replace(/\b\d+\b/g, "<n>");
  const signature = clamp(`${oneLine(redact(error.type), 200)}: ${message}`, 1000);
  const frames = ownFrames(framesOf(redact(error.stack)));
  const digest = createHash("sha256")
    .update([error.repo, "runtime_error", signature, ...frames.map(frameKey)].join("\n"))
    .digest("hex");
  const file = frames.map(repoFile).find((path) => path !== null) ?? null;
  return { fingerprint: Fingerprint.parse(digest), signature, file };
}

const oneLine = (text: string, most: number): string => clamp(text.replace(/\s+/g, " ").trim(), most);

/** Kinds of one type in one file that a day may bring; the messages of more are taken for words that vary. */
const MOST_KINDS = 20;

/** What stands for the kinds of a type in a file whose messages are all different. */
function crowdOf({ repo, type }: RuntimeError, { file }: ErrorKind): ErrorKind {
  const signature = `${oneLine(redact(type), 200)}: messages of many kinds`;
  const parts = [repo, "runtime_error crowd", signature, file ?? ""];
  const digest = createHash("sha256").update(parts.join("\n")).digest("hex");
  return { fingerprint: Fingerprint.parse(digest), signature, file };
}

async function isCrowd(tx: Db, { repo, type, at }: RuntimeError, { file }: ErrorKind): Promise<boolean> {
  const since = new Date(at.getTime() - DAY);
  const others = and(
    eq(runtimeErrors.repo, repo),
    eq(runtimeErrors.type, oneLine(redact(type), 200)),
    gt(runtimeErrors.firstSeen, since),
    sql`${findings.file} is not distinct from ${file}`,
  );
  const [row] = await tx
    .select({ n: count() })
    .from(runtimeErrors)
    .innerJoin(findings, eq(findings.id, runtimeErrors.findingId))
    .where(others);
  return (row?.n ?? 0) >= MOST_KINDS;
}

/** Counts an error to its kind; its row's lock lets one of several at the same time make the finding. */
async function counted(tx: Db, error: RuntimeError, { fingerprint }: ErrorKind) {
  const [row] = await tx
    .insert(runtimeErrors)
    .values({
      fingerprint,
      repo: error.repo,
      project: error.project,
      type: oneLine(redact(error.type), 200),
      total: 1,
      firstSeen: error.at,
      lastSeen: error.at,
    })
    .onConflictDoUpdate({
      target: runtimeErrors.fingerprint,
      set: {
        total: sql`${runtimeErrors.total} + 1`,
        firstSeen: sql`least(${runtimeErrors.firstSeen}, excluded.first_seen)`,
        lastSeen: sql`greatest(${runtimeErrors.lastSeen}, excluded.last_seen)`,
      },
    })
    .returning();
  if (row === undefined) throw new Error("an error was not kept");
  return row;
}

/**
 * Counts an error to the finding of its kind, or makes one. A flood costs a counter for each minute and a bounded number
 * of samples; people hear of it at 1, 2, 5, 10, 20 … and once an hour.
 * @returns its finding.
 */
export async function keepRuntimeError(deps: Deps, error: RuntimeError): Promise<FindingId> {
  return deps.db.transaction(async (tx) => {
    let kind = kindOf(error);
    let row = await counted(tx, error, kind);
    if (row.findingId === null && (await isCrowd(tx, error, kind))) {
      await tx.delete(runtimeErrors).where(eq(runtimeErrors.fingerprint, kind.fingerprint));
      kind = crowdOf(error, kind);
      row = await counted(tx, error, kind);
    }
    const minute = new Date(Math.floor(error.at.getTime() / MINUTE) * MINUTE);
    const environment = oneLine(redact(error.environment), 100);
    const commit = error.commit ?? "";
    const first = await countMinute(tx, { fingerprint: kind.fingerprint, minute, environment, commit });
    if (first)
      await addSample(tx, {
        fingerprint: kind.fingerprint,
        message: redact(clamp(error.message, 4000)),
        stack: redact(clamp(error.stack, 16_000)),
        environment,
        commit,
        at: error.at,
      });
    const finding =
      row.findingId === null ? await found(deps, tx, error, kind) : FindingId.parse(row.findingId);
    const { lastSeen, firstSeen } = row;
    if (first) await updateFacts(tx, finding, { lastSeen, firstSeen });
    await tell(deps, tx, finding, row.total, first);
    return finding;
  });
}

async function found(deps: Deps, tx: Db, error: RuntimeError, kind: ErrorKind): Promise<FindingId> {
  const one = `${oneLine(redact(error.type), 100)}: ${oneLine(redact(firstLine(error.message, 300)), 300)}`;
  const name = kind.fingerprint === kindOf(error).fingerprint ? one : kind.signature;
  const made = await createFinding(
    deps,
    tx,
    {
      kind: "runtime_error",
      repo: error.repo,
      test: clamp(name, 300),
      package: error.project,
      file: kind.file,
      framework: "runtime",
      signature: kind.signature,
      class: "unknown",
      confidence: 0,
      reasons: [],
      firstSeen: error.at,
      lastSeen: error.at,
    },
    kind.fingerprint,
  );
  await tx
    .update(runtimeErrors)
    .set({ findingId: made.id })
    .where(sql`${runtimeErrors.fingerprint} = ${kind.fingerprint}`);
  return made.id;
}

/** 1, 2, 5, 10, 20, 50, 100 … */
const telling = (total: number): boolean => /^[125]0*$/.test(String(total));

async function tell(deps: Deps, tx: Db, id: FindingId, total: number, first: boolean): Promise<void> {
  if (!first && !telling(total)) return;
  const finding = await findingById(tx, id);
  const key = { key: String(id) };
  // a fix that did not hold is noticed within the minute
  if (first && (finding?.state === "merged" || finding?.state === "deployed"))
    await deps.queue.send(tx, "hold.check", { finding: id }, key);
  if (!telling(total)) return;
  await deps.queue.send(tx, "issue.sync", { finding: id }, key);
  await refreshCard(deps, tx, id);
}
