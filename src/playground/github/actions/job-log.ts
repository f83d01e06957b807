import type { Clock } from "../../../kernel/clock.ts";

const MAX_BYTES = 16 * 1024 * 1024;

/** Writes a job's log as GitHub keeps it: each line with the time to a ten-millionth of a second. */
export class JobLog {
  #bytes = 0;
  #lastMs = 0;
  #tick = 0;
  #partial = "";

  constructor(
    private readonly lines: string[],
    private readonly clock: Clock,
  ) {}

  /** Adds a text of one or more lines. */
  write(text: string): void {
    for (const line of text.split("\n")) this.#line(line);
  }

  /** Adds a folded part. */
  group(title: string, lines: string[]): void {
    this.write([`##[group]${title}`, ...lines, "##[endgroup]"].join("\n"));
  }

  /** Adds a process's output as it comes; an unfinished line waits for its end or for `flush`. */
  stream(chunk: string): void {
    const parts = (this.#partial + chunk).split("\n");
    this.#partial = parts.pop() ?? "";
    for (const line of parts) this.#output(line.replace(/\r$/, ""));
  }

  flush(): void {
    if (this.#partial !== "") this.#output(this.#partial);
    this.#partial = "";
  }

  #output(line: string): void {
    const shown = obey(line);
    if (shown !== null) this.#line(shown);
  }

  #line(text: string): void {
    if (this.#bytes > MAX_BYTES) return;
    this.#bytes += text.length + 30;
    const cut = this.#bytes > MAX_BYTES ? "##[warning]The log is too long and ends here." : text;
    this.lines.push(`${this.#stamp()} ${cut}`);
  }

  #stamp(): string {
    const ms = this.clock.now().getTime();
    this.#tick = ms === this.#lastMs ? this.#tick + 1 : 0;
    this.#lastMs = ms;
    const fraction = String(Math.min(9999, this.#tick)).padStart(4, "0");
    return `${new Date(ms).toISOString().slice(0, 23)}${fraction}Z`;
  }
}

const COMMAND = /^::(group|endgroup|error|warning|notice|debug|add-mask)(?:\s[^:]*(?::(?!:)[^:]*)*)?::(.*)$/;

/**
 * What the runner makes of a line that may be a command to it (`::group::`, `::error file=…::`); null when it
 * shows nothing. A message's escaped line ends become real ones, and only its first line gets a time stamp.
 */
const obey = (line: string): string | null => {
  const [, command, data = ""] = COMMAND.exec(line) ?? [];
  if (!command) return line;
  if (command === "debug" || command === "add-mask") return null;
  const text = data.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
  return `##[${command}]${text}`;
};

/** What a runner prints before the first step. */
export const preamble = (labels: string[], actions: string[], jobName: string): string =>
  [
    "Current runner version: '2.328.0'",
    "##[group]Operating System",
    "Ubuntu",
    "24.04.3",
    "LTS",
    "##[endgroup]",
    "##[group]Runner Image",
    `Image: ${labels[0] ?? "ubuntu-latest"}`,
    "Version: 20250907.24.1",
    "Included Software: the programs of the machine the playground runs on",
    "##[endgroup]",
    "##[group]GITHUB_TOKEN Permissions",
    "Contents: read",
    "Metadata: read",
    "##[endgroup]",
    "Secret source: Actions",
    "Prepare workflow directory",
    "Prepare all required actions",
    ...actions.flatMap((action) => [
      "Getting action download info",
      `Download action repository '${action}'`,
    ]),
    `Complete job name: ${jobName}`,
  ].join("\n");
