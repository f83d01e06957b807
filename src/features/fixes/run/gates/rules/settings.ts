import { type DiffFile, type DiffLine, linesOf } from "../diff.ts";
import { LOCK_FILES, PROSE, RECORDED, RUNNER_FILES, SETTINGS, SKIP_LISTS } from "../files.ts";
import type { Gate, GateFinding, Verdict } from "../finding.ts";
import { specOf } from "../syntax/index.ts";

/** Words by which a runner's settings repeat failing tests, or leave tests out. */
const REPEATS =
  /\bretr(?:y|ies)\b|retryTimes|--reruns?\b|\breruns\b|rerun[-_]?fail|rerunFailing|maxRetries|flaky|nick-fields|wandalen|max_attempts|--repeat-until|--last-failed|--onlyFailures/i;
const LEAVES_OUT =
  /\bdeselect\b|--ignore\b|testPathIgnore|\bexcludes?\b|(?<!\w)-skip\b|--skip\b|--exclude\b|collect_ignore|skipTests|testFailureIgnore|passWithNoTests|continue-on-error:\s*true|allow_failure:\s*true|ignoreFailures|\|\|\s*(?:true|:|exit 0)|\bset \+e\b|not (?:slow|flaky)|-m ["']?not\b|only\b.*test|@Ignore|xfail_strict\s*=\s*false|norecursedirs|!\s*test/i;
const SERIAL =
  /--runInBand|\B-i\b(?=.*jest)|maxWorkers|--workers|-p[ =]?1\b|-parallel[ =]?1\b|--test-threads|test-threads|fileParallelism|singleThread|singleFork|forkCount|parallel\s*[:=]\s*(?:false|1|0)|fullyParallel|-n[ =]?[01]\b|-p no:(?:xdist|randomly)|-shuffle[ =]off|random_order|sequence|GOMAXPROCS|pool\s*:|isolate\b|-cpu[ =]|RUST_TEST_THREADS|max_workers|-T ?1\b|jobs?\b/i;
const WATCHES =
  /-race\b|-shuffle\b|--detectOpenHandles|-tags\b|sanitiz|-count\b|-vet\b|--strict|leak|coverage|threshold|-fsanitize|-Werror|-W error|filterwarnings|randomize|--random/i;
const WAITING = /time_?out|deadline|delay|wait/i;
/** A package and its version, whatever its name says. */
const DEPENDENCY = /^\s*"?[\w@/.-]+"?\s*[:=]\s*"[\^~>=v]*\d+\.\d[^"]*",?\s*$/;
const NUMBER = /\d+(?:\.\d+)?/g;

/** Settings of runners, builds and CI: what repeats tests or leaves them out is refused, the rest is for a person to look at. */
export const runnerSettings: Gate = (change) =>
  change.diff.files.flatMap((file) => {
    if (LOCK_FILES.test(file.path))
      return [whole("lock-file", "label", file, "a lock file changed: other code may be what runs")];
    if (
      SKIP_LISTS.test(file.path) &&
      specOf(file.path) === null &&
      linesOf(file, "+").some((line) => /\w/.test(line.text))
    ) {
      return [whole("skip", "refuse", file, "tests were put on a list of those that do not count")];
    }
    if (RUNNER_FILES.test(file.path)) return settings(file);
    const code = specOf(file.path) !== null || PROSE.test(file.path);
    const limit = !code && SETTINGS.test(file.path) ? longerLimit(file) : [];
    if (limit.length > 0) return limit;
    if (!code && RECORDED.test(file.path))
      return [whole("expected-output", "label", file, "recorded output or input of tests changed")];
    return [];
  });

const whole = (rule: string, verdict: Verdict, file: DiffFile, text: string): GateFinding => ({
  rule,
  verdict,
  path: file.path,
  line: 0,
  text,
});

