import type { DiffFile } from "../diff.ts";
import type { Change, Gate, GateFinding } from "../finding.ts";
import { factsOn, fresh, likeness, type Placed, pairUp, unmatched } from "./compare.ts";

interface Longer {
  old: Placed | null;
  now: Placed;
}

/** A longer timeout, sleep, lease or count of tries: refused when nothing else changed, labelled beside a real change. */
export const noLongerWaits: Gate = (change) => {
  const longer = change.files.flatMap((file) => longerIn({ ...change, files: [file] }));
  if (longer.length === 0) return [];
  const only = !hasRealChange(change, longer);
  const seen = new Set<string>();
  return longer.flatMap(({ old, now }): GateFinding[] => {
    const place = `${now.path}:${now.line}`;
    if (seen.has(place)) return [];
    seen.add(place);
    const what = old === null ? `a longer limit is set: ${now.shown}` : `${old.shown} → ${now.shown}`;
    return [
      {
        rule: "longer-wait",
        verdict:
          only && (old !== null || /^test$|setTimeout|setDefault|^this\.timeout$/i.test(now.callee))
            ? "refuse"
            : "label",
        path: now.path,
        line: now.line,
        text: `${only ? "nothing but waiting or trying longer" : "a wait or a count of tries grew"}: ${what}`,
      },
    ];
  });
};

function longerIn(change: Change): Longer[] {
  const on = (side: "before" | "after") =>
    factsOn(change, side, "amount", "sleep").filter((fact) => fact.value !== null);
  const left = unmatched(on("before"), on("after"), (fact) => `${fact.fn} ${fact.key} ${fact.value}`);
  const like = (a: Placed, b: Placed) =>
    a.kind === b.kind && a.key === b.key
      ? 0.5 + (a.fn === b.fn ? 0.4 : 0) - Math.min(0.3, Math.abs(a.line - b.line) / 1000)
      : a.kind === "sleep" && b.kind === "sleep" && a.fn === b.fn
        ? 0.45
        : 0;
  const { pairs, fresh: added } = pairUp(left.gone, left.fresh, like, 0.4);
  const grown = pairs
    .filter(([old, now]) => (now.value ?? 0) > (old.value ?? 0))
    .map(([old, now]) => ({ old, now }));
  const waits = fresh(change, "wait");
  const tests = unmatched(
    factsOn(change, "before", "test"),
    factsOn(change, "after", "test"),
    (test) => test.test,
  ).fresh;
  const limits = added.filter(
    (fact) =>
      fact.kind === "amount" &&
      // at once is no wait; a runner's own limit of nothing means none at all
      !(fact.callee === "setTimeout" && fact.value === 0) &&
      /time_?out|^test#|limit|attempts|atMost|deadline|within/i.test(`${fact.key} ${fact.callee}`) &&
      !waits.some((wait) => wait.fn === fact.fn) &&
      !tests.some((test) => test.test === fact.test) &&
      isAddedTo(change, fact),
  );
  return [...grown, ...limits.map((now) => ({ old: null, now }))];
}

/** A limit that was given to a call which was there before, rather than one that came with new code. */
function isAddedTo(change: Change, fact: Placed): boolean {
  const removed =
    change.diff.files
      .find((file) => file.path === fact.path)
      ?.hunks.flat()
      .filter((line) => line.kind === "-") ?? [];
  const own = change.diff.files
    .find((file) => file.path === fact.path)
    ?.hunks.flat()
    .find((line) => line.kind === "+" && line.newLine === fact.line);
  if (own === undefined) return false;
  if (/\.setTimeout\(|\bthis\.timeout\(|setDefaultTimeout|@Timeout|timeout\s*=|slow\(\)/.test(own.text))
    return true;
  return (
    removed.some((line) => likeness(line.text, own.text) >= 0.5) ||
    /^\s*\W*\s*(?:timeout|within|deadline|limit)\w*\s*[:=]/i.test(own.text)
  );
}

const NO_CHANGE =
  /^\s*(?:import\b|from\b|use\b|package\b|(?:\w+\.)?(?:log|Log|Logf|Printf|Println|print|println!|eprintln!|dbg!)\b|console\.|logger\.|System\.out|logging\.|[)\]}(;,{]*\s*$)/;
const COMMENT: Readonly<Record<string, RegExp>> = {
  go: /^\s*(?:\/\/|\/\*|\*)/,
  javascript: /^\s*(?:\/\/|\/\*|\*)/,
  java: /^\s*(?:\/\/|\/\*|\*)/,
  rust: /^\s*\/\//,
  python: /^\s*(?:#|"""|''')/,
};

/** True when any changed line is neither about waiting longer nor a comment, an import or a log line. */
function hasRealChange(change: Change, longer: readonly Longer[]): boolean {
  return change.diff.files.some((file) => {
    const spec = change.files.find((each) => each.path === file.path)?.spec;
    if (spec === undefined) return isOtherFileChanged(file);
    const lines = (side: "old" | "now") =>
      new Set(
        longer.flatMap(({ [side]: fact }) =>
          fact?.path === file.path ? range(fact.line, fact.lastLine) : [],
        ),
      );
    const [old, now] = [lines("old"), lines("now")];
    const touched = file.hunks.flat().filter((line) => line.kind !== " ");
    return touched.some((line) => {
      if (line.kind === "-" ? old.has(line.oldLine) : now.has(line.newLine)) return false;
      if (line.text.trim() === "" || COMMENT[spec.name]?.test(line.text) || NO_CHANGE.test(line.text))
        return false;
      // A limit that was added to a call changes the line it was added to.
      return !longer.some(
        (each) => each.now.path === file.path && likeness(line.text, lineAt(file, each.now.line)) >= 0.5,
      );
    });
  });
}

const lineAt = (file: DiffFile, line: number): string =>
  file.hunks.flat().find((each) => each.kind === "+" && each.newLine === line)?.text ?? "";

const isOtherFileChanged = (file: DiffFile): boolean =>
  !/(?:^|\/)(?:CHANGELOG|README|docs?\/)|\.(?:md|txt|rst)$/i.test(file.path);

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.min(to - from + 1, 3) }, (_, index) => from + index);

