import { join } from "node:path";
import { sql } from "drizzle-orm";
import { type Db, rows } from "../../../db/client.ts";
import { findings, issues, sightings, threads } from "../../../db/schema.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { loadPrompts } from "../../../src/kernel/prompt.ts";
import type { Queue } from "../../../src/platform/queue.ts";
import type { Forge } from "../../../src/ports/forge.ts";
import type { Model } from "../../../src/ports/model.ts";
import { ROOT } from "../../structure/sources.ts";
import { VALUES } from "../findings/sample.ts";
import type { HandClock } from "../platform/clock.ts";
import { configWith } from "../web/world.ts";

/** What the stage is given besides its database: a queue that keeps what it is sent, a forge without files, a model. */
export function talkDeps(db: Db, clock: HandClock, model: Model) {
  const sent: string[] = [];
  const queue = {
    send: async (_tx: unknown, name: string) => void sent.push(name),
  } as unknown as Queue; // nothing else of it is called here
  const forge = {
    name: () => "GitHub",
    file: async () => null,
    commits: async () => [],
    site: (repo: string) => ({
      url: `https://github.com/${repo}`,
      pullUrl: (number: number) => `https://github.com/${repo}/pull/${number}`,
      fileUrl: (path: string, sha: string) => `https://github.com/${repo}/blob/${sha}/${path}`,
    }),
  } as unknown as Forge; // as above
  const prompts = loadPrompts(join(ROOT, "prompts"));
  return { db, clock, queue, forge, model, prompts, config: configWith(), log: silentLog, sent };
}

/** Finding 1 in a state, with an issue, a card and one sighting. */
export async function seedFinding(db: Db, now: Date, state: "open" | "pending_review"): Promise<void> {
  await db.insert(findings).values({ ...VALUES, state, stateAt: now, issueNumber: 101 });
  await db.insert(issues).values({
    ...{ findingId: 1, repo: VALUES.repo, number: 101, url: "https://github.com/acme/shop/issues/101" },
    ...{ openedAt: now, analysis: "### Cause\n\nA race.", analysisVersion: 1 },
  });
  await db.insert(threads).values({
    ...{ findingId: 1, channel: "C1", ts: "1700000000.000100", cardDigest: "x", createdAt: now },
    permalink: "https://acme.slack.com/archives/C1/p1700000000000100",
  });
  await seen(db, 1, now);
}

/** One more failure of finding 1, in a pull request of its own. */
export async function seen(db: Db, n: number, at: Date): Promise<void> {
  await db.insert(sightings).values({
    ...{ fingerprint: "a".repeat(64), findingId: 1, repo: VALUES.repo, job: n, run: n, attempt: 1, pull: n },
    ...{ jobName: "unit", sha: "b".repeat(40), branch: `change-${n}`, at, test: VALUES.test },
    ...{ framework: VALUES.framework, kind: "assert", message: "Not equal", signature: VALUES.signature },
    ...{ line: 7, retriedOk: false, fellTogether: 1, infra: [], excerpt: "FAIL one\nFAIL two" },
    url: `https://github.com/acme/shop/actions/runs/${n}`,
  });
}

/** Texts of what is to be written, oldest first. */
export const written = async (db: Db): Promise<string[]> =>
  (
    await rows(
      db,
      sql`select coalesce(payload->>'text', payload->>'body', kind) as text from outbox order by id`,
    )
  ).map((row) => String(row.text));

/** A model that says this, whatever it is asked. */
export const saying = (text: string): Model => ({
  ask: async () => ({
    text,
    toolCalls: [],
    usage: { inputTokens: 1, outputTokens: 1, usd: 0 },
    model: "scripted",
  }),
});
