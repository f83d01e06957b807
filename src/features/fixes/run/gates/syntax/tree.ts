import { Language, Parser, type TreeCursor } from "@vscode/tree-sitter-wasm";

export type GrammarName = "go" | "typescript" | "tsx" | "javascript" | "python" | "java" | "rust";

/** A node of a syntax tree as a plain value: cheap to walk any number of times. */
export interface Syntax {
  type: string;
  field: string | null;
  /** Offsets into the source. */
  start: number;
  end: number;
  /** Lines, the first is 1. */
  line: number;
  lastLine: number;
  named: boolean;
  children: Syntax[];
}

/** A tree above this many characters is not read: nobody writes such a test by hand. */
const MAX_SOURCE = 2_000_000;
const MAX_DEPTH = 400;

let runtime: Promise<void> | null = null;
const grammars = new Map<GrammarName, Promise<Language>>();

/** Loads a grammar once for the process; the runtime comes with the first. */
function grammar(name: GrammarName): Promise<Language> {
  const known = grammars.get(name);
  if (known !== undefined) return known;
  runtime ??= Parser.init();
  const path = new URL(import.meta.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`))
    .pathname;
  const loading = runtime.then(async () => Language.load(await Bun.file(path).bytes()));
  grammars.set(name, loading);
  return loading;
}

/** Reads source text. Faulty code gives a tree with ERROR nodes; null for what is too large to be read. */
export async function parse(source: string, name: GrammarName): Promise<Syntax | null> {
  if (source.length > MAX_SOURCE) return null;
  const language = await grammar(name);
  const parser = new Parser();
  parser.setLanguage(language);
  const tree = parser.parse(source);
  if (tree === null) return null;
  const cursor = tree.walk();
  try {
    return copy(cursor, 0);
  } finally {
    cursor.delete();
    tree.delete();
    parser.delete();
  }
}

function copy(cursor: TreeCursor, depth: number): Syntax {
  const node: Syntax = {
    type: cursor.nodeType,
    field: cursor.currentFieldName,
    start: cursor.startIndex,
    end: cursor.endIndex,
    line: cursor.startPosition.row + 1,
    lastLine: cursor.endPosition.row + 1,
    named: cursor.nodeIsNamed,
    children: [],
  };
  if (depth < MAX_DEPTH && cursor.gotoFirstChild()) {
    do {
      node.children.push(copy(cursor, depth + 1));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

/** The child of a field; undefined where there is none. */
export const field = (node: Syntax, name: string): Syntax | undefined =>
  node.children.find((child) => child.field === name);

/** The named children, comments left out. */
export const parts = (node: Syntax | undefined): Syntax[] =>
  node?.children.filter((child) => child.named && !/comment/.test(child.type)) ?? [];

/** All nodes from this one down, in the order of the source. */
export function* within(node: Syntax): Generator<Syntax> {
  yield node;
  for (const child of node.children) yield* within(child);
}
