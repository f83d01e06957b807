import { TransientError } from "../../src/kernel/errors.ts";
import { type Side, Sides } from "./relay-sides.ts";
import { seeded } from "./seeded.ts";

/** What a side tells of a message of a person; without a text it is gone. */
export interface News {
  side: Side;
  id: string;
  text: string | null;
  /** Microseconds since 1970. */
  version: number;
}

/** The relay, as the talk drives it. What it throws is tried again, as the queue does. */
export interface Relay {
  take(news: News, certain: boolean): Promise<"kept" | "let be" | "ask">;
  /** Writes what is first in the outbox of a side; false when it is empty. */
  write(side: Side): Promise<boolean>;
  /** Messages of a side that are not known to be gone. */
  known(side: Side): Promise<string[]>;
  mend(): Promise<void>;
  /** How a message of one side is to stand on the other. */
  shown(side: Side, id: string, text: string): string[];
  /** A copy's text without its mark. */
  said(text: string): string;
}

const OTHER = { slack: "github", github: "slack" } as const;
const SIDES = ["slack", "github"] as const;

/**
 * People talk, edit and delete on both sides while what is told of it gets lost, comes twice, late and in any order,
 * writes fail and whole services are away. In the end what is under way arrives; where news got lost, the sweep looks.
 * @returns what is wrong then, in words; empty when both sides show the same conversation and nothing twice.
 */
export async function talk(
  seed: number,
  relayOf: (sides: Sides) => Relay | Promise<Relay>,
  steps = 30,
): Promise<string> {
  const random = seeded(Math.imul(seed + 1, 0x9e3779b1));
  random();
  const sides = new Sides(random);
  const talking = new Talk(sides, await relayOf(sides), random);
  for (let step = 0; step < steps; step += 1) await talking.step();
  await talking.calm();
  return talking.faults();
}

class Talk {
  private readonly underWay: News[] = [];
  private count = 0;
  /** Whether news gets lost, so that only the sweep can find it; else there is no sweep, and the news have to do. */
  private readonly lossy: boolean;

  constructor(
    private readonly sides: Sides,
    private readonly relay: Relay,
    private readonly random: () => number,
  ) {
    this.lossy = random() < 0.5;
  }

  private pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random() * from.length)];
  }

  async step(): Promise<void> {
    this.sides.now += Math.floor(this.random() * 700_000);
    const dice = this.random();
    const side = this.pick(SIDES) ?? "slack";
    if (dice < 0.2) this.say(side);
    else if (dice < 0.36) this.change(side, this.words());
    else if (dice < 0.44) this.change(side, null);
    else if (dice < 0.68) await this.deliver();
    else if (dice < 0.93) await this.relay.write(side);
    else if (dice < 0.96) this.sides.outage = !this.sides.outage;
    else if (this.lossy) await this.sweep().catch(passing);
  }

  private words(): string {
    this.count += 1;
    const dice = this.random();
    const words = `No. ${this.count}`;
    if (dice < 0.15) return `// ${words}`;
    return dice < 0.3 ? `${words} ${"and so on ".repeat(2 + Math.floor(this.random() * 8)).trim()}` : words;
  }

  private say(side: Side): void {
    this.tell(side, this.sides.add(side, "person", this.words()));
  }

  private change(side: Side, text: string | null): void {
    const mine = this.pick(this.sides.of(side, "person"));
    if (mine === undefined) return;
    if (text === null) this.sides.drop(side, mine.id);
    else this.sides.edit(side, mine.id, text);
    this.tell(side, mine.id);
  }

  /** What happened is told: once, twice or never. */
  private tell(side: Side, id: string): void {
    const standing = this.sides.standing[side].get(id);
    const version = standing?.changed ?? this.sides.time(side);
    const news = { side, id, text: standing?.text ?? null, version };
    const dice = this.random();
    if (dice > 0.15 || !this.lossy) this.underWay.push(news);
    if (dice > 0.85) this.underWay.push(news);
  }

  private async deliver(): Promise<void> {
    const at = Math.floor(this.random() * this.underWay.length);
    const [news] = this.underWay.splice(at, 1);
    if (news === undefined) return;
    // a process that dies here has the stored delivery worked on again
    if (this.random() < 0.1) this.underWay.push(news);
    await this.hear(news).catch((error) => {
      passing(error);
      this.underWay.push(news);
    });
  }

  private async hear(news: News): Promise<void> {
    if ((await this.relay.take(news, false)) !== "ask") return;
    this.sides.read();
    const now = this.sides.standing[news.side].get(news.id);
    await this.relay.take({ ...news, text: now?.text ?? null, version: now?.changed ?? news.version }, true);
  }

  private async sweep(): Promise<void> {
    for (const side of SIDES) {
      const known = new Set(await this.relay.known(side));
      this.sides.read();
      for (const { id, text, changed } of this.sides.of(side, "person")) {
        known.delete(id);
        await this.hear({ side, id, text, version: changed });
      }
      for (const id of known) await this.hear({ side, id, text: null, version: this.sides.time(side) });
    }
    await this.relay.mend();
  }

  /** All is well again: what is under way arrives, and the sweep finds the rest. */
  async calm(): Promise<void> {
    this.sides.outage = false;
    this.sides.faulty = false;
    while (this.underWay.length > 0) await this.deliver();
    for (let round = 0; round < 2; round += 1) {
      for (const side of SIDES) while (await this.relay.write(side));
      if (this.lossy) await this.sweep();
      await this.relay.mend();
    }
    for (const side of SIDES) while (await this.relay.write(side));
  }

  faults(): string {
    return SIDES.flatMap((side) => {
      const told = this.sides.of(side, "person").filter(({ text }) => !text.startsWith("//"));
      const expected = told.flatMap(({ id, text }) => this.relay.shown(side, id, text)).sort();
      const copies = this.sides.of(OTHER[side], "bot");
      const actual = copies.map(({ text }) => this.relay.said(text)).sort();
      return expected.join("\u0000") === actual.join("\u0000")
        ? []
        : [`${side} says\n  ${expected.join("\n  ")}\n${OTHER[side]} shows\n  ${actual.join("\n  ")}`];
    }).join("\n");
  }
}

/** An outage is tried again later; anything else is a fault of the relay. */
function passing(error: unknown): void {
  if (!(error instanceof TransientError)) throw error;
}
