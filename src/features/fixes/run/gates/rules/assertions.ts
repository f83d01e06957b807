import type { Change, Gate, GateFinding } from "../finding.ts";
import { squeeze } from "../syntax/fact.ts";
import { factsOn, fresh, likeness, type Placed, pairUp, unmatched } from "./compare.ts";

/** Assertions that went, that always hold, that say less than before, or that are not always reached. */
export const keepsAssertions: Gate = (change) => {
  const [before, after] = [asserted(change, "before"), asserted(change, "after")];
  const alive = new Set(factsOn(change, "after", "test").map((test) => test.key));
  const left = unmatched(before, after, (fact) => `${leafOf(fact.test)} ${canon(fact)}`);
  // What moved into a helper, or to another test, is not lost.
  const moved = unmatched(left.gone, left.fresh, canon);
  const like = (a: Placed, b: Placed) =>
    (sameTest(a, b) ? 0.15 : 0) +
    likeness(`${methodOf(a)} ${a.args.join(" ")}`, `${methodOf(b)} ${b.args.join(" ")}`);
  const { pairs, gone, fresh: added } = pairUp(moved.gone, moved.fresh, like, 0.25);
  const lostIn = gone.filter(
    (fact) => fact.test === "" || alive.has(leafOf(fact.test)) || !isTestGone(change, fact),
  );
  return [
    ...pairs.flatMap(([old, now]) => changed(old, now)),
    ...pairs.flatMap(([old, now]) => onceOnly(change, old, now)),
    ...replaced(gone, added),
    ...lost(change, lostIn, added, after),
    ...alwaysTrue(added.concat(pairs.map(([, now]) => now))),
    ...displaced(before, after, [...pairs]),
  ];
};

/** What was looked at for each round of a loop, and is looked at once now. */
function onceOnly(change: Change, old: Placed, now: Placed): GateFinding[] {
  const waits = fresh(change, "wait", (fact) => fact.fn === now.fn).length > 0;
  if (old.place.loop === "none" || now.place.loop !== "none" || !sameTest(old, now) || waits) return [];
  const text = `looked at in each round before, and once now: ${now.shown}`;
  return [{ rule: "weaker-comparison", verdict: "label", path: now.path, line: now.line, text }];
}

/** Another assertion of the same test in place of one, about something else, which says less. */
const replaced = (gone: readonly Placed[], added: readonly Placed[]): GateFinding[] =>
  pairUp(gone, added, (a, b) => (sameTest(a, b) && a.path === b.path && a.test !== "" ? 1 : 0), 1)
    .pairs.filter(([old, now]) => now.strength < old.strength && now.strength > 0)
    .map(([old, { path, line, shown }]) => ({
      rule: "weaker-comparison",
      verdict: "label",
      path,
      line,
      text: `says less than what it replaces: ${old.shown} → ${shown}`,
    }));

const asserted = (change: Change, side: "before" | "after"): Placed[] =>
  factsOn(change, side, "assert").filter((fact) => fact.inTest);

const leafOf = (test: string): string => test.split(" > ").at(-1) ?? "";
const sameTest = (a: Placed, b: Placed): boolean => leafOf(a.test) === leafOf(b.test);

/** A deleted test is told as that, not by its assertions. */
function isTestGone(change: Change, fact: Placed): boolean {
  const has = (side: "before" | "after") =>
    factsOn(change, side, "test").some((test) => test.key === leafOf(fact.test));
  return has("before") && !has("after");
}

/** The comparison's own name: `Equal` of `re.Equal`, `toBe` of `expect().toBe`. */
const methodOf = (fact: Placed): string =>
  fact.callee
    .replace(/^(?:expect(?:\.\w+)?|Expect|assertThat\w*|assert_that|verify)\(\)\./, "")
    .replace(/^[\w.()]*?(?=\.?\w+!?$)\.?/, (lead) => (/\.not\./.test(lead) ? "not." : ""));

const canon = (fact: Placed): string => `${methodOf(fact)}(${fact.args.map(squeeze).join(",")})`;

