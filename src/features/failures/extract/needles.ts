import { type Beginnings, beginningsOf, OTHERS } from "./firsts.ts";
import { FRAMEWORKS } from "./frameworks/index.ts";
import type { RuleData } from "./rule.ts";
import { imageOf } from "./search/image.ts";
import { Search, type Wanted } from "./search/search.ts";
import { spare } from "./tiers.ts";

/** A rule with where it stands: the order of all rules is the order they run in. */
export interface Entry {
  readonly framework: number;
  readonly rule: number;
  readonly data: RuleData;
}

/** All rules, in their order. */
export const ENTRIES: readonly Entry[] = FRAMEWORKS.flatMap((framework, at) =>
  framework.rules.map((data, rule) => ({ framework: at, rule, data })),
);

/** Those of them that are asleep at a log's beginning. */
export const IDLE: readonly number[] = ENTRIES.flatMap(({ data }, rule) => (data.idle ? [rule] : []));

/** Our own issues' blocks hold the log of another run; where a log shows one, it is passed over. */
export const OWN = "<!-- flaky:";

const rulesByNeedle = new Map<string, number[]>([[OWN, []]]);
/** Its number among the needles. */
export const OWN_NEEDLE = 0;
ENTRIES.forEach(({ data }, entry) => {
  for (const needle of data.needles) {
    const rules = rulesByNeedle.get(needle);
    if (rules === undefined) rulesByNeedle.set(needle, [entry]);
    else rules.push(entry);
  }
});

/** Each literal once. */
export const NEEDLES: readonly string[] = [...rulesByNeedle.keys()];
const needleRules: readonly (readonly number[])[] = [...rulesByNeedle.values()];

/** Rules for the needles that stood in one line before: few combinations come again and again. */
const combinations = new Map<string | number, readonly number[]>();
const MAX_COMBINATIONS = 2000;
/** Needles of which the numbers fit into one. */
const MOST_AS_NUMBER = 5;

/** The rules that hold one of some needles, in their order. */
export function rulesOf(needles: readonly number[]): readonly number[] {
  if (needles.length === 1) return needleRules[needles[0] ?? -1] ?? [];
  // a text for each line would cost more than the rest
  let key: string | number = 0;
  if (needles.length > MOST_AS_NUMBER) key = needles.join();
  else for (const needle of needles) key = key * (NEEDLES.length + 1) + needle + 1;
  return combinations.get(key) ?? combine(needles, key);
}

function combine(needles: readonly number[], key: string | number): readonly number[] {
  const rules = [...new Set(needles.flatMap((needle) => needleRules[needle] ?? []))].sort((a, b) => a - b);
  if (combinations.size < MAX_COMBINATIONS) combinations.set(key, rules);
  return rules;
}

const beginnings: (Beginnings | undefined)[] = [];

/** How texts that a rule matches begin, found when it is first asked for. */
function beginningsFor(rule: number): Beginnings {
  const known = beginnings[rule];
  if (known !== undefined) return known;
  const found = beginningsOf(ENTRIES[rule]?.data.pattern ?? /./);
  beginnings[rule] = found;
  return found;
}

/**
 * Where a needle matters while the rules are asleep that `idle` says, and others want only tests by `names`; undefined
 * where it always does.
 */
export function wantedWith(
  needle: number,
  idle: Uint8Array,
  names: readonly (bigint | undefined)[],
): Wanted | undefined {
  if (needle === OWN_NEEDLE) return undefined;
  let [first, behindBlanks] = [0n, 0n];
  let wanted: Wanted["names"];
  for (const rule of needleRules[needle] ?? []) {
    if (idle[rule] === 1) continue;
    const bits = names[rule];
    const side = ENTRIES[rule]?.data.names;
    if (bits !== undefined && side !== undefined && wanted === undefined) wanted = { side, bits };
    else {
      const some = beginningsFor(rule);
      first |= some.first;
      behindBlanks |= some.behindBlanks;
    }
  }
  return { first, behindBlanks, names: wanted };
}

/** The first bytes of `beginningsFor`, to be looked up fast. */
const firsts: (Uint8Array | undefined)[] = [];

function firstsFor(rule: number): Uint8Array {
  const { first } = beginningsFor(rule);
  const table = Uint8Array.from({ length: OTHERS + 1 }, (_, byte) => Number((first >> BigInt(byte)) & 1n));
  firsts[rule] = table;
  return table;
}

/** Whether a rule may match a text, by the first byte or character of that (`OTHERS` and above are the same). */
export function mayBegin(rule: number, first: number): boolean {
  const table = firsts[rule] ?? firstsFor(rule);
  return table[Math.min(first, OTHERS)] === 1;
}

spare(rulesOf, mayBegin);

const image = imageOf(NEEDLES);
/** Those that are at no log's service; one log after the other needs but one. */
const idle: Search[] = [];
const MAX_IDLE = 2;

/** A search for all needles, to be given back when its log is over. */
export const takeSearch = (): Search => idle.pop() ?? new Search(image);

/** Takes a search back for the next log. */
export function giveBack(search: Search): void {
  search.forget();
  if (idle.length < MAX_IDLE) idle.push(search);
}
