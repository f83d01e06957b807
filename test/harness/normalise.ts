/** Gives ids, shas, times, ports and folders the same names in every run, in the order in which they appear. */
export class Normaliser {
  private readonly shas = new Map<string, string>();
  private readonly ids = new Map<string, string>();
  private readonly called: [RegExp, string][] = [];
  private readonly counts = new Map<string, number>();

  /** @param fixed texts that differ from run to run, and what stands for them.
   * @param commits the commits there are: a short sha may look like a number. */
  constructor(
    private readonly fixed: () => readonly (readonly [string, string])[],
    private readonly commits: () => readonly string[],
  ) {}

  /** From now on an issue's number and its finding's stand under this name: several filed at once come in any order. */
  call(name: string, numbers: { issue: number; finding: number }): void {
    this.called.push([new RegExp(`((?:#\u200b?|/issues/))${numbers.issue}\\b`, "g"), `$1${name}`]);
    this.called.push([new RegExp(`\\bF${numbers.finding}\\b`, "g"), `F-${name}`]);
  }

  /** The text with stable names. */
  text(raw: string): string {
    let text = raw;
    for (const [from, to] of this.fixed()) text = text.replaceAll(from, to);
    for (const [pattern, name] of this.called) text = text.replace(pattern, name);
    for (const [pattern, kind] of IDS)
      for (const match of text.matchAll(pattern)) this.name(this.ids, match[1] ?? "", kind);
    for (const [id, name] of this.ids)
      text = text.replace(
        new RegExp(`(?<![\\w.#])${id}(?!\\w|\\.\\d)|(?<=runs/|job/|-|_r)${id}\\b`, "g"),
        name,
      );
    text = text
      .replace(/\b[0-9a-f]{64}\b/g, "<fingerprint>")
      .replace(/\bai\/flaky\/[0-9a-f]{8}\b/g, "ai/flaky/<fingerprint>");
    text = text.replace(/<!-- flaky:key [0-9a-f]{20} -->/g, "<!-- flaky:key <digest> -->");
    const known = this.commits();
    text = text.replace(/\b[0-9a-f]{7,40}\b/g, (hex) =>
      /[a-f]/.test(hex) && /\d/.test(hex)
        ? this.sha(hex)
        : known.some((sha) => sha.startsWith(hex))
          ? this.sha(hex)
          : hex,
    );
    return TIMES.reduce((said, [pattern, name]) => said.replace(pattern, name), text);
  }

  private sha(sha: string): string {
    // short forms of a sha that is known have its name
    const short = sha.slice(0, 7);
    if (!this.shas.has(short)) this.shas.set(short, `sha-${this.shas.size + 1}`);
    return this.shas.get(short) ?? sha;
  }

  private name(names: Map<string, string>, id: string, kind: string): void {
    if (names.has(id)) return;
    const next = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, next);
    names.set(id, `${kind}-${next}`);
  }
}

const IDS: readonly (readonly [RegExp, string])[] = [
  [/\/runs\/(\d+)/g, "run"],
  [/\/job\/(\d+)/g, "job"],
  [/#issuecomment-(\d+)/g, "comment"],
  [/#discussion_r(\d+)/g, "remark"],
  [/#pullrequestreview-(\d+)/g, "review"],
];

const TIMES: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<time>"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?/g, "<time>"],
  [/\d{4}-\d\d-\d\d/g, "<day>"],
  [/\bp\d{16}\b/g, "p<ts>"],
  [/(?<=\/files\/\w+\/)F[A-Z0-9]{9}\b/g, "F<id>"],
  [/thread_ts=\d+\.\d+/g, "thread_ts=<ts>"],
  [/\[\d+(?:\.\d+)?m?s\]/g, "[<duration>]"],
  [/\b\d+(?:\.\d+)? (?:s|seconds|ms)\b/g, "<duration>"],
  [/\b[\d,]+ tokens\b/g, "<n> tokens"],
  [/\$ ?\d+(?:\.\d+)?/g, "$<n>"],
];
