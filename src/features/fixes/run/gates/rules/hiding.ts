import type { Change, Gate, GateFinding, Verdict } from "../finding.ts";
import { DRAWS } from "../syntax/hidden.ts";
import { factsOn, fresh, type Placed, pairUp, unmatched } from "./compare.ts";

const say = (rule: string, verdict: Verdict, { path, line, shown }: Placed, what: string): GateFinding => ({
  rule,
  verdict,
  path,
  line,
  text: `${what}: ${shown}`,
});

const RERUNS_TEST = /^rerun$|retryTimes|flaky|rerun|\.retries$|RetryRule|RetryExtension|RetryAnalyzer/i;

/** A test that is run again until it passes is refused; other code that tries again is labelled. */
export const noRetries: Gate = (change) => {
  const marks = change.files.flatMap((file) =>
    fresh({ ...change, files: [file] }, "mark", (mark) => file.spec.retryMark.test(mark.shown)),
  );
  const tries = fresh(change, "retry", (fact) => fact.inTest);
  const around = new Set(factsOn(change, "after", "test").map((test) => `${test.path}:${test.line}`));
  return [
    ...marks.map((mark) =>
      say("retry", "refuse", mark, "a test is repeated until it passes, or marked as flaky"),
    ),
    ...tries.map((fact) => {
      const whole =
        RERUNS_TEST.test(fact.callee) || (fact.callee === "setting" && isTestSetting(fact, around));
      return say(
        "retry",
        whole ? "refuse" : "label",
        fact,
        whole ? "the runner repeats failing tests" : "something is tried again",
      );
    }),
  ];
};

/** `{ retry: 3 }` handed to a test, a group or the runner's own settings, not to what is tested. */
const isTestSetting = (fact: Placed, tests: ReadonlySet<string>): boolean =>
  /^(?:retry|retries|reruns)$/.test(fact.key) &&
  (fact.test === "" ||
    [...Array(3).keys()].some((back) => tests.has(`${fact.path}:${fact.line - back}`)) ||
    fact.fn === fact.test.split(" > ").at(-1)) &&
  fact.value !== 0;

/** Errors that nobody would see any more. */
export const noSwallowedErrors: Gate = (change) => [
  ...fresh(change, "swallow").map((fact) =>
    say(
      "swallowed-error",
      "label",
      fact,
      fact.callee === "recover" ? "a panic is caught and dropped" : "an error is swallowed",
    ),
  ),
  ...fresh(change, "exit").map((fact) =>
    say("exit", fact.inTest ? "refuse" : "label", fact, "the process ends itself, whatever the tests say"),
  ),
];

/** Tests that no longer run beside others, or with less to do: what fails under load then hides. */
export const keepsPressure: Gate = (change) => {
  const lost = change.files.flatMap((file) => {
    const own: Change = { ...change, files: [file] };
    const concurrent = (side: "before" | "after") => [
      ...factsOn(own, side, "parallel"),
      ...factsOn(own, side, "mark").filter((mark) =>
        /concurrent|CONCURRENT|multi_thread|\.parallel/.test(mark.text),
      ),
    ];
    const { gone, fresh: added } = unmatched(
      concurrent("before"),
      concurrent("after"),
      (fact) => `${fact.kind} ${fact.text}`,
    );
    const alive = new Set(file.after.map((fact) => fact.test));
    return gone.length > added.length ? gone.filter((fact) => fact.test === "" || alive.has(fact.test)) : [];
  });
  const serial = change.files.flatMap((file) => [
    ...fresh({ ...change, files: [file] }, "mark", (mark) => file.spec.serialMark.test(mark.shown)),
    ...fresh({ ...change, files: [file] }, "serial"),
  ]);
  return [
    ...lost.map((fact) => say("serialised", "label", fact, "does not run beside other tests any more")),
    ...serial.map((fact) => say("serialised", "label", fact, "made to run alone or in a fixed order")),
    ...change.files.flatMap((file) => lighter({ ...change, files: [file] })),
  ];
};

/** What generators of inputs draw by themselves. */
const USUAL_DRAWS = 100;

function lighter(change: Change): GateFinding[] {
  const on = (side: "before" | "after") =>
    factsOn(change, side, "load").filter((fact) => fact.inTest && fact.value !== null);
  const left = unmatched(on("before"), on("after"), (fact) => `${fact.fn} ${fact.key} ${fact.value}`);
  const { pairs } = pairUp(
    left.gone,
    left.fresh,
    (a, b) => (a.key === b.key ? (a.fn === b.fn ? 1 : 0.6) : 0),
    0.5,
  );
  const repeats = left.gone.filter(
    (fact) =>
      fact.key === "@" &&
      !pairs.some(([old]) => old === fact) &&
      change.files.some((file) => file.after.some((now) => now.test === fact.test)),
  );
  const drawn = left.fresh.filter(
    (fact) => fact.key === DRAWS && (fact.value ?? 0) < USUAL_DRAWS && !pairs.some(([, now]) => now === fact),
  );
  const fewer = [...repeats, ...drawn].map((fact) =>
    say(
      "smaller-load",
      "label",
      fact,
      fact.key === DRAWS ? "few inputs are drawn" : "the test is not repeated any more",
    ),
  );
  return [
    ...fewer,
    ...pairs
      .filter(([old, now]) => (now.value ?? 0) < (old.value ?? 0))
      .map(([old, now]) => say("smaller-load", "label", now, `${old.value} became ${now.value}`)),
  ];
}

const OUTSIDE_WORLD =
  /time|date|clock|now\b|timer|fetch|http|request|network|socket|smtp|uuid|hostname|tz\b|sleep/i;

/** Chance frozen, stand-ins for what ran, checkers silenced, side checks gone. */
export const keepsHonest: Gate = (change) => {
  const watches = unmatched(
    factsOn(change, "before", "watch"),
    factsOn(change, "after", "watch"),
    (fact) => fact.text,
  );
  const alive = new Set(factsOn(change, "after", "test").map((test) => test.test));
  const dropped =
    watches.gone.length > watches.fresh.length
      ? watches.gone.filter((fact) => fact.test === "" || alive.has(fact.test))
      : [];
  return [
    ...fresh(change, "seed", (fact) => fact.inTest).map((fact) =>
      say("fixed-seed", "label", fact, "chance is frozen, so inputs that fail are not drawn any more"),
    ),
    ...fresh(change, "mock", (fact) => fact.inTest && !OUTSIDE_WORLD.test(fact.shown)).map((fact) =>
      say("mock", "label", fact, "a stand-in for code that ran before"),
    ),
    ...change.files.flatMap((file) =>
      fresh({ ...change, files: [file] }, "mark", (mark) => file.spec.suppression.test(mark.shown)).map(
        (mark) => say("suppression", "label", mark, "a checker is silenced"),
      ),
    ),
    ...fresh(change, "suppress").map((fact) => say("suppression", "label", fact, "a checker is silenced")),
    ...watches.fresh
      .filter((fact) => /Ignore|Skip|Allow/i.test(fact.text))
      .map((fact) => say("lost-check", "label", fact, "a check beside the assertions looks away")),
    ...dropped.map((fact) => say("lost-check", "label", fact, "a check beside the assertions is gone")),
    ...fresh(change, "env", (fact) => fact.inTest || UNDER_TEST.test(fact.shown)).map((fact) =>
      say(
        "environment-branch",
        "label",
        fact,
        fact.inTest ? "the test reads its environment" : "product code asks whether it is tested",
      ),
    ),
  ];
};

const UNDER_TEST = /TEST|\bCI\b|NODE_ENV|Testing\(\)|cfg!\(|\.test\b|test\.v/i;
