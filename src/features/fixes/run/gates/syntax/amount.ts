const UNITS: readonly [RegExp, number][] = [
  [/\btime\.Nanosecond\b/g, 1e-6],
  [/\btime\.Microsecond\b/g, 1e-3],
  [/\btime\.Millisecond\b/g, 1],
  [/\btime\.Second\b/g, 1000],
  [/\btime\.Minute\b/g, 60_000],
  [/\btime\.Hour\b/g, 3_600_000],
];
const CALLS: readonly [RegExp, number][] = [
  [/\b(?:Duration(?:\.|::))?(?:ofNanos|from_nanos|nanoseconds)\(/g, 1e-6],
  [/\b(?:Duration(?:\.|::))?(?:from_micros|microseconds)\(/g, 1e-3],
  [/\b(?:Duration(?:\.|::))?(?:ofMillis|from_millis|milliseconds|millis)\(/g, 1],
  [/\b(?:Duration(?:\.|::))?(?:ofSeconds|from_secs(?:_f32|_f64)?|seconds)\(/g, 1000],
  [/\b(?:Duration(?:\.|::))?(?:ofMinutes|from_mins|minutes)\(/g, 60_000],
  [/\btime\.Duration\(/g, 1],
  [/\btimedelta\(seconds=/g, 1000],
  [/\btimedelta\(milliseconds=/g, 1],
  [/\btimedelta\(minutes=/g, 60_000],
];
const WORDS: Record<string, number> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** A unit that stands as an argument of its own, in Java. */
const UNIT_ARGUMENT: Record<string, number> = {
  NANOSECONDS: 1e-6,
  MICROSECONDS: 1e-3,
  MILLISECONDS: 1,
  SECONDS: 1000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
};

/** The factor that a call's own unit argument gives its numbers: `5, TimeUnit.SECONDS` is 5000. */
export function unitOf(args: readonly string[]): number {
  for (const arg of args) {
    const factor = UNIT_ARGUMENT[/(?:^|\.)([A-Z]+)$/.exec(arg.trim())?.[1] ?? ""];
    if (factor !== undefined) return factor;
  }
  return 1;
}

/** The value of an expression of numbers and durations, the latter in milliseconds; null where it holds anything else. */
export function amountOf(text: string, known: ReadonlyMap<string, number>): number | null {
  const quoted = /^["'](\d+(?:\.\d+)?)\s*(ns|us|ms|s|m|h)["']$/.exec(text.trim());
  if (quoted !== null) return Number(quoted[1]) * (WORDS[quoted[2] ?? ""] ?? 1);
  let plain = text.length > 200 ? "" : text;
  for (const [unit, factor] of UNITS) plain = plain.replace(unit, String(factor));
  for (const [call, factor] of CALLS) plain = plain.replace(call, `${factor}*(`);
  plain = plain
    .replace(/(\d)_(?=\d)/g, "$1")
    .replace(/\b(\d+(?:\.\d+)?)(?:[uif](?:8|16|32|64|size)|[lLnfFdD])\b/g, "$1")
    .replace(/\b[A-Za-z_][\w.]*\b(?!\()/g, (name) => {
      const value = known.get(name.replace(/^(?:self|this)\./, ""));
      return value === undefined ? name : String(value);
    })
    .replace(/\s+/g, "");
  return /^[\d.+\-*/()e]+$/.test(plain) && /\d/.test(plain) ? calculate(plain) : null;
}

/** Four operations and brackets over numbers. */
function calculate(text: string): number | null {
  let at = 0;
  const factor = (): number => {
    if (text[at] === "-") {
      at++;
      return -factor();
    }
    if (text[at] === "(") {
      at++;
      const inner = sum();
      if (text[at] !== ")") return Number.NaN;
      at++;
      return inner;
    }
    const digits = /^\d*\.?\d+(?:e[+-]?\d+)?|^\d+\.?/.exec(text.slice(at))?.[0];
    if (digits === undefined) return Number.NaN;
    at += digits.length;
    return Number(digits);
  };
  const product = (): number => {
    let value = factor();
    while (text[at] === "*" || text[at] === "/")
      value = text[at++] === "*" ? value * factor() : value / factor();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (text[at] === "+" || text[at] === "-")
      value = text[at++] === "+" ? value + product() : value - product();
    return value;
  };
  const value = sum();
  return at === text.length && Number.isFinite(value) ? value : null;
}
