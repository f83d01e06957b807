/** Longest normalised signature, in characters. */
export const MAX_SIGNATURE = 400;

const ROOTS = [
  /(?:\/home\/runner\/work|\/Users\/runner\/work|\/__w|\/runner\/_work|[A-Z]:[\\/]a)[\\/][^\s\\/:]+[\\/][^\s\\/:]+[\\/]/g,
  /\/home\/[\w.-]+\/go\/src\/[\w.-]+\/[\w.-]+\/[\w.-]+\//g,
  /(?:\/go|\/workspace\/go|\/root\/go)\/src\/[\w.-]+\/[\w.-]+\/[\w.-]+\//g,
  /\/(?:home|var|var\/lib)\/jenkins\/(?:agent\/)?workspace\/[^\s/:]+\/(?:go\/src\/[\w.-]+\/[\w.-]+\/[\w.-]+\/)?/g,
  /\/(?:home\/travis\/build|builds)\/[\w.-]+\/[\w.-]+\//g,
  /\/github\/workspace\//g,
] as const;

/** Ordered: a later step sees what an earlier one left. */
const STEPS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<uuid>"],
  [/\b\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?/g, "<time>"],
  [/\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b/g, "<time>"],
  [/[A-Za-z]:\\(?:Users\\[^\\\s]+\\AppData\\Local\\Temp|Temp)\\[^\s"'`:,)\]]+/g, "<tmp>"],
  [/(?:\/private)?(?:\/var\/folders\/[^\s"'`:,)\]]+|\/(?:var\/)?tmp\/[^\s"'`:,)\]]+)/g, "<tmp>"],
  [/(?:\[\])?\b(?:u?int(?:8|16|32|64)?|float(?:32|64)|byte)\{[^{}]*\}/g, "<set>"],
  [
    /([[{(])\s*(?:0x[0-9a-f]+|-?\d+(?:\.\d+)?)(?:[\s,]+(?:0x[0-9a-f]+|-?\d+(?:\.\d+)?))+[\s,]*([\]})])/gi,
    "$1<set>$2",
  ],
  [/\bmap\[[^[\]]{0,300}\]/g, "map[<set>]"],
  [/\b0x[0-9a-f]+\b/gi, "<addr>"],
  [/@[0-9a-f]{5,16}\b/g, "@<addr>"],
  [/((?:\b\d{1,3}(?:\.\d{1,3}){3}|\blocalhost|\[::1?\])):\d{2,5}\b/g, "$1:<port>"],
  [/\b[0-9a-f]{12,64}\b/gi, "<id>"],
  [
    /(?<![\w.])\d+(?:\.\d+)?\s?(?:ns|[uµμ]s|ms|milliseconds?|seconds?|secs?|minutes?|mins?|hours?)\b/g,
    "<duration>",
  ],
  [/(?<![\w.-])(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?s\b/g, "<duration>"],
  [/([\w)\]-]\.[A-Za-z]{1,6}):\d+(?::\d+)?\b/g, "$1"],
  [/\b(line|lines|pid|PID|port|goroutine|thread|Thread|worker|attempt)([ #=:-]+)\d+\b/g, "$1$2<n>"],
  [/\b\d{5,}\b/g, "<n>"],
  [/([A-Za-z]+)-[a-z0-9]*\d[a-z0-9]{6,}\b/g, "$1-<id>"],
];

/** Text without the folder that the repository was checked out to, which differs by CI system. */
export function withoutRoots(text: string): string {
  let out = text;
  for (const root of ROOTS) out = out.replace(root, "");
  return out;
}

/**
 * Takes out what differs between two runs of one failure: checkout roots, temporary paths, times,
 * addresses, ports, ids, durations, line numbers and sets of numbers. White space becomes one blank.
 */
export function normalise(text: string): string {
  let out = withoutRoots(text.slice(0, MAX_SIGNATURE * 8));
  for (const [pattern, put] of STEPS) out = out.replace(pattern, put);
  return out.replace(/\s+/g, " ").trim().slice(0, MAX_SIGNATURE);
}

const FRAME =
  /^\s*(?:at .*[:(]\d+\)?|at .*\((?:native|Unknown Source|Native Method).*|File ".*", line \d+.*|\.{3} \d+ more|goroutine \d+.*)$/;

/** The first lines of a message that are not stack frames, as one normalised line. */
export function signatureOf(message: string): string {
  const lines: string[] = [];
  for (const line of message.split("\n")) {
    if (line.trim() === "") continue;
    if (FRAME.test(line)) {
      if (lines.length > 0) break;
      continue;
    }
    lines.push(line.trim());
    if (lines.length === 6) break;
  }
  return normalise(lines.join("\n"));
}

const GENERIC = [
  /^$/,
  /^condition never satisfied$/,
  /^condition satisfied$/,
  /^(?:error: |rpc error: code = \w+ desc = )?context (?:deadline exceeded|canceled|cancelled)$/,
  /^(?:testing\.go: ?)?race detected during execution of test$/,
  /^(?:exit status|exit code|process exited with code|process completed with exit code):? ?\d*\.?$/,
  /^(?:test )?(?:failed|failure|error|assertion failed|assertionerror|java\.lang\.assertionerror|exception|fail)[.:!]?$/,
  /^should be (?:true|false)$/,
  /^received unexpected error:?$/,
  /^an error is expected but got nil\.?$/,
  /^expected (?:true|false) to be (?:true|false)$/,
  /^(?:assertionerror: )?(?:assert )?false(?: is not true)?$/,
  /^expected value not to be nil\.?$/,
  /^(?:panic: )?test timed out after <duration>$/,
  /^(?:error: )?(?:test )?(?:timed out|timeout)(?: (?:after|of))? ?(?:<duration>)?(?: exceeded)?\.?$/,
  /^signal: killed$/,
  /^killed$/,
] as const;

/** Whether a normalised signature says so little that two tests sharing it have nothing in common. */
export function genericSignature(signature: string): boolean {
  const text = signature.trim().toLowerCase();
  return GENERIC.some((pattern) => pattern.test(text));
}