/** A net new sleep in a test is refused; inside a loop that looks at something it is back-off, and labelled. */
export const noSleeps: Gate = (change) =>
  change.files.flatMap((file) => {
    const own: Change = { ...change, files: [file] };
    const left = unmatched(
      factsOn(own, "before", "sleep"),
      factsOn(own, "after", "sleep"),
      (fact) => fact.text,
    );
    const net = left.fresh.length - left.gone.length;
    if (net <= 0) return [];
    const { fresh: added } = pairUp(left.gone, left.fresh, (a, b) => (a.fn === b.fn ? 1 : 0.5), 0.4);
    return added.map(({ place, inTest, path, line, shown }): GateFinding => {
      const backOff = place.loop === "conditional" || place.callback === "wait";
      const beside = place.callback === "other" || place.callback === "detached";
      const refused = inTest && !backOff && !beside;
      const text = `${backOff ? "a sleep between two looks" : beside ? "a sleep in what runs beside the test" : "a new sleep"}: ${shown}`;
      return { rule: "sleep", verdict: refused ? "refuse" : "label", path, line, text };
    });
  });

/** Other ways to wait for nothing in particular. */
export const noIdleWaits: Gate = (change) => {
  const idle = fresh(change, "wait", (fact) =>
    /func\(\)bool\{returntrue;?\}|=>true[,)]|=>\{returntrue;?\}|lambda:True|->true\b|->\{returntrue;\}|\|\|true\b|\|_?\|true\b/.test(
      fact.text,
    ),
  );
  return [
    ...fresh(change, "yield", (fact) => fact.inTest).map((fact) =>
      finding("yield", "label", fact, "a pause that guesses at an order"),
    ),
    ...fresh(change, "spin").map((fact) =>
      finding("spin", "label", fact, "a loop that waits without a limit"),
    ),
    ...idle.map((fact) => finding("idle-wait", "refuse", fact, "a wait on something that always holds")),
    ...fresh(change, "action", (fact) => fact.inTest).map((fact) =>
      finding("action-repeated", "label", fact, "an action, not a read, is run until it works"),
    ),
  ];
};

const finding = (
  rule: string,
  verdict: "label" | "refuse",
  { path, line, shown }: Placed,
  what: string,
): GateFinding => ({ rule, verdict, path, line, text: `${what}: ${shown}` });

/** A limit of a context that is gone, where nothing else ends it. */
export const keepsLimits: Gate = (change) =>
  change.files.flatMap((file): GateFinding[] => {
    if (!file.test || file.spec.name !== "go") return [];
    const lines = change.diff.files.find((each) => each.path === file.path)?.hunks.flat() ?? [];
    const count = (kind: string, pattern: RegExp) =>
      lines.filter((line) => line.kind === kind && pattern.test(line.text)).length;
    const limited = /context\.With(?:Timeout|Deadline)\(/;
    const gone = lines.find((line) => line.kind === "-" && limited.test(line.text));
    const bare = /context\.(?:Background|TODO)\(\)/;
    if (gone === undefined || count("+", limited) >= count("-", limited) || count("+", bare) === 0) return [];
    const text = `a limit of time is gone: ${gone.text.trim().slice(0, 120)}`;
    return [{ rule: "longer-wait", verdict: "label", path: file.path, line: gone.line, text }];
  });

/** A wait whose condition says less than before, where both are of one function. */
export const keepsConditions: Gate = (change) => {
  const left = unmatched(
    factsOn(change, "before", "wait"),
    factsOn(change, "after", "wait"),
    (fact) => `${fact.callee} ${fact.text}`,
  );
  const { pairs } = pairUp(
    left.gone,
    left.fresh,
    (a, b) => (a.fn === b.fn && a.path === b.path && a.callee === b.callee ? likeness(a.text, b.text) : 0),
    0.3,
  );
  return pairs
    .filter(
      ([old, now]) => EXACT.test(old.text) && !EXACT.test(now.text) && /[^=-][<>]=?|!==?/.test(now.text),
    )
    .map(([old, now]) =>
      finding("weaker-comparison", "label", now, `the wait says less than ${old.shown}, it is now`),
    );
};

const EXACT = /={2,3}|Equals?\(|equals\(|equalTo\(|toBe\(|toEqual\(/;
