import { folderOf, languageOf } from "./languages.ts";
import type { CodeTree } from "./tree.ts";

/** A named piece of code. */
export interface Definition {
  name: string;
  /** The type a method belongs to, where its line says so. */
  owner: string | null;
  /** What a method calls the object it belongs to. */
  self: string;
  path: string;
  /** Where its line begins in the file's text. */
  at: number;
}

/** Calls that give a test a title instead of a name. */
const TITLE =
  /\b(?:it|test|describe|context|specify|scenario|suite|feature|It|Describe|Context|Entry|When|By|\w{1,12}\.Run|test_that)(?:\.\w{1,20}){0,2}[( ]{1,2}(?<quote>["'`])(?<title>[^\n]{1,300}?)\k<quote>/g;
const MAX_BODY_LINES = 600;
/** Definitions of one file; generated code has more. */
const MAX_DEFINITIONS = 4000;

/** Where names are defined in a tree. */
export class CodeIndex {
  readonly byName = new Map<string, Definition[]>();
  readonly titles: Definition[] = [];
  readonly byFolder = new Map<string, string[]>();
  readonly #files: ReadonlySet<string>;
  readonly #inFile = new Map<string, Definition[]>();

  constructor(readonly tree: CodeTree) {
    this.#files = new Set(tree.files);
    for (const path of tree.files) push(this.byFolder, folderOf(path), path);
    for (const [path, text] of tree.texts) {
      const language = languageOf(path);
      if (language === undefined) continue;
      let count = 0;
      for (const pattern of language.definitions) {
        for (const match of text.matchAll(pattern)) {
          if (++count > MAX_DEFINITIONS) break;
          this.#note(match, path);
        }
      }
      if (language.isTest(path)) this.#noteTitles(text, path);
    }
  }

  #note(match: RegExpExecArray, path: string): void {
    const { name = "", owner = null, self = "this" } = match.groups ?? {};
    if (name.length < 2) return;
    const definition = { name, owner, self, path, at: match.index };
    push(this.byName, name, definition);
    push(this.#inFile, path, definition);
  }

  #noteTitles(text: string, path: string): void {
    for (const match of text.matchAll(TITLE)) {
      const at = text.lastIndexOf("\n", match.index) + 1;
      this.titles.push({ name: match.groups?.title ?? "", owner: null, self: "this", path, at });
    }
  }

  /** All definitions of a file. */
  inFile(path: string): readonly Definition[] {
    return this.#inFile.get(path) ?? [];
  }

  /** Whether the tree has such a file. */
  has(path: string): boolean {
    return this.#files.has(path);
  }

  text(path: string): string {
    return this.tree.texts.get(path) ?? "";
  }

  /** The text of a definition, told by its indentation: it ends where a line is indented as little as its first. */
  body({ path, at }: Definition): string {
    const text = this.text(path);
    const indent = indentAt(text, at);
    let end = text.indexOf("\n", at);
    for (let lines = 0; end >= 0 && lines < MAX_BODY_LINES; lines += 1) {
      const next = end + 1;
      const stop = text.indexOf("\n", next);
      const line = text.slice(next, stop < 0 ? undefined : stop);
      const bare = line.trimStart();
      // a signature over several lines closes its parenthesis where it began
      if (bare !== "" && indentAt(text, next) <= indent && !/^[)\]{#@]/.test(bare))
        return text.slice(at, bare.startsWith("}") || bare === "end" ? next + line.length : next);
      end = stop;
    }
    return text.slice(at, end < 0 ? undefined : end);
  }

  /** Line of a definition, from 1. */
  line({ path, at }: Definition): number {
    return this.text(path).slice(0, at).split("\n").length;
  }
}

function indentAt(text: string, at: number): number {
  let end = at;
  while (text[end] === " " || text[end] === "\t") end += 1;
  return end - at;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
