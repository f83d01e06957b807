import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";

/** Where a job ran and with what; null where nothing tells. */
export interface Platform {
  /** `Ubuntu 24.04.3 LTS` */
  os: string | null;
  /** `x64`, `arm64` or `x86` */
  arch: string | null;
  /** `go 1.23.4, node 20.11.1` */
  toolchain: string | null;
}

/** Bytes of a log that are looked at; tools say their versions when they are set up. */
const LOOKED_AT = 2 * 1024 ** 2;
const LONGEST_LINE = 300;
const MOST_TOOLS = 4;

const STAMP = /^\uFEFF?(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?/;
const COLOUR = /\u001b\[[\d;]*m/g;
const VERSION = "(\\d+(?:\\.\\d+){0,3}[\\w.+-]{0,30})";
const at = (before: string, after = ""): RegExp => new RegExp(`^${before}${VERSION}${after}`);

/** What tools print of themselves when they are set up or begin. */
const TOOLS: readonly { name: string; needle: string; says: RegExp }[] = [
  { name: "go", needle: "go version go", says: at("go version go") },
  { name: "go", needle: "set up Go version", says: at("Successfully set up Go version ") },
  { name: "rust", needle: "rustc ", says: at("rustc ") },
  { name: "bun", needle: "bun ", says: at("bun (?:test|install) v") },
  { name: "node", needle: "node: v", says: at("\\s*node: v") },
  { name: "node", needle: "Node.js v", says: at("Node\\.js v") },
  { name: "python", needle: "set up CPython", says: at("Successfully set up CPython \\(") },
  { name: "python", needle: "-- Python ", says: at("platform \\S+ -- Python ", ", pytest") },
  { name: "python", needle: "Python 3", says: at("Python ", "$") },
  { name: "java", needle: "openjdk ", says: at('openjdk (?:version ")?') },
  { name: "java", needle: "Java version: ", says: at("Java version: ") },
  { name: "ruby", needle: "ruby ", says: at("ruby ") },
  { name: "php", needle: "PHP ", says: at("(?:Runtime:\\s+)?PHP ") },
  { name: "dotnet", needle: "dotnet-install: ", says: at("dotnet-install: Installed version is ") },
  { name: "elixir", needle: "Elixir ", says: at("Elixir ") },
];

const ARCHES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[^a-z\d])(?:arm64|aarch64|arm)(?![a-z\d])/i, "arm64"],
  [/(?:^|[^a-z\d])(?:amd64|x86[_-]64|x64)(?![a-z\d])/i, "x64"],
  [/(?:^|[^a-z\d])(?:x86|i[36]86|386)(?![a-z\d])/i, "x86"],
];

const archIn = (text: string): string | null => ARCHES.find(([says]) => says.test(text))?.[1] ?? null;

/** What a runner's labels say: those of the service's own machines, or of one's own. */
export function platformOfLabels(labels: readonly string[]): Pick<Platform, "os" | "arch"> {
  const os = labels.find((label) => /^(?:ubuntu|windows|macos)-|^(?:linux|windows|macos)$/i.test(label));
  const named = labels.map(archIn).find((arch) => arch !== null) ?? null;
  return { os: os ?? null, arch: named ?? hostedArch(os ?? "") };
}

/** Architecture of the service's own machines where their label has none. */
function hostedArch(label: string): string | null {
  const mac = /^macos-(\d+|latest)/i.exec(label);
  if (mac !== null) return /-(?:large|intel)$/i.test(label) || Number(mac[1]) < 14 ? "x64" : "arm64";
  return /^(?:ubuntu|windows)-/i.test(label) ? "x64" : null;
}

/** Reads a log's beginning as it streams past. What it says counts more than the runner's labels. */
export class PlatformReader {
  private readonly decoder = new TextDecoder();
  private readonly labelled: Pick<Platform, "os" | "arch">;
  private readonly tools = new Map<string, string>();
  private left = LOOKED_AT;
  private rest = "";
  private os: string | null = null;
  private arch: string | null = null;
  /** Lines of the group that names the system; null outside of it. */
  private group: string[] | null = null;

  constructor(labels: readonly string[] = []) {
    this.labelled = platformOfLabels(labels);
  }

  push(bytes: Uint8Array): void {
    if (this.left <= 0) return;
    const some = bytes.subarray(0, this.left);
    this.left -= some.length;
    const lines = (this.rest + this.decoder.decode(some, { stream: true })).split(/\r?\n/);
    this.rest = (lines.pop() ?? "").slice(0, LONGEST_LINE);
    for (const line of lines) this.line(line);
  }

  /** What is known so far. */
  result(): Platform {
    const tools = [...this.tools].map(([name, version]) => `${name} ${version}`);
    return {
      os: this.os === null ? this.labelled.os : redact(this.os),
      arch: this.arch ?? this.labelled.arch,
      toolchain: tools.length === 0 ? null : redact(tools.join(", ")),
    };
  }

  private line(raw: string): void {
    if (raw.length > LONGEST_LINE) return;
    const line = raw.replace(STAMP, "").replace(COLOUR, "").trimEnd();
    if (this.group !== null) this.inGroup(this.group, line);
    else if (line === "##[group]Operating System" && this.os === null) this.group = [];
    else if (line.startsWith("Image: ")) this.arch ??= archIn(line);
    for (const { name, needle, says } of TOOLS) {
      if (!line.includes(needle)) continue;
      const version = says.exec(line)?.[1];
      if (version !== undefined) this.tool(name, version, line);
    }
  }

  private inGroup(group: string[], line: string): void {
    if (line.startsWith("##[") || group.length > 5) {
      this.os = group.length === 0 ? null : clamp(group.join(" "), 100);
      this.group = null;
    } else if (line !== "") group.push(line.trim());
  }

  private tool(name: string, version: string, line: string): void {
    if (name === "go") this.arch ??= archIn(/ \w+\/(\w+)$/.exec(line)?.[1] ?? "");
    if (!this.tools.has(name) && this.tools.size < MOST_TOOLS)
      this.tools.set(name, version.replace(/[.+-]+$/, ""));
  }
}
