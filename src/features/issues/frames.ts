import { withoutRoots } from "../failures/normalise.ts";
import { sourceFile } from "../failures/source-file.ts";

/** A source file that a log names: where it may stand in the repository, likeliest first, and the lines it names. */
export interface NamedFile {
  candidates: string[];
  lines: number[];
}

/** What is known of the failure that the log is about. */
export interface Origin {
  /** `owner/name`. */
  repo: string;
  file: string | null;
  package: string | null;
}

const CODE = "go|[cm]?[jt]sx?|py|rb|rs|java|kt|kts|scala|groovy|php|cs|fs|exs?|c|cc|cpp|cxx|h|hpp|swift";
const PYTHON = /File "([^"\n]{1,300})", line (\d{1,7})/g;
const DOTNET = / in ([^\n:]{1,300}):line (\d{1,7})/g;
const JAVA = /\bat ([\w$.]{1,300})\.[\w$<>]{1,100}\(([\w$]{1,100}\.(?:java|kt|scala|groovy)):(\d{1,7})\)/g;
const PLACE = new RegExp(`([\\w@.+~/\\\\-]{1,300}\\.(?:${CODE}))[:(](\\d{1,7})\\b`, "g");
/** Code of others: libraries, the language's own. */
const FOREIGN =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|pkg\/mod|rustc|\.cargo|gems|usr|opt|internal)\/|^node:|^<|\bgo\d[\d.]*\/src\//;

/**
 * Source files of the repository that the lines of a log name, in the order in which they do; the test's own comes
 * first. Log text is a stranger's: what comes out are paths without `..` to look up, nothing more.
 */
export function filesNamed(log: string, origin: Origin): NamedFile[] {
  const found = new Map<string, NamedFile>();
  const add = (candidates: string[], line: number | null) => {
    const inside = candidates.flatMap((path) => sourceFile(path) ?? []);
    const [key] = inside;
    if (key === undefined) return;
    const known = [...found.values()].find((one) => one.candidates.includes(key)) ?? {
      candidates: inside,
      lines: [],
    };
    if (line !== null && !known.lines.includes(line)) known.lines.push(line);
    found.set(known.candidates[0] ?? key, known);
  };
  const own = sourceFile(origin.file);
  if (own !== null) add(own.includes("/") ? [own] : beside(own, origin), null);
  for (const raw of log.split("\n")) {
    const text = withoutRoots(raw.slice(0, 2000)).replaceAll("file://", "");
    const java = [...text.matchAll(JAVA)];
    for (const [, type = "", file = "", line] of java) add(javaPaths(type, file), Number(line));
    if (java.length > 0) continue;
    for (const pattern of [PYTHON, DOTNET, PLACE])
      for (const [, path = "", line] of text.matchAll(pattern))
        if (!FOREIGN.test(path)) add(pathsOf(path.replaceAll("\\", "/"), origin), Number(line));
  }
  return [...found.values()];
}

function pathsOf(path: string, origin: Origin): string[] {
  const plain = path.replace(/^\.\//, "");
  if (!plain.includes("/")) return beside(plain, origin);
  if (!/^(?:\/|[A-Za-z]:)/.test(plain)) return [plain, ...inModule(plain, origin)];
  const name = origin.repo.split("/").at(-1) ?? "";
  const at = plain.lastIndexOf(`/${name}/`);
  if (at >= 0) return [plain.slice(at + name.length + 2)];
  const parts = plain.split("/");
  return [parts.slice(-3).join("/"), parts.slice(-2).join("/")];
}

/** Go and others name a file without its folder: it stands in the test's package. */
function beside(file: string, { file: own, package: pack, repo }: Origin): string[] {
  const folders = new Set<string>();
  const known = sourceFile(own);
  if (known?.includes("/")) folders.add(known.slice(0, known.lastIndexOf("/")));
  if (pack !== null && /^[\w./-]{1,300}$/.test(pack))
    for (const folder of packageFolders(pack, repo)) folders.add(folder);
  return [...[...folders].map((folder) => `${folder}/${file}`), file];
}

/** `github.com/acme/shop/v2/cart` stands in `cart`; of another path only the end is sure. */
function packageFolders(pack: string, repo: string): string[] {
  const path = pack.replace(/^\.\//, "").replace(/\/$/, "");
  const inside = new RegExp(`^[\\w.-]+/${repo.replaceAll(".", "\\.")}(?:/v\\d+)?(?:/|$)`).exec(path);
  if (inside !== null) return [path.slice(inside[0].length)].filter((folder) => folder !== "");
  if (!/^[\w-]+\.[\w.-]+\//.test(path)) return [path];
  const parts = path.split("/");
  return [parts.slice(2).join("/"), parts.slice(1).join("/")].filter((folder) => folder !== "");
}

const inModule = (path: string, { repo }: Origin): string[] =>
  /^[\w-]+\.[\w.-]+\//.test(path) ? packageFolders(path, repo) : [];

function javaPaths(type: string, file: string): string[] {
  if (/^(?:java|javax|jdk|sun|org\.junit|kotlin|scala)\./.test(type)) return [];
  const folder = type.split(".").slice(0, -1).join("/");
  const language = file.endsWith(".kt") ? "kotlin" : (file.split(".").at(-1) ?? "java");
  return ["test", "main"].map((side) => `src/${side}/${language}/${folder}/${file}`);
}
