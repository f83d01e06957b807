import {
  after,
  type Copy,
  changedParts,
  type Held,
  judge,
  lacks,
  missing,
  nextAct,
} from "../../src/features/threads/relay-core.ts";
import { RefusedError, TransientError } from "../../src/kernel/errors.ts";
import { MessageTs } from "../../src/kernel/ids.ts";
import { CHANNEL, ISSUE, REPO, ROOT, type Side, type Sides } from "./relay-sides.ts";
import type { News, Relay } from "./relay-talk.ts";

interface Row extends Held {
  number: number;
  side: Side;
  id: string;
  copies: (Copy & { parked: number })[];
}
interface Write {
  row: Row;
  part: number;
  attempts: number;
}

const MOST_ATTEMPTS = 4;
const NONE: Copy = { target: null, digest: null, gone: false, removing: false };
const OTHER = { slack: "github", github: "slack" } as const;
const mark = ({ row, part }: Write) => `relay:${row.number}:${part}`;
const parts = (row: Held | null): string[] =>
  row?.state === "said" ? (row.text.match(/[\s\S]{1,30}/g) ?? []) : [];

/** The relay's decisions with its rows and its outbox in memory: what the database does, without it. */
export class ModelRelay implements Relay {
  private readonly rows = new Map<string, Row>();
  private readonly outbox: Record<Side, Write[]> = { slack: [], github: [] };

  constructor(private readonly sides: Sides) {}

  async take(news: News, certain: boolean): Promise<"kept" | "let be" | "ask"> {
    const { side, id, version, text } = news;
    const withheld = text?.startsWith("//") ?? false;
    const told =
      text === null
        ? ({ kind: "deleted", version } as const)
        : ({ kind: "said", version, text: withheld ? "" : text, withheld } as const);
    const held = this.rows.get(`${side}/${id}`) ?? null;
    const judged = judge(held, told, certain);
    if (judged !== "take") return judged === "ask" ? "ask" : "let be";
    const before = parts(held);
    const row: Row = held ?? { number: this.rows.size + 1, side, id, copies: [], ...after(null, told) };
    Object.assign(row, after(held, told));
    this.rows.set(`${side}/${id}`, row);
    this.enqueue(row, changedParts(before, parts(row)));
    return "kept";
  }

  private enqueue(row: Row, numbers: readonly number[]): void {
    for (const part of numbers) this.outbox[OTHER[row.side]].push({ row, part, attempts: 0 });
  }

  async write(side: Side): Promise<boolean> {
    const [write] = this.outbox[side];
    if (write === undefined) return false;
    const kept = write.row.copies[write.part] ?? { ...NONE, parked: 0 };
    try {
      const copy = await this.made(side, write, kept);
      if (copy !== null) write.row.copies[write.part] = { ...copy, parked: kept.parked };
      this.outbox[side].shift();
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof RefusedError)) throw error;
      write.attempts += 1;
      if (write.attempts < MOST_ATTEMPTS) return true;
      write.row.copies[write.part] = { ...kept, parked: kept.parked + 1 };
      this.outbox[side].shift();
    }
    return true;
  }

  private async made(side: Side, write: Write, kept: Row["copies"][number]): Promise<Copy | null> {
    const { row, part } = write;
    const text = parts(row)[part] ?? null;
    const look = kept.target === null && !kept.gone && (write.attempts > 0 || kept.parked > 0);
    const found = look ? this.find(side, mark(write)) : null;
    const copy: Copy = found === null ? kept : { ...NONE, target: found };
    const act = nextAct(copy, text);
    const body = `${text ?? ""}\n${mark(write)}`;
    const create = async () => ({ ...NONE, target: await this.create(side, body), digest: text });
    if (act === "create") return create();
    if (act === "none" || copy.target === null) return null;
    if (act === "remove") {
      row.copies[part] = { ...kept, digest: null, removing: true };
      await this.remove(side, copy.target);
      return NONE;
    }
    try {
      await this.edit(side, copy.target, body);
      return { ...NONE, target: copy.target, digest: text };
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 404) throw error;
      const now = missing(copy);
      return now.gone ? now : create();
    }
  }

  private find(side: Side, key: string): string | null {
    this.sides.read();
    return this.sides.of(side, "bot").find((one) => one.text.endsWith(`\n${key}`))?.id ?? null;
  }

  private async create(side: Side, text: string): Promise<string> {
    if (side === "slack") return this.sides.chat.post(CHANNEL, { text }, { thread: ROOT, key: "" });
    return String((await this.sides.forge.comment(REPO, ISSUE, text)).id);
  }

  private async edit(side: Side, id: string, text: string): Promise<void> {
    if (side === "github") await this.sides.forge.editComment(REPO, Number(id), text);
    else await this.sides.chat.update(CHANNEL, tsOf(id), { text }, "");
  }

  private async remove(side: Side, id: string): Promise<void> {
    if (side === "github") await this.sides.forge.deleteComment(REPO, Number(id));
    else await this.sides.chat.remove(CHANNEL, tsOf(id));
  }

  async known(side: Side): Promise<string[]> {
    const of = [...this.rows.values()].filter((row) => row.side === side && row.state !== "deleted");
    return of.map(({ id }) => id);
  }

  async mend(): Promise<void> {
    for (const row of this.rows.values()) {
      const texts = parts(row);
      const most = Math.max(texts.length, row.copies.length);
      const numbers = Array.from({ length: most }, (_, part) => part).filter((part) =>
        lacks(row.copies[part] ?? null, texts[part] ?? null),
      );
      this.enqueue(row, numbers);
    }
  }

  shown(_: Side, __: string, text: string): string[] {
    return parts({ state: "said", version: 0, text });
  }

  said(text: string): string {
    return text.replace(/\nrelay:\d+:\d+$/, "");
  }
}

const tsOf = (id: string) => MessageTs.parse(id);
