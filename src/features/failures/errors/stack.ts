import { withoutRoots } from "../normalise.ts";
import { sourceFile } from "../source-file.ts";

/** One call on a stack. */
export interface Frame {
  /** Function, as the language writes it; empty where it has no name. */
  name: string;
  /** Path as the stack has it. */
  file: string;
  line: number;
}

const MOST_LINES = 400;
const LINE_CHARS = 500;
const OWN_FRAMES = 3;

const PYTHON = /^\s*File "([^"]+)", line (\d+)(?:, in (.+))?$/;
const JAVA = /^\s*at (?:[\w.-]+\/\/?)?([\w$.]+)\.([\w$<>]+)\(([\w$-]+\.(?:java|kt|scala|groovy)):(\d+)\)/;
const NODE = /^\s*at (?:async )?(?:(.+?) \()?((?:file:\/\/|node:)?[^()\s][^()]*?):(\d+)(?::\d+)?\)?$/;
const GECKO = /^([^@\s]*)@(.+?):(\d+)(?::\d+)?$/;
const GO_PLACE = /^\s+(\S+\.go):(\d+)(?: \+0x[0-9a-f]+)?$/;
const RUST_CALL = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(\S.*)$/;
const RUST_PLACE = /^\s+at (\S+\.rs):(\d+)(?::\d+)?$/;
const RUBY = /^\s*(?:from )?([^\s:][^:]*\.(?:rb|erb|rake)):(\d+):in [`']([^']+)'/;
const DOTNET = /^\s*at ([\w.`<>+,[\]]+)\(([^()]*)\)(?: in (.+):line (\d+))?$/;
/** What Java says where another language would name parameters. */
const NO_PLACE = /^(?:Native Method|Unknown Source)$/;

/** Code of others: libraries, and what belongs to the language. */
const FOREIGN_FILE =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|pkg\/mod|rustc|\.cargo|gems)\/|\/lib\/ruby\/\d|^node:|^internal\/|^<|\/lib\/python\d|\/go\/src\/(?:runtime|net|internal|sync|reflect)\/|^\/rustc\/|^native$/;
const FOREIGN_NAME =
  /^(?:System|Microsoft|java|javax|jakarta|jdk|sun|kotlin|scala|org\.(?:springframework|apache|hibernate|junit|eclipse)|io\.netty|com\.sun)\.|^(?:runtime|net\/http|panic|reflect|sync)(?:\.|$)|^<?(?:std|core|alloc|tokio|rust_begin_unwind|__rust|_?start)(?:::|\b)/;

/**
 * The calls of a stack in JavaScript, Python, Go, Java, Rust, Ruby or C#, innermost first. Lines of no such form are passed over;
 * at most 400 lines are looked at.
 */
export function framesOf(stack: string): Frame[] {
  const lines = stack.split("\n", MOST_LINES).map((line) => line.slice(0, LINE_CHARS).trimEnd());
  const python = lines.flatMap((line) => {
    const [, file = "", number, name = ""] = PYTHON.exec(line) ?? [];
    return number === undefined ? [] : [{ name, file, line: Number(number) }];
  });
  // Python tells the most recent call last
  if (python.length > 0) return python.reverse();
  return lines.flatMap((line, at) => frameAt(line, lines[at - 1] ?? ""));
}

function frameAt(line: string, before: string): Frame[] {
  const [, type = "", method = "", source = "", javaLine] = JAVA.exec(line) ?? [];
  if (javaLine !== undefined) {
    const folder = type.split(".").slice(0, -1).join("/");
    return [{ name: `${type}.${method}`, file: `${folder}/${source}`, line: Number(javaLine) }];
  }
  const [, rust = "", rustLine] = RUST_PLACE.exec(line) ?? [];
  if (rustLine !== undefined) {
    const name = RUST_CALL.exec(before)?.[1]?.replace(/::h[0-9a-f]{16}$/, "") ?? "";
    return [{ name, file: rust, line: Number(rustLine) }];
  }
  const [, go = "", goLine] = GO_PLACE.exec(line) ?? [];
  if (goLine !== undefined) {
    // arguments hold braces, never round brackets
    const name = before.endsWith(")") ? before.slice(0, before.lastIndexOf("(")).trim() : "";
    return [{ name, file: go, line: Number(goLine) }];
  }
  const [, ruby = "", rubyLine, block = ""] = RUBY.exec(line) ?? [];
  if (rubyLine !== undefined) return [{ name: block, file: ruby, line: Number(rubyLine) }];
  const [, call, given = "", place = "", placeLine = "0"] = DOTNET.exec(line) ?? [];
  if (call !== undefined && !NO_PLACE.test(given))
    return [{ name: call.replace(/\[.*\]$/, ""), file: place, line: Number(placeLine) }];
  const [, name = "", file = "", number] = NODE.exec(line) ?? GECKO.exec(line) ?? [];
  return number === undefined ? [] : [{ name, file: file.replace("file://", ""), line: Number(number) }];
}

const foreign = ({ name, file }: Frame): boolean => FOREIGN_FILE.test(file) || FOREIGN_NAME.test(name);

/** The innermost calls of the service's own code; where it has none among them, the innermost of any. */
export function ownFrames(frames: readonly Frame[]): Frame[] {
  const own = frames.filter((frame) => !foreign(frame));
  return (own.length > 0 ? own : frames).slice(0, OWN_FRAMES);
}

/** What of a frame stays the same from build to build and machine to machine: the file's end and the function. */
export function frameKey({ name, file }: Frame): string {
  const end = file.replaceAll("\\", "/").split("/").slice(-2).join("/");
  return `${end} ${name.replace(/\b0x[0-9a-f]+\b|\d+$/g, "")}`;
}

/** Folders that images put an application into. */
const HOMES = /^\/(?:usr\/src\/app|srv\/app|opt\/app|app|code|src|workspace|var\/task)\//;

/** A frame's file as a path of the repository; null where that cannot be told. */
export function repoFile({ file, name }: Frame): string | null {
  if (file === "" || foreign({ file, name, line: 0 }) || file.includes("://")) return null;
  return sourceFile(withoutRoots(file.replaceAll("\\", "/")).replace(HOMES, ""));
}
