// Chooses the four bytes by which each needle of the rules is looked for, and writes them to
// src/features/failures/extract/search/fingerprints.ts. bun bench/fingerprints.ts LOG…
// The logs say what ordinary lines hold: give some megabytes of different ones. Any choice is right; a good one
// makes the search look twice at few places.
import { FRAMEWORKS } from "../src/features/failures/extract/frameworks/index.ts";
import { OWN } from "../src/features/failures/extract/needles.ts";

const GROUPS = 16;
const WIDTH = 4;
/** Bytes of a log that are looked at, so that no log speaks for all. */
const MOST = 1e6;

const paths = process.argv.slice(2);
if (paths.length === 0) throw new Error("usage: bun bench/fingerprints.ts LOG…");
const sample = Buffer.concat(
  await Promise.all(paths.map(async (path) => Buffer.from(await Bun.file(path).slice(0, MOST).bytes()))),
);

const seen = new Map<number, number>();
for (let at = 0; at + WIDTH <= sample.length; at++) {
  const key = sample.readUInt32LE(at);
  seen.set(key, (seen.get(key) ?? 0) + 1);
}

/** Four bytes, whole characters, with the needles that hold them. */
interface Choice {
  readonly text: string;
  readonly bytes: Buffer;
  readonly needles: Set<number>;
  /** Share of the sample's places that hold it. */
  readonly share: number;
}

const needles = [
  ...new Set([...FRAMEWORKS.flatMap(({ rules }) => rules.flatMap((rule) => rule.needles)), OWN]),
];
const choices = new Map<string, Choice>();
needles.forEach((needle, index) => {
  const bytes = Buffer.from(needle);
  for (let at = 0; at + WIDTH <= bytes.length; at++) {
    const part = bytes.subarray(at, at + WIDTH);
    const text = part.toString();
    if (Buffer.byteLength(text) !== WIDTH || text.includes("\uFFFD")) continue;
    const share = ((seen.get(part.readUInt32LE(0)) ?? 0) + 1) / sample.length;
    const choice = choices.get(text) ?? { text, bytes: part, needles: new Set(), share };
    choices.set(text, choice);
    choice.needles.add(index);
  }
});

/** As few and as rare ones as hold all needles: always the one that costs least for each needle it adds. */
function cover(): Choice[] {
  const left = new Set(needles.keys());
  const chosen: Choice[] = [];
  while (left.size > 0) {
    let best: Choice | undefined;
    let most = 0;
    for (const choice of choices.values()) {
      const gain =
        choice.needles.intersection(left).size / (choice.share * (1 + choice.needles.size / 8) + 2e-5);
      if (gain > most) {
        most = gain;
        best = choice;
      }
    }
    if (best === undefined) throw new Error("a needle has no four bytes of whole characters");
    chosen.push(best);
    for (const needle of best.needles) left.delete(needle);
  }
  return chosen;
}

/** A group is, for each place, the halves of bytes it has; what fits them all is looked at twice. */
class Group {
  readonly members: Choice[] = [];
  private readonly halves = Array.from({ length: WIDTH }, () => ({ low: 0, high: 0 }));

  with(choice: Choice): Group {
    const next = new Group();
    next.members.push(...this.members, choice);
    for (const member of next.members)
      member.bytes.forEach((byte, place) => {
        const half = next.halves[place];
        if (half === undefined) return;
        half.low |= 1 << (byte & 15);
        half.high |= 1 << (byte >> 4);
      });
    return next;
  }

  /** How many of the most frequent parts of the sample it looks at, each as often as it stands there. */
  get cost(): number {
    let cost = 0;
    for (const [key, count] of frequent) if (this.fits(key)) cost += count;
    // what the sample lacks: the fewer bytes fit, the better
    const spread = this.halves.reduce((all, { low, high }) => all * (bits(low) * bits(high)), 1);
    return cost + spread * 1e-2;
  }

  private fits(key: number): boolean {
    return this.halves.every(({ low, high }, place) => {
      const byte = (key >>> (8 * place)) & 255;
      return ((low >> (byte & 15)) & (high >> (byte >> 4)) & 1) === 1;
    });
  }
}
const bits = (mask: number): number => mask.toString(2).replaceAll("0", "").length;
const frequent = [...seen].sort((a, b) => b[1] - a[1]).slice(0, 4000);

const groups = Array.from({ length: GROUPS }, () => new Group());
for (const choice of cover().sort((a, b) => b.share - a.share)) {
  let best = 0;
  let lowest = Number.POSITIVE_INFINITY;
  groups.forEach((group, at) => {
    const added = group.with(choice).cost - group.cost;
    if (added < lowest) {
      lowest = added;
      best = at;
    }
  });
  groups[best] = groups[best]?.with(choice) ?? new Group();
}

const lines = groups.map(({ members }) => `  ${JSON.stringify(members.map(({ text }) => text).sort())},`);
await Bun.write(
  new URL("../src/features/failures/extract/search/fingerprints.ts", import.meta.url),
  `/** Written by \`bun bench/fingerprints.ts\`: four bytes of each needle, in the groups the search tells apart. */
export const FINGERPRINTS: readonly (readonly string[])[] = [
${lines.join("\n").replaceAll("\u001b", "\\u001b")}
];
`,
);
const looked = groups.reduce((all, group) => all + group.cost, 0);
console.log(
  `${needles.length} needles, ${groups.reduce((n, group) => n + group.members.length, 0)} fingerprints; looked at twice: ${((1000 * looked) / sample.length).toFixed(1)} places of 1000`,
);
