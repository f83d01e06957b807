import type { Change } from "../finding.ts";
import type { Fact, FactKind } from "../syntax/fact.ts";

/** A fact with the file it stands in. */
export interface Placed extends Fact {
  path: string;
}

/** The facts of one kind on one side of the change, over all files. */
export const factsOn = (change: Change, side: "before" | "after", ...kinds: FactKind[]): Placed[] =>
  change.files.flatMap((file) =>
    file[side].filter((fact) => kinds.includes(fact.kind)).map((fact) => ({ ...fact, path: file.path })),
  );

/** Takes the facts out that both lists have, by a key; what is left of each. */
export function unmatched<T>(
  before: readonly T[],
  after: readonly T[],
  key: (fact: T) => string,
): { gone: T[]; fresh: T[] } {
  const counts = new Map<string, number>();
  for (const fact of after) counts.set(key(fact), (counts.get(key(fact)) ?? 0) + 1);
  const kept = new Map<string, number>();
  const gone = before.filter((fact) => {
    const left = counts.get(key(fact)) ?? 0;
    counts.set(key(fact), left - 1);
    if (left > 0) kept.set(key(fact), (kept.get(key(fact)) ?? 0) + 1);
    return left <= 0;
  });
  const fresh = after.filter((fact) => {
    const left = kept.get(key(fact)) ?? 0;
    kept.set(key(fact), left - 1);
    return left <= 0;
  });
  return { gone, fresh };
}

/** Facts that are new by their text; as many as there are more of than before, so that moved or reworded ones pass. */
export function fresh(
  change: Change,
  kind: FactKind,
  filter: (fact: Placed) => boolean = () => true,
): Placed[] {
  return change.files.flatMap((file) => {
    const on = (side: "before" | "after") => factsOn({ ...change, files: [file] }, side, kind).filter(filter);
    const left = unmatched(on("before"), on("after"), (fact) => `${fact.callee} ${fact.text}`);
    const net = left.fresh.length - left.gone.length;
    return net <= 0 ? [] : left.fresh.slice(-net);
  });
}

const WORDS = /[A-Za-z_]\w*|\d+/g;

/** How much two pieces of source have in common, by their words: 0 nothing, 1 all. */
export function likeness(one: string, other: string): number {
  const [a, b] = [new Set(one.match(WORDS)), new Set(other.match(WORDS))];
  if (a.size === 0 || b.size === 0) return 0;
  const both = [...a].filter((word) => b.has(word)).length;
  return both / (a.size + b.size - both);
}

/** True when one piece of source holds nearly all words of another, which says more than a few. */
export function contains(whole: string, part: string): boolean {
  const [a, b] = [new Set(whole.match(WORDS)), new Set(part.match(WORDS))];
  return b.size >= 8 && [...b].filter((word) => a.has(word)).length / b.size >= 0.8;
}

/** Pairs what is most alike first; pairs below `least` are not made. */
export function pairUp<T>(
  before: readonly T[],
  after: readonly T[],
  like: (a: T, b: T) => number,
  least: number,
): { pairs: [T, T][]; gone: T[]; fresh: T[] } {
  const scored = before
    .slice(0, 300)
    .flatMap((a) => after.slice(0, 300).map((b) => ({ a, b, score: like(a, b) })))
    .filter(({ score }) => score >= least)
    .sort((one, other) => other.score - one.score);
  const [left, right] = [new Set(before), new Set(after)];
  const pairs: [T, T][] = [];
  for (const { a, b } of scored) {
    if (!left.has(a) || !right.has(b)) continue;
    left.delete(a);
    right.delete(b);
    pairs.push([a, b]);
  }
  return { pairs, gone: [...left], fresh: [...right] };
}