/** Made of literals alone, whatever holds them: `[]string{"a"}`, `List.of(1, 2)`, `vec![1]`. */
function isLiteral(text: string): boolean {
  const shell = text.replace(LITERAL, "").replace(NUMBER, "");
  if (shell.length === text.length) return false;
  return (
    squeeze(
      shell.replace(
        /\b(?:string|u?int\d*|float\d*|byte|bool|List|Set|Map|Arrays|of|asList|new|vec|set|list|dict|tuple|Some|Ok|String|time|Duration)\b|\b[A-Z]\w*(?=\{)|\w+(?=\s*:)/g,
        "",
      ),
    ).replace(/[-[\]{}(),:!&.*]/g, "") === ""
  );
}

const NUMBER = /-?\b\d[\d_.]*(?:e-?\d+)?\w*\b|-?\.\d+/g;
const LITERAL =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\b(?:true|false|True|False|nil|null|None|undefined)\b/g;
const masked = (fact: Placed): string =>
  canon(fact)
    .replace(LITERAL, "L")
    .replace(NUMBER, "L")
    .replace(/L(?:\*|\+)?time\.\w+/g, "L");

/** A default in place of what is missing, sets in place of lists, counts that are open to one side. */
const LOOSER =
  /\?\?|\|\||\bor\b|\bunwrap_or\w*|\borElse\b|\bgetOrDefault\b|\bgetNow\b|\bcompleteOnTimeout\b|\bgetattr\(|\bset\(|new Set\(|\bHashSet\b|\batLeast\w*\(|\batMost\w*\(|\bAnyTimes\b|\bmock\.ANY\b|\banyOf\(|\bany\(/;

/** The fixed values of an assertion, in their order. */
const literalsOf = ({ args }: Placed): string =>
  [
    ...(args.join(", ").match(LITERAL) ?? []),
    ...(args.join(", ").replace(LITERAL, "").match(NUMBER) ?? []),
  ].join(" ");

/** How many parts of an assertion are fixed values; a bare condition is one text. */
const fixedParts = ({ callee, args }: Placed): number =>
  /^(?:if|assert)$/.test(callee)
    ? (args.join().match(LITERAL)?.length ?? 0) + (args.join().match(NUMBER)?.length ?? 0)
    : args.filter(isLiteral).length;

/** A view of a value that leaves most of it out. */
const PART =
  /\b(?:len|type|bool|any)\(|\.(?:length\b|size\b|keys\(\)|len\(\)|count\(\)|Len\(\)|isEmpty\(\)|is_empty\(\))|\bObject\.keys\(|\btypeof\b/;

/** What became of an assertion that was reworded. */
function changed(old: Placed, now: Placed): GateFinding[] {
  const at = { path: now.path, line: now.line };
  const both = `${old.shown} → ${now.shown}`;
  if (now.strength === 0) return [];
  // of a condition under which a test fails, more parts say more
  const looser = now.callee === "if" ? undefined : LOOSER.exec(now.args.join(", "))?.[0];
  if (looser !== undefined && !LOOSER.test(old.args.join(", "))) {
    return [
      {
        rule: "weaker-comparison",
        verdict: "label",
        ...at,
        text: `${looser.trim()} lets more pass than before: ${both}`,
      },
    ];
  }
  if (now.strength < old.strength)
    return [{ rule: "weaker-comparison", verdict: "label", ...at, text: `says less than before: ${both}` }];
  const part = PART.exec(now.args.join(", "))?.[0];
  if (part !== undefined && !PART.test(old.args.join(", ")) && old.strength > 1)
    return [{ rule: "weaker-comparison", verdict: "label", ...at, text: `looks at a part only: ${both}` }];
  if (masked(old) === masked(now)) {
    const rule = old.strength < 3 ? "tolerance" : "expected-value";
    return [
      {
        rule,
        verdict: "label",
        ...at,
        text: `${rule === "tolerance" ? "the bound changed" : "another value is expected"}: ${both}`,
      },
    ];
  }
  if (methodOf(old) === methodOf(now) && literalsOf(old) !== literalsOf(now))
    return [{ rule: "expected-value", verdict: "label", ...at, text: `other values are expected: ${both}` }];
  const [were, are] = [fixedParts(old), fixedParts(now)];
  if (methodOf(old) === methodOf(now) && were > are) {
    return [
      {
        rule: "expected-value",
        verdict: "label",
        ...at,
        text: `a fixed expectation became a computed one: ${both}`,
      },
    ];
  }
  if (
    methodOf(old) === methodOf(now) &&
    squeeze(old.args.join()).length > 0 &&
    old.args.length > now.args.length
  ) {
    return [{ rule: "weaker-comparison", verdict: "label", ...at, text: `compares fewer things: ${both}` }];
  }
  return [{ rule: "assertion-changed", verdict: "allow", ...at, text: `an assertion was reworded: ${both}` }];
}

/** Calls that by their name look at something for the test. */
const HELPER = /\b(?:assert|verify|check|expect|ensure|validate|should|must)(?:[A-Z_]\w*)\s*!?\(/;

/** A net loss; refused where it is the assertion that failed, or the last one of its test. */
function lost(
  change: Change,
  gone: readonly Placed[],
  added: readonly Placed[],
  after: readonly Placed[],
): GateFinding[] {
  return [...new Set(gone.map((fact) => `${fact.path}\n${leafOf(fact.test)}`))].flatMap(
    (where): GateFinding[] => {
      const inPlace = (fact: Placed) => `${fact.path}\n${leafOf(fact.test)}` === where;
      const here = gone.filter(inPlace);
      const net = here.length - added.filter(inPlace).length;
      const first = here.find((fact) => isQuoted(fact.shown, change.context.evidence)) ?? here[0];
      if (net <= 0 || first === undefined) return [];
      const waits = fresh(change, "wait", (fact) => inPlace(fact)).length > 0;
      const failing = isQuoted(first.shown, change.context.evidence);
      const test = leafOf(first.test);
      const helper = factsOn(change, "after", "assert", "wait").some((fact) => inPlace(fact));
      const calls = factsOn(change, "after", "test").some(
        (each) => each.key === test && HELPER.test(each.args[0] ?? ""),
      );
      const last = !calls && test !== "" && !helper && !after.some((fact) => leafOf(fact.test) === test);
      const verdict = waits ? "allow" : failing || last ? "refuse" : "label";
      const weaker =
        waits &&
        here.some((fact) => fact.strength === 3) &&
        fresh(change, "wait", inPlace).every(
          ({ text: wait }) => /[^=-][<>]=?|!=/.test(wait) && !/==|Equal|equals/.test(wait),
        );
      if (weaker)
        return [
          {
            rule: "weaker-comparison",
            verdict: "label",
            path: first.path,
            line: first.line,
            text: `the wait in its place says less: ${first.shown}`,
          },
        ];
      const text = waits
        ? `${net} assertion(s) fewer, with a wait in their place: ${first.shown}`
        : failing
          ? `the assertion that failed is gone: ${first.shown}`
          : `${net} assertion(s) fewer than before${last ? ", and none left in the test" : ""}: ${first.shown}`;
      return [{ rule: "lost-assertion", verdict, path: first.path, line: first.line, text }];
    },
  );
}

const alwaysTrue = (facts: readonly Placed[]): GateFinding[] =>
  facts
    .filter((fact) => fact.strength <= 0.5)
    .map(({ path, line, shown }) => ({
      rule: "always-true",
      verdict: "label",
      path,
      line,
      text: `an assertion that always holds: ${shown}`,
    }));

/** Assertions that stand as they did, but where they are not always reached, or nobody looks at what they say. */
function displaced(
  before: readonly Placed[],
  after: readonly Placed[],
  reworded: readonly [Placed, Placed][],
): GateFinding[] {
  const known = new Map<string, Placed[]>();
  for (const fact of before) known.set(canon(fact), [...(known.get(canon(fact)) ?? []), fact]);
  const same = after.flatMap((now): [Placed, Placed][] => {
    const olds = known.get(canon(now)) ?? [];
    const old =
      olds.find((each) => samePlace(each, now)) ?? olds.find((each) => sameTest(each, now)) ?? olds[0];
    if (old !== undefined) olds.splice(olds.indexOf(old), 1);
    return old === undefined ? [] : [[old, now]];
  });
  return [...same, ...reworded].flatMap(([old, now]) => displacement(old, now));
}

const samePlace = (a: Placed, b: Placed): boolean =>
  sameTest(a, b) &&
  a.place.callback === b.place.callback &&
  a.place.tried === b.place.tried &&
  a.place.guards.join("\n") === b.place.guards.join("\n");

function displacement(old: Placed, now: Placed): GateFinding[] {
  const at = { verdict: "label" as const, path: now.path, line: now.line };
  if (
    old.awaited &&
    !now.awaited &&
    old.fn === now.fn &&
    /resolves|rejects|poll|toPass|throws|toHave/.test(now.callee)
  ) {
    return [{ ...at, rule: "unawaited-assertion", text: `nobody waits for it any more: ${now.shown}` }];
  }
  if (now.place.callback !== old.place.callback && now.place.callback !== "none") {
    const wait = now.place.callback === "wait";
    return [
      {
        ...at,
        rule: wait ? "assertion-in-wait" : "guarded-assertion",
        text: `${wait ? "inside a wait's callback, where it ends the test at once or is tried again" : "inside a function that may run late or never"}: ${now.shown}`,
      },
    ];
  }
  if (now.place.tried && !old.place.tried)
    return [{ ...at, rule: "guarded-assertion", text: `its failure is caught and dropped: ${now.shown}` }];
  const guards = now.place.guards.filter((guard) => !old.place.guards.includes(guard));
  if (now.place.guards.length > old.place.guards.length && guards.length > 0) {
    return [{ ...at, rule: "guarded-assertion", text: `only reached if ${guards.at(-1)}: ${now.shown}` }];
  }
  return [];
}

/** New assertions inside a wait's callback: the wait cannot do its work when they end the test. */
export const noAssertionsInWaits: Gate = (change) =>
  fresh(change, "assert", (fact) => fact.place.callback === "wait" && fact.inTest)
    .slice(0, 5)
    .map(({ path, line, shown }) => ({
      rule: "assertion-in-wait",
      verdict: "label",
      path,
      line,
      text: `an assertion inside a wait's callback; give back a bool or collect it instead: ${shown}`,
    }));

/** True when the failure's excerpt shows this line of code. Short lines would match by chance. */
function isQuoted(text: string, evidence: string): boolean {
  const code = squeeze(text).replace(/…$/, "");
  return code.length >= 12 && evidence.split("\n").some((line) => squeeze(line).includes(code));
}
