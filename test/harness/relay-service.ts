import type { Db } from "../../db/client.ts";
import { findings, issues, outbox, threads } from "../../db/schema.ts";
import type { Context } from "../../src/features/context.ts";
import { relayCommentSender, relayReplySender } from "../../src/features/threads/copies.ts";
import { mendCopies } from "../../src/features/threads/mend.ts";
import { relayedToGitHub, relayedToSlack } from "../../src/features/threads/messages.ts";
import {
  type Kept,
  relayFromGitHub,
  relayFromSlack,
  unsayFromGitHub,
  unsayFromSlack,
} from "../../src/features/threads/relay.ts";
import { relayedSince } from "../../src/features/threads/relayed.ts";
import { errorText } from "../../src/kernel/errors.ts";
import { FindingId, IssueNumber, MessageTs } from "../../src/kernel/ids.ts";
import type { OutboxRow, Sender } from "../../src/platform/outbox/sender.ts";
import { markEnded, markLater, markSending, nextRow } from "../../src/platform/outbox/store.ts";
import { CHANNEL, REPO, ROOT, type Side, type Sides } from "./relay-sides.ts";
import type { News, Relay } from "./relay-talk.ts";

const MOST_ATTEMPTS = 4;
const LONG_AGO = new Date(0);

/** The relay itself, on a database, with the two sides in memory. */
export class ServiceRelay implements Relay {
  private readonly deps: Context;
  private readonly senders: Record<Side, Sender>;

  private constructor(
    sides: Sides,
    private readonly db: Db,
    private readonly finding: FindingId,
    private readonly issue: IssueNumber,
  ) {
    const now = () => new Date(sides.now / 1000);
    const repos = [{ source: REPO, write: REPO, relay: "both" }];
    const { chat, forge } = sides;
    // the relay uses nothing else of all that a stage is given
    this.deps = { db, clock: { now }, config: { file: { repos } }, chat, forge } as unknown as Context;
    this.senders = { slack: relayReplySender(this.deps), github: relayCommentSender(this.deps) };
  }

  /** A finding of its own, with its thread and issue. */
  static async on(db: Db, sides: Sides): Promise<ServiceRelay> {
    await db.delete(threads);
    await db.delete(outbox);
    const at = new Date(0);
    const known = { repo: REPO, test: "t", framework: "f", signature: "s", reasons: [], confidence: 1 };
    const times = { firstSeen: at, lastSeen: at, stateAt: at };
    const [row] = await db
      .insert(findings)
      .values({ kind: "flaky_test", state: "open", class: "flaky-test", ...known, ...times })
      .returning({ id: findings.id });
    const finding = FindingId.parse(row?.id);
    // messages of other talks on this database have other times
    sides.now += finding * 1e11;
    const number = IssueNumber.parse(finding);
    await db.insert(issues).values({ findingId: finding, repo: REPO, number, url: "u", openedAt: at });
    const place = { channel: CHANNEL, ts: ROOT, permalink: "p", cardDigest: "d" };
    await db.insert(threads).values({ findingId: finding, ...place, createdAt: at });
    return new ServiceRelay(sides, db, finding, number);
  }

  async take({ side, id, text, version }: News, certain: boolean): Promise<Kept> {
    const common = { version, certain, trusted: false, byBot: false };
    if (side === "slack") {
      const ts = MessageTs.parse(id);
      const place = { channel: CHANNEL, thread: ROOT, ts, ...common };
      if (text !== null)
        return relayFromSlack(this.deps, { ...place, name: "Bob", login: null, text, withheld: false });
      await unsayFromSlack(this.deps, place);
      return "kept";
    }
    const place = { repo: REPO, issue: this.issue, id: this.comment(id), ...common };
    if (text !== null) {
      const url = `https://github.test/${id}`;
      const withheld = text.startsWith("//");
      return relayFromGitHub(this.deps, { ...place, author: "carol", body: text, url, withheld });
    }
    await unsayFromGitHub(this.deps, place);
    return "kept";
  }

  /** Ids of comments are the forge's own: those of other talks on this database are others. */
  private comment(id: string): number {
    return this.finding * 1_000_000 + Number(id);
  }

  async write(side: Side): Promise<boolean> {
    const row = await nextRow(this.db, new Date(8.64e15 / 1000), side, false);
    if (row === null) return false;
    await markSending(this.db, row.id);
    try {
      const settle = await this.senders[side].send(row);
      await this.db.transaction(async (tx) => {
        await settle?.(tx);
        await markEnded(tx, this.deps.clock, row.id, settle === null ? "dropped" : "sent", null);
      });
    } catch (error) {
      await this.failed(side, row, errorText(error));
    }
    return true;
  }

  private async failed(side: Side, row: OutboxRow, error: string): Promise<void> {
    if (row.attempts + 1 < MOST_ATTEMPTS) {
      await markLater(this.db, row.id, LONG_AGO, error);
      return;
    }
    await this.db.transaction(async (tx) => {
      await markEnded(tx, this.deps.clock, row.id, "parked", error);
      await this.senders[side].refused(tx, error, row);
    });
  }

  async known(side: Side): Promise<string[]> {
    const rows = await relayedSince(this.db, this.finding, LONG_AGO);
    const standing = rows.filter((row) => row.from === side && row.state !== "deleted");
    return standing.map(({ source }) => {
      const id = source.slice(source.indexOf("/") + 1);
      return side === "slack" ? id : String(Number(id) - this.finding * 1_000_000);
    });
  }

  mend(): Promise<void> {
    return mendCopies(this.deps, this.finding, LONG_AGO);
  }

  shown(side: Side, id: string, text: string): string[] {
    if (side === "github")
      return relayedToSlack({
        ...{ author: "carol", url: `https://github.test/${id}` },
        ...{ body: text, forge: this.deps.forge.name(REPO) },
      });
    const permalink = `https://slack.test/${id}`;
    return [relayedToGitHub({ name: "Bob", login: null, text, permalink })];
  }

  said(text: string): string {
    return text.replace(/\n\n<!-- flaky:key [0-9a-f]{20} -->$/, "");
  }
}