function settings(file: DiffFile): GateFinding[] {
  const [added, removed] = [meant(file, "+"), meant(file, "-")];
  if (added.length + removed.length === 0) return [];
  const found: GateFinding[] = [];
  const tell = (rule: string, verdict: Verdict, line: DiffLine | undefined, what: string) => {
    if (line === undefined) return;
    const text = `${what}: ${line.text.trim().slice(0, 120)}`;
    found.push({ rule, verdict, path: file.path, line: line.line, text });
  };
  const more = (pattern: RegExp) => {
    const old = removed.filter((line) => pattern.test(line.text)).map((line) => line.text);
    return added.find(
      ({ text }) =>
        pattern.test(text) && !old.some((each) => each.trim() === text.trim()) && !isQuieter(text, old),
    );
  };
  tell("retry", "refuse", more(REPEATS) ?? added.find(isLoop), "the runner repeats failing tests");
  tell("skip", "refuse", more(LEAVES_OUT), "the runner leaves tests out, or does not mind their failing");
  tell("serialised", "label", more(SERIAL), "how many tests run at once, or in what order, changed");
  const watch = removed.find(
    ({ text }) => WATCHES.test(text) && !added.some((now) => isKept(text, now.text)),
  );
  tell("lost-check", "label", watch, "a check of the runner's may be gone");
  found.push(...longerLimit(file));
  return [
    ...found,
    whole("runner-settings", "label", file, "settings of the test runner, the build or CI changed"),
  ];
}

/** Changed lines without comments, and without packages whose names happen to sound like a setting. */
function meant(file: DiffFile, kind: "+" | "-"): DiffLine[] {
  const hash = /\.(?:py|toml|ya?ml|cfg|ini|sh|mk)$|Makefile$/.test(file.path);
  const comment = hash ? /\s*(?<![\w"'])#.*$/ : /\s*\/\/\s.*$/;
  return linesOf(file, kind)
    .map((line) => ({ ...line, text: line.text.replace(comment, "") }))
    .filter((line) => /\w/.test(line.text) && !DEPENDENCY.test(line.text));
}

const shape = (text: string): string => text.replace(NUMBER, "N");
const sum = (text: string): number =>
  (text.match(NUMBER) ?? []).reduce((total, each) => total + Number(each), 0);

/** A shell's loop around the tests, or the same command again where it failed. */
const isLoop = ({ text }: DiffLine): boolean => {
  if (/^\s*(?:-\s+)?(?:run:\s*)?["']?(?:until|while\s+!)\s/.test(text)) return true;
  const parts = text.split("||").map((part) => part.replace(/^\s*(?:-\s+)?(?:run:|\w+:)/, "").trim());
  return parts.some((part, index) => part.length > 3 && part === parts[index - 1]);
};

/** The same setting with a smaller number, or switched off, is no loosening. */
const isQuieter = (now: string, before: readonly string[]): boolean =>
  /[:=]\s*(?:0|false)\b/.test(now) || before.some((old) => shape(old) === shape(now) && sum(now) <= sum(old));

const isKept = (old: string, now: string): boolean => {
  const words = old.match(new RegExp(WATCHES.source, "gi")) ?? [];
  return words.every((word) => now.includes(word));
};

/** A limit that grew, or a new one. */
function longerLimit(file: DiffFile): GateFinding[] {
  const [added, removed] = [meant(file, "+"), meant(file, "-")];
  const alike = (one: DiffLine, other: DiffLine) => shape(one.text) === shape(other.text);
  const waits = added.filter(({ text }) => WAITING.test(text) && /\d/.test(text));
  const grown = waits.find((line) =>
    removed.some((old) => alike(old, line) && sum(line.text) > sum(old.text)),
  );
  const line = grown ?? waits.find((now) => !removed.some((old) => alike(old, now)));
  if (line === undefined) return [];
  const only = [...added, ...removed].every(({ text }) => WAITING.test(text));
  const verdict = only && grown !== undefined ? "refuse" : "label";
  const text = `a longer limit for all tests: ${line.text.trim().slice(0, 120)}`;
  return [{ rule: "longer-wait", verdict, path: file.path, line: line.line, text }];
}
